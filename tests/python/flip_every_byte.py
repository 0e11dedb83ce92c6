"""Changes every byte of a small ledger, one at a time and in two ways, and prints the verifier's exit codes as JSON.

The order is that of tests/tests/every_byte.rs: the segment files by path, then the LEDGER file.
"""

import contextlib
import json
import os
import pathlib
import sys

import testimony_verify


def verdict(ledger: pathlib.Path) -> int:
    """The exit code, with the verifier's own output thrown away."""
    sys.argv = ["testimony_verify.py", str(ledger)]
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
        return testimony_verify.main()


def main() -> None:
    ledger = pathlib.Path(sys.argv[1])
    codes = []
    for file in [*sorted(ledger.glob("*/*.segment")), ledger / "LEDGER"]:
        whole = file.read_bytes()
        for at in range(len(whole)):
            for flip in (0x01, 0x20):
                changed = bytearray(whole)
                changed[at] ^= flip
                file.write_bytes(changed)
                codes.append(verdict(ledger))
        file.write_bytes(whole)
    print(json.dumps(codes))


main()
