"""Says what an outage has cost: what became of each decision of a ledger on the recorder's way, and on the batch processor's.

    count.py DECISIONS WORK

Reads the lines that `testimony log --json` has printed and the files that the Collector has written. Knows nothing of what a span
must hold; that is for `testimony reconcile`. Exit codes: 0 each number is in the ledger and each decision arrived on the recorder's
way, 1 not, 2 could not count.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

NUMBERS = range(1, 10_001)


def spans(files: list[Path]) -> Iterator[dict[str, str]]:
    """The texts of every span that stands whole in a file; a Collector that was killed may leave a torn line at the end."""
    for file in files:
        for line in file.read_text(errors="replace").splitlines():
            try:
                request = json.loads(line)
            except ValueError:
                print(f"{file.name}: a line is torn, {len(line)} characters")
                continue
            for resource in request["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    for span in scope["spans"]:
                        yield {each["key"]: each["value"].get("stringValue", "") for each in span["attributes"]}


def arrived(work: Path, way: str) -> Counter[str]:
    """How often each decision is there, by its id."""
    all_spans = spans(sorted(work.glob(f"{way}-*.jsonl")))
    return Counter(span["testimony.id"] for span in all_spans if span.get("testimony.kind") == "decision")


def main(decisions: str, work: str) -> int:
    recorded = [json.loads(line) for line in Path(decisions).read_text().splitlines()]
    ids = {decision["id"] for decision in recorded}
    numbers = {subject for decision in recorded for subject in decision["subjects"]}
    missing = [number for number in NUMBERS if f"number:{number}" not in numbers]
    print(f"in the ledger: {len(ids)} decisions about {len(numbers)} numbers")
    ours, stock = arrived(Path(work), "ours"), arrived(Path(work), "stock")
    for name, way in (("the recorder's export", ours), ("the stock batch processor", stock)):
        there = len(ids & way.keys())
        again = sum(way.values()) - len(way)
        print(f"{name}: {there} of {len(ids)} decisions arrived, {len(ids) - there} lost; {again} spans came more than once")
    return 1 if missing or ids - ours.keys() else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"count: {error!r}", file=sys.stderr)
        sys.exit(2)
