"""How much of the time from finding to verdict the sandbox takes.

    python bench/sandbox_share.py TARGET [TARGET ...] [--write]

Carries a run over each target, and counts what the sandbox is asked: how many commands it starts,
and for how many calls of theirs a process outside is asked. What one of each costs is measured
beside it, by a command that does nothing and one that opens files, inside and outside. Time is
counted from the first drive to the end of the last command; environments are built before that.
With --write the table goes to bench/parts/sandbox-share.md.
"""

import argparse
import contextlib
import io
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from countermine.cli.main import run
from countermine.ports.sandbox import SandboxCommand, SandboxOutcome
from countermine.sandbox.bubblewrap import BubblewrapSandbox
from countermine.sandbox.outside import OutsideWatch

PART = Path(__file__).parent / "parts" / "sandbox-share.md"
STARTUP = Path(__file__).parent / "sandbox_startup.py"


@dataclass(slots=True)
class Counted:
    """What was asked of the sandbox since the first drive."""

    begun: float | None = None
    ended: float = 0.0
    starts: int = 0
    asks: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return 0.0 if self.begun is None else self.ended - self.begun


def counting() -> Counted:
    """Count what is asked from now on."""
    counted = Counted()
    run_command = BubblewrapSandbox.run
    answered = OutsideWatch._answered  # noqa: SLF001 - each call that is asked for goes through it

    def ran(self: BubblewrapSandbox, command: SandboxCommand) -> SandboxOutcome:
        with counted.lock:
            if counted.begun is None and command.watched:
                counted.begun = time.perf_counter()
            counted.starts += counted.begun is not None
        outcome = run_command(self, command)
        counted.ended = time.perf_counter()
        return outcome

    def answer(self: OutsideWatch, listener: int) -> bool:
        with counted.lock:
            counted.asks += 1
        return answered(self, listener)

    BubblewrapSandbox.run = ran  # type: ignore[method-assign]  # only here, to count
    OutsideWatch._answered = answer  # type: ignore[method-assign]  # noqa: SLF001 - the same
    return counted


def costs() -> tuple[float, float]:
    """Return what a start adds, in milliseconds, and what a call adds that is asked for, too."""
    found: list[float] = []
    for arguments in ((), ("--watched", "--times", "5")):
        done = subprocess.run(
            [sys.executable, str(STARTUP), *arguments], capture_output=True, text=True, check=True
        )
        numbers = [float(one) for one in re.findall(r"(\d+\.\d+) (?:ms|us)", done.stdout)]
        found.append(numbers[-1] if not arguments else (numbers[1] - numbers[0]) / 1000)
    return found[0], found[1]


def main() -> int:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser(description="Measure the sandbox's share of a proof.")
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    start_ms, ask_ms = costs()
    lines = [
        "## Sandbox: its share of the time from finding to verdict",
        "",
        f"A start adds {start_ms:.1f} ms, a call that is asked for outside {ask_ms:.3f} ms.",
        "",
        "| target | s, first drive to last command | starts | calls asked for | share |",
        "|---|---:|---:|---:|---:|",
    ]
    shares: list[float] = []
    counted = counting()
    for target in options.targets:
        counted.begun, counted.starts, counted.asks = None, 0, 0
        with contextlib.redirect_stdout(io.StringIO()):
            run(["run", target, "--json", "--quiet"])
        spent = (counted.starts * start_ms + counted.asks * ask_ms) / 1000
        share = spent / counted.seconds if counted.seconds else 0.0
        shares.append(share)
        name = os.path.relpath(target) if "examples" in target else Path(target).parent.name
        lines.append(
            f"| {name} | {counted.seconds:.1f} | {counted.starts} | {counted.asks} | {share:.1%} |"
        )
    lines += ["", f"Median share: {statistics.median(shares):.1%}.", ""]
    text = "\n".join(lines)
    if options.write:
        PART.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
