"""Looks whether a Phoenix shows decisions as what they are: LLM spans with their prompt and their answer.

    visible.py URL PROJECT

Looks at each span that carries an answer. Exit codes: 0 all are shown so, 1 some are not, or there is none, 2 could not ask.
"""

import json
import sys
import urllib.parse
import urllib.request


def pages(url: str, project: str) -> list[dict]:
    found, cursor = [], None
    while True:
        query = {"limit": 1000} | ({"cursor": cursor} if cursor else {})
        with urllib.request.urlopen(f"{url}/v1/projects/{project}/spans?{urllib.parse.urlencode(query)}", timeout=60) as answer:
            page = json.load(answer)
        found += page["data"]
        cursor = page["next_cursor"]
        if not cursor:
            return found


def has(attributes: dict, side: str) -> bool:
    """A message of that side, with a role and something in it: text, or a call of a tool."""
    names = [name for name in attributes if name.startswith(f"llm.{side}_messages.0.message.")]
    return any(name.endswith(".role") for name in names) and any(not name.endswith(".role") for name in names)


def main(url: str, project: str) -> int:
    answered = [span for span in pages(url, project) if "gen_ai.output.messages" in span["attributes"]]
    hidden = [
        span["context"]["span_id"] for span in answered
        if not (span["span_kind"] == "LLM" and has(span["attributes"], "input") and has(span["attributes"], "output"))
    ]
    print(f"{len(answered)} spans with an answer, {len(answered) - len(hidden)} shown as model calls with prompt and answer")
    print(*hidden[:10], sep="\n")
    return 1 if hidden or not answered else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"visible: {error!r}", file=sys.stderr)
        sys.exit(2)
