"""Check what `testimony` answered to the questions of an incident against the raw file of recorded runs.

Usage: check_incident.py RUNS.jsonl ANSWERS.jsonl. The ledger is what `testimony import --openai-chat RUNS.jsonl` has made;
nothing here reads it. Each line of ANSWERS is one command and its answer:

    {"asked": ["why", "run:airline-4-1"], "answer": {…}}

`answer` is the JSON that it printed, of `log` a list; "text" holds the content that a `blast FILE` asked about. The first line is
the answer to `log --limit 0`, which says which id is which call.

Prints each question with its answer in short, and how many answers differ from the raw file. Exit code 1 where one does.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from check_blast import Call, calls_of, closure, specific

Json = dict[str, Any]

POLICY = "who was given this policy text"
RESULT = "which runs used the result of this tool call"
LOOKUP = "which decisions followed from a reservation's details"
ENDED = "why did this run end as it did"
CHANGED = "what changed between two trials of one task"


def recorded(message: Json) -> tuple[Any, ...]:
    """A message of the raw file: who speaks, and its parts as (type, id, name, what it says)."""
    parts = []
    if isinstance(message.get("content"), str):
        kind = "tool_call_response" if message["role"] == "tool" else "text"
        parts.append((kind, message.get("tool_call_id"), None, message["content"]))
    for call in message.get("tool_calls") or []:
        parts.append(("tool_call", call["id"], call["function"]["name"], call["function"]["arguments"]))
    return message["role"], message.get("name"), tuple(parts)


def told(message: Json) -> tuple[Any, ...]:
    """The same of a message in an answer."""
    parts = [
        (part["type"], part.get("id"), part.get("name"), text(part["content"]))
        for part in message["parts"]
    ]
    return message.get("role"), message.get("name"), tuple(parts)


def text(content: Json) -> str | None:
    """What a content of an answer says; nothing that is recorded equals one that is no text."""
    return content.get("text", {}).get("text")


def says(message: Json) -> tuple[Any, ...]:
    """What makes two messages the same: all but the ids of tool calls, of which each call has its own."""
    role, name, parts = recorded(message)
    return role, name, tuple((kind, tool, said) for kind, _, tool, said in parts)


@dataclass
class Chapter:
    """One call in the story of a run."""

    new: list[Any]
    """What it was given that no earlier call was, nor itself put out."""
    goes_on: tuple[int, int] | None
    """The call that it goes on from, and after how many messages of that call's input and its answer."""
    decided: list[Any]
    caused_by: list[int]
    model: str
    scored: list[float]
    """How the run was rated, on its last call alone."""


@dataclass
class Run:
    """One run of the raw file."""

    model: str
    reward: float
    messages: list[Json]
    answers: list[int]
    """Where the model speaks."""

    def chapters(self) -> list[Chapter]:
        chapters = []
        told_until = 0
        for number, answer in enumerate(self.answers):
            is_last = number == len(self.answers) - 1
            chapters.append(
                Chapter(
                    new=[recorded(message) for message in self.messages[told_until:answer]],
                    goes_on=(number - 1, told_until - 1) if number > 0 else None,
                    decided=[recorded(self.messages[answer])],
                    caused_by=[number - 1] if number > 0 else [],
                    model=self.model,
                    scored=[self.reward] if is_last else [],
                )
            )
            told_until = answer + 1
        return chapters

    def at_the_end(self) -> tuple[list[Json], list[Json]]:
        """What the last call was given, and what it decided."""
        last = self.answers[-1]
        return self.messages[:last], self.messages[last : last + 1]


def run_of(line: Json) -> Run:
    speaks = [at for at, message in enumerate(line["messages"]) if message["role"] == "assistant"]
    return Run(line["model"], line["reward"], line["messages"], speaks)


def chapter_told(chapter: Json, numbers: dict[str, int]) -> Chapter:
    """A chapter of an answer, with the numbers of the run's calls for their ids."""
    [asked] = chapter["asked"]
    messages = asked["content"]["messages"]
    goes_on = None
    if continues := messages.get("continues"):
        # Anything cut from the model's memory, or more than one answer, would be another story than the raw file's.
        whole = (continues["left_out"], continues["answer"]) == (0, 1)
        goes_on = (numbers.get(continues["decision"], -1), continues["messages"] if whole else -1)
    return Chapter(
        new=[told(message) for message in messages["messages"]],
        goes_on=goes_on,
        decided=[told(m) for part in chapter["decided"] for m in part["content"]["messages"]["messages"]],
        caused_by=[numbers.get(cause["id"], -1) for cause in chapter["bearings"].get("causes", [])],
        model=chapter["facts"]["model"],
        scored=[
            json.loads(text(part["content"]) or "null")
            for outcome in chapter["outcomes"]
            if outcome["kind"] == "scored"
            for part in outcome["parts"]
        ],
    )


def longest_common(left: list[Any], right: list[Any]) -> int:
    """How many of both can be paired in order, by the textbook's table."""
    row = [0] * (len(right) + 1)
    for one in left:
        above, row = row, [0]
        for at, other in enumerate(right):
            row.append(above[at] + 1 if one == other else max(above[at + 1], row[at]))
    return row[-1]


def side(spans: list[Json], mine: str) -> str:
    """One of the two texts of which the spans are the comparison."""
    return "".join(span[which] for span in spans for which in span if which in ("same", mine))


def is_comparison(compared: Json, left: list[Json], right: list[Json]) -> bool:
    """Whether a comparison accounts for every message of both lists in order, parts them where they part, and calls the
    same as many as can be, and none that are not."""
    alike = [says(message) for message in left], [says(message) for message in right]
    if "messages" not in compared:
        return "same" in compared and alike[0] == alike[1]
    at = to = same = compared["messages"]["shared"]
    if alike[0][:at] != alike[1][:to] or alike[0][at : at + 1] == alike[1][to : to + 1]:
        return False
    for turn in compared["messages"]["turns"]:
        [(which, what)] = turn.items()
        ours, theirs = left[at : at + 1], right[to : to + 1]
        if which == "same":
            fits = alike[0][at : at + what] == alike[1][to : to + what]
            at, to, same = at + what, to + what, same + what
        elif which == "left":
            fits = [told(what)] == [recorded(message) for message in ours]
            at += 1
        elif which == "right":
            fits = [told(what)] == [recorded(message) for message in theirs]
            to += 1
        else:
            whole = [(what["role"], side(what["spans"], mine)) for mine in ("left", "right")]
            fits = whole == [(m["role"], m["content"]) for m in ours + theirs]
            at, to = at + 1, to + 1
        if not fits:
            return False
    return (at, to, same) == (len(left), len(right), longest_common(*alike))


class Incident:
    """The raw file, and which id of the ledger is which call."""

    def __init__(self, lines: list[Json], log: list[Json]) -> None:
        self.runs = {f"run:{line['run']}": run_of(line) for line in lines}
        self.calls: list[Call] = calls_of(lines)
        self.follows = specific(self.calls)
        numbers = {(call.run, call.number): at for at, call in enumerate(self.calls)}
        seen: Counter[str] = Counter()
        self.at: dict[str, int] = {}
        for decision in log:
            [subject] = decision["subjects"]
            run = subject.removeprefix("run:")
            self.at[decision["id"]] = numbers[run, seen[run]]
            seen[run] += 1
        if len(self.at) != len(self.calls):
            sys.exit(f"{len(self.at)} decisions in the ledger, {len(self.calls)} calls in the raw file")

    def check(self, line: Json) -> tuple[str, bool, str]:
        """The question that was asked, whether its answer is right, and the answer in short."""
        asked, answer = line["asked"], line["answer"]
        if asked[0] == "why":
            return ENDED, *self.why(asked[1], answer)
        if asked[0] == "diff":
            return CHANGED, *self.diff(asked[1], asked[2], answer)
        if asked[1] == "--decision":
            return LOOKUP, *self.blast({self.at[asked[2]]}, answer)
        given = {at for at, call in enumerate(self.calls) if line["text"] in call.given}
        is_policy = any(line["text"] == run.messages[0]["content"] for run in self.runs.values())
        return POLICY if is_policy else RESULT, *self.blast(given, answer)

    def blast(self, direct: set[int], answer: Json) -> tuple[bool, str]:
        reached = direct, closure(self.calls, direct, self.follows)
        told = tuple({self.at[one["id"]] for one in answer[which]} for which in ("direct", "downstream"))
        runs = {self.calls[at].run for at in told[0] | told[1]}
        short = f"{len(told[0])} decisions, {len(told[1])} downstream, in {len(runs)} runs"
        return told == reached, short

    def why(self, subject: str, answer: Json) -> tuple[bool, str]:
        name = subject.removeprefix("run:")
        numbers = {
            decision: self.calls[at].number for decision, at in self.at.items() if self.calls[at].run == name
        }
        story = [chapter_told(chapter, numbers) for chapter in answer["chapters"]]
        expected = self.runs[subject].chapters()
        agrees = [numbers.get(chapter["id"]) for chapter in answer["chapters"]] == list(range(len(expected)))
        for number, (chapter, raw) in enumerate(zip(story, expected)):
            wrong = [one.name for one in fields(Chapter) if getattr(chapter, one.name) != getattr(raw, one.name)]
            if wrong:
                return False, f"call {number} differs in {', '.join(wrong)}"
        last = story[-1].decided[0][2][-1]
        end = f"calls {last[2]}" if last[0] == "tool_call" else f"says {last[3].split('.')[0][:60]!r}"
        scored = ", ".join(map(str, story[-1].scored)) or "by nobody"
        return agrees, f"{len(story)} calls; the last one {end}; scored {scored}"

    def diff(self, one: str, other: str, answer: Json) -> tuple[bool, str]:
        left, right = self.runs[one], self.runs[other]
        parts = {part["role"]: part["how"] for part in answer["parts"]}
        (asked, decided), (asked_too, decided_too) = left.at_the_end(), right.at_the_end()
        facts = {fact["name"]: (fact.get("left"), fact.get("right")) for fact in answer["facts"]}
        facts.pop("began_us", None)
        expected = {}
        if left.model != right.model:
            expected["model"] = (left.model, right.model)
        if left.reward != right.reward:
            expected["outcome.scored.reward"] = (str(left.reward), str(right.reward))
        agrees = [
            facts == expected,
            set(parts) == {"subject", "prompt", "decision"},
            [side(parts["subject"]["text"], mine) for mine in ("left", "right")] == [one, other],
            is_comparison(parts["prompt"], asked, asked_too),
            is_comparison(parts["decision"], decided, decided_too),
            self.is_last(answer["left"]["id"], one) and self.is_last(answer["right"]["id"], other),
        ]
        talk = parts["prompt"].get("messages", {"shared": len(asked), "turns": []})
        same = talk["shared"] + sum(turn.get("same", 0) for turn in talk["turns"])
        score = " against ".join(facts.get("outcome.scored.reward", ["the same score"]))
        return all(agrees), f"the same up to message {talk['shared']}, {same} in all; {score}"

    def is_last(self, decision: str, subject: str) -> bool:
        call = self.calls[self.at[decision]]
        return (f"run:{call.run}", call.number) == (subject, len(self.runs[subject].answers) - 1)


def read(path: str) -> list[Json]:
    with Path(path).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> int:
    raw, answers = map(read, sys.argv[1:])
    incident = Incident(raw, answers[0]["answer"])
    number: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for line in answers[1:]:
        question, agrees, short = incident.check(line)
        number[question] += 1
        wrong[question] += not agrees
        print(f"{'ok   ' if agrees else 'WRONG'} testimony {' '.join(line['asked'])}: {short}")
    for question in (POLICY, RESULT, ENDED, CHANGED, LOOKUP):
        print(f"{question}: {number[question]} answers, {wrong[question]} differ")
    print(f"{number.total()} answers, {wrong.total()} differ")
    return int(wrong.total() > 0)


if __name__ == "__main__":
    sys.exit(main())
