"""Compares the decisions of a ledger with the spans that Phoenix holds of them.

    check.py URL LEDGER

Every decision has to be there, once; the pieces of its entry have to join to the ledger's own bytes, and those have to hash
to `testimony.hash`. It trusts neither side: the ledger is read by FORMAT.md, and Phoenix through its public REST API.
It writes nothing. Exit codes: 0 all the same, 1 something differs, 2 could not compare.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

PAGE = 1000

# Phoenix answers before it has stored what it was sent.
PATIENCE_SECONDS = 60


def entries(ledger: Path) -> Iterator[bytes]:
    """The bytes of every entry, in order (FORMAT.md, section 2)."""
    for segment in sorted(ledger.glob("*/*.segment")):
        data = segment.read_bytes()
        at = data.index(b"\n") + 1
        while at < len(data):
            end = data.index(b"\n", at)
            words = data[at:end].split(b" ")
            length = int(words[3] if words[0] == b"blob" else words[2])
            if words[0] == b"entry":
                yield data[end + 1 : end + 1 + length]
            at = end + 1 + length + 1


def decisions(ledger: Path) -> dict[str, bytes]:
    """The entry of each decision, by the decision's id."""
    found = {}
    for entry in entries(ledger):
        decision = json.loads(entry)["body"].get("decision")
        if decision:
            found[decision["id"]] = entry
    return found


def get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def spans(url: str) -> list[dict]:
    """The attributes of every span in the default project."""
    found, cursor = [], ""
    while True:
        page = get(f"{url}/v1/projects/default/spans?limit={PAGE}{cursor}")
        found += [span["attributes"] for span in page["data"]]
        if not page["next_cursor"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def spans_of_decisions(url: str, count: int) -> list[dict]:
    """Waits until so many spans of decisions are there, and a moment longer for one too many."""
    found: list[dict] = []
    for _ in range(PATIENCE_SECONDS):
        before = len(found)
        try:
            found = [span for span in spans(url) if span.get("testimony.kind") == "decision"]
        except urllib.error.HTTPError as error:
            # Before the first span there is no such project.
            if error.code != 404:
                raise
        if len(found) >= count and len(found) == before:
            break
        time.sleep(1)
    return found


def reassembled(span: dict) -> bytes:
    pieces = [span[f"testimony.entry.{n}"] for n in range(int(span["testimony.entry.chunks"]))]
    if not all(isinstance(piece, str) for piece in pieces):
        raise TypeError("a piece of the entry came back as something else than text")
    return "".join(pieces).encode()


def differences(span: dict, entry: bytes) -> Iterator[str]:
    """What the span says otherwise than the ledger."""
    try:
        copy = reassembled(span)
    except (KeyError, TypeError, ValueError) as error:
        yield f"its entry cannot be put together: {error!r}"
        return
    said = json.loads(entry)
    if copy != entry:
        yield "its entry has other bytes"
    if blake3(copy, derive_key_context="testimony v1 entry").hexdigest() != span["testimony.hash"]:
        yield "its entry does not hash to testimony.hash"
    for name in ("stream", "seq", "prev"):
        if str(said[name]) != span[f"testimony.{name}"]:
            yield f"testimony.{name} is {span[f'testimony.{name}']}"


def compare(ledger: dict[str, bytes], copies: list[dict]) -> Iterator[str]:
    times = Counter(span["testimony.id"] for span in copies)
    for decision in ledger:
        if times[decision] != 1:
            yield f"{decision}: there {times[decision]} times"
    for span in copies:
        entry = ledger.get(span["testimony.id"])
        if entry is None:
            yield f"{span['testimony.id']}: not in the ledger"
            continue
        for difference in differences(span, entry):
            yield f"{span['testimony.id']}: {difference}"


def main(url: str, ledger: str) -> int:
    expected = decisions(Path(ledger))
    if not expected:
        print(f"no decisions in {ledger}", file=sys.stderr)
        return 2
    copies = spans_of_decisions(url, len(expected))
    faults = list(compare(expected, copies))
    for fault in faults:
        print(fault)
    size = sum(map(len, expected.values()))
    pieces = sum(int(span.get("testimony.entry.chunks", 0)) for span in copies)
    print(f"{len(expected)} decisions in the ledger, {len(copies)} in Phoenix; {size} bytes of entries in {pieces} pieces; "
          f"{len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, TypeError, ValueError) as error:
        print(f"could not compare: {error!r}", file=sys.stderr)
        sys.exit(2)
