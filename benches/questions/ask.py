"""Ask many decisions what responders ask: the ledger's own command beside grep, jq and DuckDB, in one run.

Usage: ask.py DATA TESTIMONY [options], see --help. `benches/questions/run` prepares all that it needs. DATA is what
`decisions` (see main.rs) has made: `ledger/`, the same decisions as JSON lines, and what is planted among them.

Times are wall times from outside, process start and end included. Warm: the median of some runs, contenders in turn,
all files read once before. What takes longer than five seconds is asked once. Cold: one run after the page cache was
emptied, programs included; that takes the right to write to /proc/sys/vm/drop_caches, and a virtual machine's host may
still hold the blocks. Memory is the most that was resident; what is mapped from files counts. Each answer is held
against what is planted: exit code 1 where one differs.

The texts repeat from round to round but for the customer's number, so that a compressor packs them far tighter than
texts from life. That favours DuckDB's Parquet, which holds them all; the ledger is not compressed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import measure
from measure import Failed, Figures
from questions import Asked, Desk, Question, questions
from table import print_made, print_question, print_story

COLD_IS_NOT_POSSIBLE = "cold runs are left out: this user may not empty the page cache"


def arguments() -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("testimony", type=Path)
    parser.add_argument("--duckdb", metavar="PYTHON", help="a Python that can import duckdb")
    parser.add_argument("--rounds", type=int, default=9, help="warm runs of each contender")
    parser.add_argument(
        "--anew", action="store_true", help="take away what is derived from the ledger first, to see it made"
    )
    parser.add_argument(
        "--skip", action="append", default=[], metavar="NAME", help="leave out contenders whose names begin so"
    )
    parser.add_argument("--only", metavar="WORD", help="only questions that begin so")
    parser.add_argument("--no-cold", action="store_true", help="leave the page cache alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    return parser.parse_args()


def desk_of(options: argparse.Namespace) -> tuple[Desk, list[str]]:
    """Who is there to be asked, and why somebody is not."""
    missing = []
    jq = shutil.which("jq")
    if jq is None:
        missing.append("skipped: jq is not installed")
    duckdb = options.duckdb
    try:
        version = measure.run([duckdb or sys.executable, "-c", "import duckdb; print(duckdb.__version__)"])
        duckdb = duckdb or sys.executable
        missing.append(f"DuckDB {version.output.decode().strip()}")
    except (Failed, FileNotFoundError) as failed:
        missing.append(f"skipped: DuckDB, as Python cannot import it: {failed}")
        duckdb = None
    planted = json.loads((options.data / "planted.json").read_text())
    return Desk(options.data, str(options.testimony.resolve()), duckdb, jq, planted), missing


def segments(desk: Desk) -> list[Path]:
    """The ledger itself."""
    return sorted(desk.ledger.glob("*/*.segment"))


def derived(desk: Desk) -> dict[str, int]:
    """What is derived from it, in bytes by kind: the end of the name, which the files of all segments share."""
    sizes: dict[str, int] = {}
    for path in (desk.ledger / "twins").rglob("*"):
        if path.is_file():
            kind = path.name.partition(".")[2] or path.name
            sizes[kind] = sizes.get(kind, 0) + path.stat().st_size
    return sizes


def make(desk: Desk, ours: bool) -> list[dict[str, Any]]:
    """Let the first question of each kind make what it needs, and ask it again; then DuckDB's own copy."""
    made = []
    questions = [("why", desk.planted["subject"]), ("sql", "SELECT count(*) FROM decisions")]
    for word, about in questions if ours else []:
        before = derived(desk)
        first, again = (measure.run(desk.ours(word, about)) for _ in range(2))
        added = {kind: size - before.get(kind, 0) for kind, size in derived(desk).items()}
        made.append(step(f"testimony {word}", first, added) | {"again": again.seconds})
    if desk.duckdb and not desk.parquet.exists():
        first = measure.run(desk.make_parquet())
        made.append(step("DuckDB, Parquet of the lines", first, {"parquet": desk.parquet.stat().st_size}))
    return made


def step(by: str, first: measure.Run, added: dict[str, int]) -> dict[str, Any]:
    """What one program made."""
    added = {kind: size for kind, size in added.items() if size > 0}
    return {"by": by, "seconds": first.seconds, "memory": first.memory, "bytes": added}


def answer_of(asked: Asked, figures: Figures) -> str:
    """What came out, of a run outside the measured ones where those print for people."""
    try:
        return asked.answer(measure.run(asked.check).output if asked.check else figures.output)
    except (Failed, ValueError, LookupError, TypeError) as failed:
        return f"unreadable: {failed}"


def ask(question: Question, rounds: int, cold: bool) -> list[dict[str, Any]]:
    """All contenders, one question."""
    name, contenders = question
    rows = []
    for who, figures in measure.take_turns({who: asked.command for who, asked in contenders.items()}, rounds).items():
        asked = contenders[who]
        row: dict[str, Any] = {"question": name, "who": who, "expected": asked.expected, "remark": asked.remark}
        if isinstance(figures, Failed):
            row["failed"] = str(figures)
        else:
            row |= {
                "answer": answer_of(asked, figures),
                "warm": figures.median,
                "runs": figures.warm,
                "memory": figures.memory,
            }
            row |= inside(figures.output)
            row["cold"] = measure.cold(asked.command) if cold else None
        rows.append(row)
    return rows


def inside(output: bytes) -> dict[str, float]:
    """How long DuckDB says that it took, of its last run."""
    if not output.startswith(b'{"seconds"'):
        return {}
    return {"inside": json.loads(output)["seconds"]}


def main() -> int:
    """Prepare, ask, print."""
    options = arguments()
    desk, missing = desk_of(options)
    if options.anew:
        shutil.rmtree(desk.ledger / "twins", ignore_errors=True)
        desk.parquet.unlink(missing_ok=True)
    cold = not options.no_cold and measure.can_forget()
    facts = {
        "decisions": desk.planted["decisions"],
        "segments": len(segments(desk)),
        "ledger_bytes": measure.size(segments(desk)),
        "lines_bytes": measure.size([Path(desk.lines), desk.data / "outcomes.jsonl"]),
        "cores": os.cpu_count(),
        "least_memory": measure.run(["true"]).memory,
        "contenders": missing if cold or options.no_cold else [*missing, COLD_IS_NOT_POSSIBLE],
    }
    print_story(facts)
    made = make(desk, "testimony" not in options.skip)
    print_made(made, facts["ledger_bytes"])
    files = [
        *segments(desk),
        *(path for path in desk.data.rglob("*.parquet")),
        Path(desk.lines),
        desk.data / "outcomes.jsonl",
    ]
    rows: list[dict[str, Any]] = []
    for name, contenders in questions(desk):
        if options.only and not name.startswith(options.only):
            continue
        kept = {who: asked for who, asked in contenders.items() if not who.startswith(tuple(options.skip))}
        measure.warm_up(files)
        rows += (answers := ask((name, kept), options.rounds, cold))
        print_question(name, answers)
    if options.json:
        options.json.write_text(json.dumps({**facts, "made": made, "answers": rows}, indent=2) + "\n")
    return int(any(row.get("answer") != row["expected"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
