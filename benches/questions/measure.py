"""Run a program and measure it from outside: wall time with its start, and the most memory that it held."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

# What takes longer is not asked again: its second figure would be the same.
LONG = 5.0
CACHES = Path("/proc/sys/vm/drop_caches")
# Byte by byte, in which grep is fastest.
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


class Failed(Exception):
    """The program ended badly; its first line on standard error."""


@dataclass
class Run:
    """One run of a program."""

    seconds: float
    memory: int
    """The most that was resident, in bytes; what is mapped from files counts as well."""
    output: bytes


@dataclass
class Figures:
    """All runs of one program with one question."""

    warm: list[float] = field(default_factory=list)
    cold: float | None = None
    memory: int = 0
    output: bytes = b""

    @property
    def median(self) -> float:
        """Of the warm runs, in seconds."""
        return statistics.median(self.warm)


def run(command: list[str]) -> Run:
    """Run it to its end; its output goes to a file, so that nobody waits for a reader."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise Failed(said(errors.read()) or f"ended with {process.returncode}")
        return Run(seconds, usage.ru_maxrss * 1024, output.read())


def said(errors: bytes) -> str:
    """The line that tells most: the last of a traceback, else the first."""
    lines = errors.decode(errors="replace").strip().splitlines()
    told = [line for line in lines if "Error" in line or "Exception" in line]
    return (told or lines or [""])[0].strip()[:120]


def take_turns(commands: dict[str, list[str]], rounds: int) -> dict[str, Figures | Failed]:
    """Measure several programs warm, in turn, so that whatever else the machine does is shared by all."""
    figures: dict[str, Figures | Failed] = {name: Figures() for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            of = figures[name]
            if isinstance(of, Failed) or (of.warm and of.warm[0] > LONG):
                continue
            try:
                measured = run(command)
            except Failed as failed:
                figures[name] = failed
                continue
            of.memory = max(of.memory, measured.memory)
            of.output = measured.output
            # The first run only warms, unless it took so long that it is the only one.
            if number > 0 or measured.seconds > LONG:
                of.warm.append(measured.seconds)
    return figures


def cold(command: list[str]) -> float:
    """One run after the machine has forgotten every file: the program's own as well."""
    forget()
    return run(command).seconds


def can_forget() -> bool:
    """Whether this user may empty the page cache."""
    try:
        forget()
    except OSError:
        return False
    return True


def forget() -> None:
    """Empty the page cache."""
    os.sync()
    CACHES.write_text("3\n")


def warm_up(paths: list[Path]) -> None:
    """Read files from end to end, so that no program pays for the one before it."""
    for path in paths:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def size(paths: list[Path]) -> int:
    """Of all together, in bytes."""
    return sum(path.stat().st_size for path in paths)
