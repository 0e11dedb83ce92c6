"""The questions, and how each contender is asked: the ledger's own command, grep, jq, DuckDB over three kinds of files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MESSAGE = "STRUCT(role VARCHAR, content VARCHAR, name VARCHAR, tool_call_id VARCHAR, tool_calls JSON)"
# Stated, so that DuckDB need not guess them from the file each time.
COLUMNS = {
    "id": "VARCHAR", "subject": "VARCHAR", "began": "TIMESTAMP", "took_us": "BIGINT",
    "site": "VARCHAR", "model": "VARCHAR", "status": "VARCHAR", "trace_id": "VARCHAR",
    "parent": "VARCHAR", "causes": "VARCHAR[]", "input_tokens": "BIGINT", "output_tokens": "BIGINT",
    "context": "STRUCT(name VARCHAR, text VARCHAR)[]", "input": f"{MESSAGE}[]", "output": MESSAGE,
}  # fmt: skip

AGGREGATE = (
    "SELECT site, model, count(*) AS n, avg(took_us) AS mean_us FROM {decisions} GROUP BY site, model ORDER BY n DESC"
)
# By equal contents alone, which is less than `blast` does: that follows causes and parents as well, and asks of each text
# whether it says anything. A semi-join looks up what was reached, not what everybody was given: half the time of a join.
FOLLOW = """
WITH RECURSIVE reached(id, said, began, given) AS (
  SELECT id, output.content, began, true FROM {decisions}
  WHERE list_contains(list_transform(context, lambda c: c.text), $document)
  UNION
  SELECT heard.id, heard.said, heard.began, false
  FROM (SELECT id, output.content AS said, began, unnest(input).content AS text FROM {decisions}) AS heard
  SEMI JOIN reached ON heard.text = reached.said AND heard.began > reached.began
)
SELECT count(*) FILTER (given), count(*) FILTER (NOT given)
FROM (SELECT id, bool_or(given) AS given FROM reached GROUP BY id)
"""
STORY = """
SELECT d.*, list(o) FROM {decisions} AS d LEFT JOIN {outcomes} AS o ON o.decision = d.id
WHERE d.{field} = $v GROUP BY ALL
"""
# Field by field: half the time of casting messages to text as a whole.
CONTAINS = """
SELECT id FROM {decisions} WHERE contains(lower(subject), $t)
  OR contains(lower(output.content), $t) OR contains(lower(output.tool_calls), $t)
  OR contains(lower(array_to_string(list_transform(input, lambda m: concat(m.content, m.tool_calls)), ' ')), $t)
  OR contains(lower(array_to_string(list_transform(context, lambda c: c.text), ' ')), $t)
"""


@dataclass
class Asked:
    """One contender's way to ask one question."""

    command: list[str]
    answer: Callable[[bytes], str]
    """What the output comes to."""
    expected: str
    remark: str = ""
    """What the answer lacks beside ours."""
    check: list[str] | None = None
    """Asked once instead of the measured command, where that one prints for people."""


Question = tuple[str, dict[str, Asked]]


@dataclass
class Desk:
    """What there is to ask, and whom."""

    data: Path
    testimony: str
    duckdb: str | None
    jq: str | None
    planted: dict[str, Any]

    @property
    def ledger(self) -> Path:
        """The ledger's directory."""
        return self.data / "ledger"

    @property
    def lines(self) -> str:
        """The decisions as JSON lines."""
        return str(self.data / "decisions.jsonl")

    @property
    def parquet(self) -> Path:
        """The decisions as DuckDB writes them into Parquet."""
        return self.data / "decisions.parquet"

    @property
    def twins(self) -> str:
        """What is derived of decisions from the ledger."""
        return f"{self.ledger}/twins/*/*.decisions.parquet"

    def has_twins(self) -> bool:
        """Whether there are any."""
        return any(self.ledger.glob("twins/*/*.decisions.parquet"))

    def ours(self, *words: str) -> list[str]:
        """The ledger's own command."""
        return [self.testimony, "--ledger", str(self.ledger), *words]

    def duck(self, sql: str, **parameters: str) -> list[str]:
        """DuckDB in a process of its own."""
        words = [f"{name}={value}" for name, value in parameters.items()]
        return [self.duckdb or sys.executable, str(Path(__file__).with_name("duck.py")), sql, *words]

    def json_lines(self) -> str:
        """The JSON lines as a table of DuckDB."""
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
        return f"read_json('{self.lines}', format = 'newline_delimited', columns = {{{columns}}})"

    def make_parquet(self) -> list[str]:
        """Writes the decisions into Parquet."""
        return self.duck(f"COPY (FROM {self.json_lines()}) TO '{self.parquet}' (FORMAT parquet, COMPRESSION zstd)")


def questions(desk: Desk) -> list[Question]:
    """All of them, with whoever is there to be asked."""
    planted = desk.planted
    of_run = str(planted["subject_decisions"])
    return [
        ("why SUBJECT", dict(story(desk, "subject", planted["subject"], of_run))),
        ("why ID", dict(story(desk, "id", planted["id"], "1"))),
        ("why TRACE", dict(story(desk, "trace_id", planted["trace_id"], of_run))),
        ("blast FILE", dict(blast(desk))),
        ("log --contains TEXT", dict(contains(desk))),
        ("sql: count and mean by site and model", dict(aggregate(desk))),
    ]


def story(desk: Desk, field: str, value: str, expected: str) -> Iterable[tuple[str, Asked]]:
    """All that is on record about a subject, an id or a trace."""
    why = desk.ours("why", value)
    yield "testimony", Asked(why, chapters, expected, check=[*why, "--json"])
    bare = "the lines as they stand"
    yield "grep", Asked(["grep", "-F", f'"{field}":"{value}"', desk.lines], count_lines, expected, bare)
    if desk.jq:
        command = [desk.jq, "-c", "--arg", "v", value, f"select(.{field} == $v)", desk.lines]
        yield "jq", Asked(command, count_lines, expected, bare)
    if not desk.duckdb:
        return
    outcomes = f"read_json('{desk.data / 'outcomes.jsonl'}', format = 'newline_delimited')"
    for name, table in tables(desk):
        yield (
            name,
            Asked(
                desk.duck(STORY.format(decisions=table, outcomes=outcomes, field=field), v=value),
                count_rows,
                expected,
                "the lines with their outcomes",
            ),
        )
    if desk.has_twins():
        where = "list_contains(subjects, $v)" if field == "subject" else f"{field} = $v"
        sql = f"FROM read_parquet('{desk.twins}') WHERE {where}"
        yield (
            "DuckDB, our twins",
            Asked(desk.duck(sql, v=value), count_rows, expected, "without contents, nothing checked"),
        )


def blast(desk: Desk) -> Iterable[tuple[str, Asked]]:
    """Who was given the document, and who was fed by those."""
    planted, file = desk.planted, desk.data / "document.txt"
    given = str(planted["given_the_document"])
    both = f"{given} + {planted['fed_by_those']}"
    command = desk.ours("blast", str(file))
    yield "testimony", Asked(command, reached, both, check=[*command, "--json"])
    only = "who was given it, and nobody after"
    yield "grep", Asked(["grep", "-c", "-F", "-f", str(file), desk.lines], text, given, only)
    if desk.jq:
        program = "select(any(.context[]; .text == $d)) | .id"
        command = [desk.jq, "-c", "--rawfile", "d", str(file), program, desk.lines]
        yield "jq", Asked(command, count_lines, given, only)
    if desk.duckdb:
        for name, table in tables(desk):
            command = desk.duck(FOLLOW.format(decisions=table), document=file.read_text())
            yield name, Asked(command, reached_rows, both, "by equal contents alone")


def contains(desk: Desk) -> Iterable[tuple[str, Asked]]:
    """Which decisions have a rare text in what they were given or said."""
    wanted, expected = desk.planted["text"], str(desk.planted["text_decisions"])
    command = desk.ours("log", "--contains", wanted, "--limit", "0")
    yield "testimony", Asked(command, count_lines, expected, check=[*command, "--json"])
    yield "grep", Asked(["grep", "-c", "-i", "-F", wanted, desk.lines], text, expected)
    if desk.jq:
        command = [desk.jq, "-c", "--arg", "t", wanted, "select(tostring | contains($t)) | .id", desk.lines]
        yield "jq", Asked(command, count_lines, expected, "letters in the same case alone")
    if desk.duckdb:
        objects = f"read_json_objects('{desk.lines}', format = 'newline_delimited')"
        whole = f"SELECT json ->> 'id' FROM {objects} WHERE contains(lower(json::VARCHAR), $t)"
        yield "DuckDB, JSON lines", Asked(desk.duck(whole, t=wanted), count_rows, expected)
        columns = CONTAINS.format(decisions=f"read_parquet('{desk.parquet}')")
        yield "DuckDB, Parquet", Asked(desk.duck(columns, t=wanted), count_rows, expected)


def aggregate(desk: Desk) -> Iterable[tuple[str, Asked]]:
    """How many, and how long they took, by site and model."""
    expected = f"{desk.planted['decisions']:,}"
    command = desk.ours("sql", AGGREGATE.format(decisions="decisions"))
    yield (
        "testimony",
        Asked(
            command, lambda output: total(map(json.loads, output.splitlines())), expected, check=[*command, "--json"]
        ),
    )
    pipe = f"""grep -o '"site":"[^"]*","model":"[^"]*"' '{desk.lines}' | sort | uniq -c"""
    yield "grep, sort, uniq", Asked(["sh", "-c", pipe], counted, expected, "counts and no means")
    if desk.jq:
        program = 'reduce inputs as $d ({}; .[$d.site + " " + $d.model] |= [(.[0] // 0) + 1, (.[1] // 0) + $d.took_us])'
        yield "jq", Asked([desk.jq, "-cn", program, desk.lines], sums, expected)
    if desk.duckdb:
        twins = [("DuckDB, our twins", f"read_parquet('{desk.twins}')")] if desk.has_twins() else []
        for name, table in [*tables(desk), *twins]:
            yield name, Asked(desk.duck(AGGREGATE.format(decisions=table)), grouped, expected)


def tables(desk: Desk) -> list[tuple[str, str]]:
    """The decisions, as DuckDB reads them."""
    return [("DuckDB, JSON lines", desk.json_lines()), ("DuckDB, Parquet", f"read_parquet('{desk.parquet}')")]


def text(output: bytes) -> str:
    """The output itself."""
    return output.decode().strip()


def count_lines(output: bytes) -> str:
    """Of what prints a line for each."""
    return str(len(output.splitlines()))


def chapters(output: bytes) -> str:
    """Of a story."""
    return str(len(json.loads(output)["chapters"]))


def reached(output: bytes) -> str:
    """Of a blast: directly, and by way of those."""
    counts = json.loads(output)["counts"]
    return f"{counts['direct']} + {counts['downstream']}"


def count_rows(output: bytes) -> str:
    """Of DuckDB."""
    return str(len(json.loads(output)["rows"]))


def reached_rows(output: bytes) -> str:
    """Of DuckDB's one row of two counts."""
    return " + ".join(map(str, json.loads(output)["rows"][0]))


def grouped(output: bytes) -> str:
    """The sum of DuckDB's groups."""
    return f"{sum(row[2] for row in json.loads(output)['rows']):,}"


def total(rows: Iterable[dict[str, Any]]) -> str:
    """The sum of our groups."""
    return f"{sum(int(row['n']) for row in rows):,}"


def counted(output: bytes) -> str:
    """The sum of what `uniq -c` counted."""
    return f"{sum(int(line.split()[0]) for line in output.splitlines()):,}"


def sums(output: bytes) -> str:
    """The sum of jq's groups."""
    return f"{sum(group[0] for group in json.loads(output).values()):,}"
