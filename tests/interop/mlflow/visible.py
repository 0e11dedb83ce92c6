"""Looks whether an MLflow shows decisions as what they are: traces with a preview of the request and of the response.

    visible.py URL EXPERIMENT < COPIES

COPIES are what `copies.py` has read there; each trace with an answer on one of its spans is looked at. Exit codes: 0 all are shown
so, 1 some are not, or there is none, 2 could not ask.
"""

import json
import sys
import urllib.request

PAGE = 500


def traces(url: str, experiment: str) -> dict[str, dict]:
    found, token = {}, None
    while True:
        where = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
        body = json.dumps({"locations": [where], "max_results": PAGE} | ({"page_token": token} if token else {})).encode()
        request = urllib.request.Request(f"{url}/api/3.0/mlflow/traces/search", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            page = json.load(answer)
        found |= {trace["trace_id"].removeprefix("tr-"): trace for trace in page.get("traces", [])}
        token = page.get("next_page_token")
        if not token:
            return found


def answered(line: str) -> set[str]:
    scopes = [scope for resource in json.loads(line)["resourceSpans"] for scope in resource["scopeSpans"]]
    return {
        span["traceId"] for scope in scopes for span in scope["spans"]
        if any(each["key"] == "gen_ai.output.messages" for each in span["attributes"])
    }


def main(url: str, experiment: str) -> int:
    wanted = set().union(*(answered(line) for line in sys.stdin))
    there = traces(url, experiment)
    hidden = [id for id in wanted if not (there[id].get("request_preview") and there[id].get("response_preview"))]
    print(f"{len(wanted)} traces with an answer, {len(wanted) - len(hidden)} shown with request and response")
    print(*hidden[:10], sep="\n")
    return 1 if hidden or not wanted else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"visible: {error!r}", file=sys.stderr)
        sys.exit(2)
