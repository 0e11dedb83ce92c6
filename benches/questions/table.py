"""Print figures for people: one block a question, a line each contender, beside how many times ours it took."""

from __future__ import annotations

from typing import Any

HEAD = f"  {'':<20} {'answer':>10} {'warm':>10} {'ratio':>8} {'cold':>10} {'ratio':>8} {'memory':>9}"


def print_story(facts: dict[str, Any]) -> None:
    """What there is."""
    ledger, lines = megabytes(facts["ledger_bytes"]), megabytes(facts["lines_bytes"])
    print(
        f"{facts['decisions']:,} decisions: a ledger of {ledger} in {facts['segments']} segments; JSON lines of {lines}."
    )
    least = megabytes(facts["least_memory"])
    print(f"{facts['cores']} cores. Memory below {least} is not told apart: a process begins with so much.")
    for line in facts["contenders"]:
        print(line)


def print_made(made: list[dict[str, Any]], ledger: int) -> None:
    """What was made before anything could be asked fast."""
    if made:
        print("\nmade by the first question")
    for step in made:
        size = sum(step["bytes"].values())
        again = f", the same again {duration(step['again'])}" if "again" in step else ""
        print(f"  {step['by']:<30} {duration(step['seconds'])}{again}, at most {megabytes(step['memory'])} of memory")
        if size:
            print(f"  {'':<30} {megabytes(size)} on disk, {size / ledger:.3f} of the ledger")
        if len(step["bytes"]) > 1:
            kinds = ", ".join(f"{kind} {megabytes(size)}" for kind, size in sorted(step["bytes"].items()))
            print(f"  {'':<30} {kinds}")


def print_question(name: str, rows: list[dict[str, Any]]) -> None:
    """All answers to one."""
    print(f"\n{name}\n{HEAD}")
    ours = rows[0] if rows and rows[0]["who"] == "testimony" and "failed" not in rows[0] else {}
    for row in rows:
        if "failed" in row:
            print(f"  {row['who']:<20} failed: {row['failed']}", flush=True)
            continue
        times = [times_of(row, ours, key) for key in ("warm", "cold")]
        warm, cold = (
            f"{duration(row[key]):>10} {times:>8}" for key, times in zip(("warm", "cold"), times, strict=True)
        )
        memory = f"{megabytes(row['memory']):>9}"
        print(f"  {row['who']:<20} {row['answer']:>10} {warm} {cold} {memory}{notes(row)}", flush=True)


def notes(row: dict[str, Any]) -> str:
    """What else is to be said."""
    said = [row["remark"]] if row["remark"] else []
    if "inside" in row:
        said.append(f"{duration(row['inside'])} in its last run, without the start of Python")
    if row["answer"] != row["expected"]:
        said.insert(0, f"NOT {row['expected']}")
    return "   " + "; ".join(said) if said else ""


def times_of(row: dict[str, Any], ours: dict[str, Any], key: str) -> str:
    """How many times as long as ours."""
    if row is ours or not row.get(key) or not ours.get(key):
        return ""
    return f"{row[key] / ours[key]:.3g}×"


def duration(seconds: float | None) -> str:
    """With three digits or so."""
    if seconds is None:
        return "–"
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def megabytes(size: int) -> str:
    """Millions of bytes."""
    return f"{size / 1e6:,.0f} MB"
