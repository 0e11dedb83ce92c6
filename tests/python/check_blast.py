"""Ask `testimony blast` questions about recorded runs, and work the answers out again from the raw file.

Usage: check_blast.py RUNS.jsonl TESTIMONY LEDGER, where LEDGER is what `testimony import --openai-chat RUNS.jsonl`
has made. Knows nothing of ledgers: a call is the messages before an assistant's message, and that message.

Prints each question with the sizes of both answers. Exit code 1 where a set differs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MIN_BYTES = 16
QUESTIONS = 12


@dataclass
class Call:
    """One call of the model: what stood before its answer, and its answer."""

    run: str
    number: int
    given: set[str] = field(default_factory=set)
    put_out: set[str] = field(default_factory=set)


def contents(message: dict[str, Any]) -> set[str]:
    """The texts in a message: what is said, and the arguments of what is called."""
    said = {message["content"]} if isinstance(message.get("content"), str) else set()
    called = {call["function"]["arguments"] for call in message.get("tool_calls") or []}
    return said | called


def calls_of(runs: list[dict[str, Any]]) -> list[Call]:
    """Every call, in the order in which they are imported."""
    calls = []
    for run in runs:
        before: set[str] = set()
        number = 0
        for message in run["messages"]:
            if message["role"] == "assistant":
                calls.append(Call(run["run"], number, set(before), contents(message)))
                number += 1
            before |= contents(message)
    return calls


def specific(calls: list[Call]) -> set[str]:
    """What says who fed whom: long enough, put out before anybody was given it, and by one call of its own."""
    first_given: dict[str, int] = {}
    put_out: dict[str, list[int]] = {}
    for at, call in enumerate(calls):
        for text in call.given:
            first_given.setdefault(text, at)
        for text in call.put_out:
            put_out.setdefault(text, []).append(at)
    good = set()
    for text, by in put_out.items():
        sources = [at for at in by if text not in calls[at].given]
        new = by[0] < first_given.get(text, len(calls))
        if len(text.encode()) >= MIN_BYTES and new and len(sources) == 1:
            good.add(text)
    return good


def closure(calls: list[Call], start: set[int], follows: set[str] | None) -> set[int]:
    """All that later calls were fed by those of `start`: each call names the one before it in its run as its cause."""
    reached = set(start)
    for at, call in enumerate(calls):
        if at in reached:
            continue
        caused = call.number > 0 and at - 1 in reached
        texts = call.given if follows is None else call.given & follows
        fed = any(texts & calls[earlier].put_out for earlier in reached if earlier < at)
        if caused or fed:
            reached.add(at)
    return reached - start


class Testimony:
    """The command, and which of its ids is which call."""

    def __init__(self, program: str, ledger: str, calls: list[Call]) -> None:
        self.words = [program, "--ledger", ledger, "--json"]
        numbers = {(call.run, call.number): at for at, call in enumerate(calls)}
        seen: dict[str, int] = {}
        self.at: dict[str, int] = {}
        for line in self.ask("log", "--limit", "0").splitlines():
            decision = json.loads(line)
            run = decision["subjects"][0].removeprefix("run:")
            self.at[decision["id"]] = numbers[run, seen.setdefault(run, 0)]
            seen[run] += 1
        self.ids = {at: decision for decision, at in self.at.items()}

    def ask(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            [*self.words, *words], input=stdin.encode(), stdout=subprocess.PIPE, check=True
        )
        return done.stdout.decode()

    def blast(self, *words: str, stdin: str = "") -> tuple[set[int], set[int], dict[str, Any]]:
        answer = json.loads(self.ask("blast", *words, stdin=stdin))
        direct = {self.at[one["id"]] for one in answer["direct"]}
        downstream = {self.at[one["id"]] for one in answer["downstream"]}
        return direct, downstream, answer


def spread(things: list[Any]) -> list[Any]:
    """Some of them, from everywhere in the list."""
    return things[:: max(1, len(things) // QUESTIONS)][:QUESTIONS]


def main() -> int:
    raw, program, ledger = sys.argv[1:]
    runs = [json.loads(line) for line in Path(raw).read_text(encoding="utf-8").splitlines()]
    calls = calls_of(runs)
    follows = specific(calls)
    testimony = Testimony(program, ledger, calls)
    wrong = 0

    def compare(question: str, expected: tuple[set[int], set[int]], *words: str, **text: str) -> None:
        nonlocal wrong
        direct, downstream, answer = testimony.blast(*words, **text)
        agrees = (direct, downstream) == expected
        agrees = agrees and answer["checked"]["sealed"] == len(direct) + len(downstream)
        wrong += not agrees
        sizes = f"{len(direct)} direct, {len(downstream)} downstream"
        raw_sizes = f"{len(expected[0])} and {len(expected[1])} in the raw file"
        print(f"{'ok   ' if agrees else 'WRONG'} {question}: {sizes}; {raw_sizes}")

    def given(text: str) -> tuple[set[int], set[int]]:
        direct = {at for at, call in enumerate(calls) if text in call.given}
        return direct, closure(calls, direct, follows)

    policy = runs[0]["messages"][0]["content"]
    compare("who was given this policy text", given(policy), "-", stdin=policy)

    results = [m["content"] for run in runs for m in run["messages"] if m["role"] == "tool"]
    shared = [text for text in dict.fromkeys(results) if results.count(text) > 3]
    for text in spread(shared) + spread(list(dict.fromkeys(results))):
        compare(f"who used the result {text[:40]!r}", given(text), "-", stdin=text)

    first = 0
    lookups = []
    for run in runs:
        answers = [message for message in run["messages"] if message["role"] == "assistant"]
        for number, message in enumerate(answers):
            names = [call["function"]["name"] for call in message.get("tool_calls") or []]
            if "get_reservation_details" in names:
                lookups.append(first + number)
        first += len(answers)
    for at in spread(lookups):
        question = f"what followed from the lookup in call {calls[at].number} of {calls[at].run}"
        which = ("--decision", testimony.ids[at])
        compare(question, ({at}, closure(calls, {at}, follows)), *which)
        every = closure(calls, {at}, None)
        compare(f"{question}, unspecific", ({at}, every), *which, "--unspecific", "--min-bytes", "0")

    piece = " ".join(policy.split())[400:1400]
    direct, _, answer = testimony.blast("-", "--near", stdin=piece)
    inferred = all("inferred" in one for one in answer["direct"])
    agrees = direct == given(policy)[0] and inferred
    wrong += not agrees
    print(f"{'ok   ' if agrees else 'WRONG'} a piece of the policy, wrapped anew: {len(direct)} inferred")
    print(f"{wrong} answers differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
