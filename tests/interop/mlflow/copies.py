"""Prints everything that an MLflow experiment holds as OTLP-JSON, a request a line.

    copies.py URL EXPERIMENT

MLflow's REST API gives spans as protobuf's JSON: ids in base64, names with underscores, times as numbers. What it has added under
`mlflow.` is left out. Where it has parsed a text that was JSON, the text is written again, without spaces and in the order in
which MLflow gives it. Exit codes: 0 done, 2 could not ask.
"""

import base64
import json
import sys
import urllib.parse
import urllib.request

PAGE = 500


def ask(url: str, body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def traces(url: str, experiment: str) -> list[str]:
    """The ids of all traces."""
    found, token = [], None
    while True:
        where = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
        body = {"locations": [where], "max_results": PAGE}
        if token:
            body["page_token"] = token
        page = ask(f"{url}/api/3.0/mlflow/traces/search", body)
        found += [trace["trace_id"] for trace in page.get("traces", [])]
        token = page.get("next_page_token")
        if not token:
            return found


def plain(value: dict) -> object:
    """A value of protobuf's JSON as Python has it."""
    ((kind, inner),) = value.items() if value else (("", None),)
    if kind == "array_value":
        return [plain(each) for each in inner.get("values", [])]
    if kind == "kvlist_value":
        return {each["key"]: plain(each.get("value", {})) for each in inner.get("values", [])}
    if kind == "int_value":
        return int(inner)
    return inner


def one_line(parsed: object) -> str:
    return json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))


def value(name: str, said: dict) -> dict:
    parsed = plain(said)
    if isinstance(parsed, bool):
        return {"boolValue": parsed}
    if isinstance(parsed, int):
        return {"intValue": str(parsed)}
    if isinstance(parsed, float):
        return {"doubleValue": parsed}
    if isinstance(parsed, str):
        return {"stringValue": parsed}
    if isinstance(parsed, list) and all(isinstance(each, str) for each in parsed):
        return {"arrayValue": {"values": [{"stringValue": each} for each in parsed]}}
    if isinstance(parsed, (dict, list)):
        return {"stringValue": one_line(parsed)}
    raise TypeError(f"{name} is of a kind that is never sent: {said}")


def identity(text: str | None) -> str:
    return base64.b64decode(text or "").hex()


def span(said: dict) -> dict:
    own = [each for each in said.get("attributes", []) if not each["key"].startswith("mlflow.")]
    status = said.get("status", {})
    code = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}.get(status.get("code"), 0)
    return {
        "traceId": identity(said["trace_id"]),
        "spanId": identity(said["span_id"]),
        "parentSpanId": identity(said.get("parent_span_id")),
        "name": said["name"],
        "startTimeUnixNano": str(said.get("start_time_unix_nano", 0)),
        "endTimeUnixNano": str(said.get("end_time_unix_nano", 0)),
        "attributes": [{"key": each["key"], "value": value(each["key"], each.get("value", {}))} for each in own],
        "status": {"message": status.get("message", ""), "code": code},
    }


def main(url: str, experiment: str) -> None:
    for trace in traces(url, experiment):
        query = urllib.parse.urlencode({"trace_id": trace})
        held = ask(f"{url}/api/3.0/mlflow/traces/get?{query}")["trace"]
        scope = {"scope": {"name": "testimony"}, "spans": [span(each) for each in held.get("spans", [])]}
        print(one_line({"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [scope]}]}))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"copies: {error!r}", file=sys.stderr)
        sys.exit(2)
