"""Run the verifier on every ledger and history of `tests/vectors`, as anybody would from a shell.

Prints what disagrees with an `expected.json`, then how many there were. Exit code 1 where something
disagrees.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import testimony_verify

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
UNSAID = ("checkpoints", "erased", "open_intents", "trusted", "witnessed")


def arguments(case: Path) -> list[str]:
    heads = [case / "heads.json", case / "head.note"]
    words = [word for file in heads if file.exists() for word in ("--head", str(file))]
    keys = case / "keys.txt"
    lines = keys.read_text().splitlines() if keys.exists() else []
    words += [word for line in lines for word in ("--key", line)]
    policy = case / "policy.txt"
    return [*words, *(["--policy", str(policy)] if policy.exists() else [])]


def verified(case: Path) -> tuple[int, Any]:
    """The exit code and the report of the verifier."""
    sys.argv = ["testimony_verify.py", "--json", *arguments(case), str(case / "ledger")]
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        code = testimony_verify.main()
    return code, json.loads(output.getvalue())


def without_nothing(stream: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stream.items() if value or name not in UNSAID}


def told(case: Path) -> dict[str, Any]:
    code, report = verified(case)
    findings = [[found["verdict"], found["seq"]] for found in report["findings"]]
    start = {"exit": code, "findings": findings}
    streams = [without_nothing(stream) for stream in report["streams"]]
    return start | ({"streams": streams} if code == 0 else {})


def disagrees(case: Path) -> bool:
    expected = json.loads((case / "expected.json").read_text())
    found = told(case)
    differs = found | {"about": expected["about"]} != expected
    if differs:
        print(f"{case.name}: {found}")
    return differs


def main() -> int:
    cases = sorted([*VECTORS.glob("ledgers/*"), *VECTORS.glob("history/*")])
    wrong = sum(map(disagrees, cases))
    print(f"{len(cases)} ledgers, {wrong} judged otherwise")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
