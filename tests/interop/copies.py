"""Takes exported copies in hand as someone does who wants to change what they say. Reads and writes OTLP-JSON, a request a line.

    copies.py altered entry|status NTH < COPIES    the NTH decision's span, with another decision in its entry, or another status
    copies.py id < REQUEST                         the id of the decision that a request holds
    copies.py span < REQUEST                       the id of its span
    copies.py without ID < COPIES                  everything but the spans that are about that decision
    copies.py post URL [NAME:VALUE …] < REQUESTS   sends each line, with these headers

It knows nothing of ledgers: it is the other side. A span keeps its ids, its times and its hash, so that only a comparison of contents
can tell. Exit codes: 0 done, 2 not.
"""

import json
import re
import sys
import urllib.request
from collections.abc import Iterator

# What stands in an entry before the digest of what was decided.
DECIDED = re.compile(r'("role":"decision".*?"(?:blob|node)":")([0-9a-f]{64})')


def requests() -> Iterator[dict]:
    for line in sys.stdin:
        if line.strip():
            yield json.loads(line)


def spans(request: dict) -> Iterator[tuple[dict, dict, dict]]:
    for resource in request["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                yield resource, scope, span


def texts(span: dict) -> dict[str, str]:
    return {each["key"]: each["value"]["stringValue"] for each in span["attributes"] if "stringValue" in each["value"]}


def alone(resource: dict, scope: dict, span: dict) -> dict:
    """A request with that one span."""
    scope = {**scope, "spans": [span]}
    return {"resourceSpans": [{**resource, "scopeSpans": [scope]}]}


def replace(span: dict, name: str, text: str) -> None:
    for each in span["attributes"]:
        if each["key"] == name:
            each["value"] = {"stringValue": text}
            return
    raise KeyError(name)


def other_digest(found: re.Match) -> str:
    digest = found.group(2)
    return found.group(1) + digest[::-1] if digest != digest[::-1] else found.group(1) + "0" * 64


def alter_entry(span: dict) -> None:
    """Another decision: the digest of what was decided, in the piece of the entry that has it."""
    for name, text in texts(span).items():
        if name.startswith("testimony.entry."):
            altered, count = DECIDED.subn(other_digest, text, count=1)
            if count:
                replace(span, name, altered)
                return
    raise LookupError("no piece of the entry has the digest of what was decided")


def alter_status(span: dict) -> None:
    replace(span, "testimony.status", "refused" if texts(span)["testimony.status"] != "refused" else "ok")


def altered(what: str, nth: str) -> None:
    """Decisions are numbered in the order of their ids, which is that of the time at which they began."""
    found = {}
    for request in requests():
        for resource, scope, span in spans(request):
            said = texts(span)
            if said.get("testimony.kind") == "decision" and said.get("testimony.status") == "ok":
                found[said["testimony.id"]] = alone(resource, scope, span)
    chosen = [found[key] for key in sorted(found)][int(nth)]
    for _, _, span in spans(chosen):
        {"entry": alter_entry, "status": alter_status}[what](span)
    print(json.dumps(chosen, ensure_ascii=False, separators=(",", ":")))


def identify() -> None:
    for request in requests():
        for _, _, span in spans(request):
            print(texts(span)["testimony.id"])


def span_ids() -> None:
    for request in requests():
        for _, _, span in spans(request):
            print(span["spanId"])


def without(decision: str) -> None:
    for request in requests():
        for _, scope, _ in list(spans(request)):
            scope["spans"] = [span for span in scope["spans"] if texts(span).get("testimony.id") != decision]
        print(json.dumps(request, ensure_ascii=False, separators=(",", ":")))


def post(url: str, *headers: str) -> None:
    named = dict(header.split(":", 1) for header in headers)
    for request in requests():
        body = json.dumps(request).encode()
        sent = urllib.request.Request(url, body, {"content-type": "application/json", **named})
        with urllib.request.urlopen(sent, timeout=60) as answer:
            said = json.loads(answer.read() or b"{}")
        if said.get("partialSuccess", {}).get("rejectedSpans"):
            raise OSError(f"the endpoint drops spans: {said}")


def main(command: str, *arguments: str) -> None:
    {"altered": altered, "id": identify, "span": span_ids, "without": without, "post": post}[command](*arguments)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"copies: {error!r}", file=sys.stderr)
        sys.exit(2)
