"""Holds what `testimony reconcile --json` has said against what it has to say.

    verdict.py REPORT same                      every entry has a copy, and every copy is the same
    verdict.py REPORT cut ATTRIBUTE…            the same, but for these attributes, which the backend has cut
    verdict.py REPORT found ID:VERDICT[:WHAT]…  exactly these differences, each of that decision; WHAT is an attribute's name, or `entry`

Prints what it finds in one line. Exit codes: 0 it says so, 1 it does not.
"""

import json
import sys


def totals(source: dict) -> dict[str, int]:
    sums: dict[str, int] = {}
    for counts in source["kinds"].values():
        for name, number in counts.items():
            sums[name] = sums.get(name, 0) + number
    return sums


def summary(source: dict) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in totals(source).items() if number)
    return f"{source['source']}: {counts}; {source['duplicates']} sent again, {source['differing']} differences"


def same(report: dict) -> list[str]:
    """What stands against it."""
    faults = [f"the ledger: {finding['detail']}" for finding in report["ledger"]]
    for source in report["sources"]:
        counts = totals(source)
        if source["differing"] or counts["same"] + counts["truncated"] != counts["entries"]:
            faults.append(f"{source['source']}: not all are the same")
        if source["unreadable_in_all"]:
            faults.append(f"{source['source']}: {source['unreadable']}")
    return faults if report["entries"] else ["there was nothing to compare"]


def cut(report: dict, *attributes: str) -> list[str]:
    found = {each["attribute"] for source in report["sources"] for each in source["cuts"]}
    wrong = [] if found == set(attributes) else [f"cut: {sorted(found)}"]
    return same(report) + wrong


def found(report: dict, *expected: str) -> list[str]:
    """A decision may be found in several entries: with its outcomes, or in each of two copies that differ."""
    differing: dict[str, set[str]] = {}
    for source in report["sources"]:
        for finding in source["findings"]:
            if finding["verdict"] == "truncated":
                continue
            words = differing.setdefault(finding.get("id", "nothing"), set())
            words.add(finding["verdict"])
            words.update(f"{finding['verdict']}:{each['what']}" for each in finding.get("differences", []))
    faults = []
    for each in expected:
        decision, _, words = each.partition(":")
        if words not in differing.get(decision, set()):
            faults.append(f"{decision} is not found {words}, but {sorted(differing.get(decision, set()))}")
    meant = {each.partition(":")[0] for each in expected}
    faults += [f"{decision} is found {sorted(words)}" for decision, words in differing.items() if decision not in meant]
    return faults


def main(path: str, what: str, *arguments: str) -> int:
    with open(path) as file:
        report = json.load(file)
    faults = {"same": same, "cut": cut, "found": found}[what](report, *arguments)
    for source in report["sources"]:
        print(summary(source))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, LookupError, TypeError, ValueError) as error:
        print(f"verdict: {error!r}", file=sys.stderr)
        sys.exit(1)
