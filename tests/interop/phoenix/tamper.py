"""Changes what a Phoenix holds, as somebody does who may use its REST API.

    tamper.py URL PROJECT delete SPAN               takes a span away
    tamper.py URL PROJECT replace SPAN NAME TEXT    takes it away, and puts one with the same ids and another text in its place

Phoenix keeps the first of two spans with the same id, so a span has to go before another can come. Exit codes: 0 done, 2 not.
"""

import json
import sys
import urllib.parse
import urllib.request


def ask(url: str, method: str = "GET", body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


def delete(url: str, span: str) -> None:
    ask(f"{url}/v1/spans/{span}", "DELETE")


def replace(url: str, project: str, span: str, name: str, text: str) -> None:
    query = urllib.parse.urlencode({"span_id": span})
    (held,) = ask(f"{url}/v1/projects/{project}/spans?{query}")["data"]
    if name not in held["attributes"]:
        raise LookupError(f"the span has no {name}")
    delete(url, span)
    held["attributes"][name] = text
    ask(f"{url}/v1/projects/{project}/spans", "POST", {"data": [held]})


def main(url: str, project: str, what: str, span: str, *rest: str) -> None:
    if what == "delete":
        delete(url, span)
    else:
        replace(url, project, span, *rest)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"tamper: {error!r}", file=sys.stderr)
        sys.exit(2)
