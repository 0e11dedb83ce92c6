"""Lets a service record 10,000 decisions while the Collector that it exports to comes and goes.

    outage.py COLLECTOR CONFIG DESK TESTIMONY WORK

The Collector is down for the first half, and killed twice in the second; the service is killed once, and goes on with the number
after the last one that it was told is durable. Everything waits for a condition: a number that is durable, a file that has grown.
The ledger is left in WORK/ledger, what the Collector wrote in WORK/ours-*.jsonl and WORK/stock-*.jsonl, and what happened on
standard output. Only processes that this program has started are ended, by their own ids. Exit codes: 0 done, 2 not.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

DECISIONS = 10_000
PATIENCE_SECONDS = 120


def say(text: str) -> None:
    print(text, flush=True)


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen")
        time.sleep(0.02)


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    return [each.getsockname()[1] for each in sockets]


class Collector:
    """A Collector at the same two addresses however often it is started; each start writes to files of its own."""

    def __init__(self, program: str, config: str, work: Path) -> None:
        self.command, self.work = [program, "--config", config], work
        self.ours, self.stock = free_ports(2)
        self.starts, self.process = 0, None

    def file(self, of: str) -> Path:
        return self.work / f"{of}-{self.starts}.jsonl"

    def start(self) -> None:
        self.starts += 1
        own = {"OURS_PORT": str(self.ours), "STOCK_PORT": str(self.stock)}
        own |= {"OURS_FILE": str(self.file("ours")), "STOCK_FILE": str(self.file("stock"))}
        log = (self.work / "collector.log").open("ab")
        self.process = subprocess.Popen(self.command, env=os.environ | own, stdout=log, stderr=log)
        until(self.listens, "that the Collector listens")

    def listens(self) -> bool:
        if self.process.poll() is not None:
            raise OSError("the Collector ended; see collector.log")
        try:
            for port in (self.ours, self.stock):
                socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    def wait_for_spans(self) -> None:
        file = self.file("ours")
        until(lambda: file.exists() and file.stat().st_size > 0, "that the Collector gets spans")

    def end(self, how: int) -> None:
        self.process.send_signal(how)
        self.process.wait(PATIENCE_SECONDS)


class Desk:
    """The service, and the newest number of which it has said that it is durable."""

    def __init__(self, program: str, ledger: Path, collector: Collector, log: Path) -> None:
        self.command = [program, str(ledger), f"http://127.0.0.1:{collector.stock}"]
        self.endpoint, self.log = f"http://127.0.0.1:{collector.ours}", log
        self.durable, self.process = 0, None

    def start(self) -> None:
        own = {"OTEL_EXPORTER_OTLP_ENDPOINT": self.endpoint}
        self.process = subprocess.Popen(
            [*self.command, str(self.durable + 1)], env=os.environ | own,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log.open("ab"), text=True)

    def may_go_on_to(self, number: int) -> None:
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()

    def wait_for(self, number: int) -> None:
        while self.durable < number:
            line = self.process.stdout.readline()
            if not line:
                raise OSError("the service ended; see desk.log")
            self.durable = int(line)

    def kill(self) -> None:
        self.process.kill()
        for line in self.process.stdout:
            # The last line may be torn.
            if line.endswith("\n"):
                self.durable = int(line)
        self.process.wait(PATIENCE_SECONDS)

    def close(self) -> int:
        self.process.stdin.close()
        return self.process.wait(PATIENCE_SECONDS)


def second_half(collector: Collector, desk: Desk) -> None:
    """Whenever something is killed, the service is in the middle of a stretch of numbers."""
    desk.may_go_on_to(9000)
    desk.wait_for(6000)
    collector.wait_for_spans()
    collector.end(signal.SIGKILL)
    say(f"the Collector is killed, {desk.durable} decisions are durable")
    desk.wait_for(6500)
    collector.start()
    desk.wait_for(7500)
    desk.kill()
    say(f"the service is killed, {desk.durable} decisions are durable")
    desk.start()
    desk.may_go_on_to(DECISIONS)
    desk.wait_for(8500)
    collector.wait_for_spans()
    collector.end(signal.SIGKILL)
    say(f"the Collector is killed again, {desk.durable} decisions are durable")
    desk.wait_for(9000)
    collector.start()
    desk.wait_for(DECISIONS)


def main(program: str, config: str, desk_program: str, testimony: str, work: str) -> None:
    work = Path(work)
    collector = Collector(program, config, work)
    desk = Desk(desk_program, work / "ledger", collector, work / "desk.log")
    try:
        desk.start()
        desk.may_go_on_to(DECISIONS // 2)
        desk.wait_for(DECISIONS // 2)
        say(f"{desk.durable} decisions are durable, and no Collector was there yet")
        collector.start()
        second_half(collector, desk)
        code = desk.close()
        say(f"{desk.durable} decisions are durable; the service closes with exit code {code}")
        # What the service had no time for when it closed.
        rest = [testimony, "--ledger", str(work / "ledger"), "export", "--otlp", "--endpoint", desk.endpoint]
        subprocess.run(rest, check=True, timeout=PATIENCE_SECONDS)
        collector.end(signal.SIGTERM)
    finally:
        for process in (desk.process, collector.process):
            if process and process.poll() is None:
                process.kill()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, TypeError, ValueError, subprocess.SubprocessError) as error:
        print(f"outage: {error!r}", file=sys.stderr)
        sys.exit(2)
