"""One run of bubblewrap: what it says about itself, how it ends, and whether it ever began."""

import contextlib
import json
import os
import select
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Bound, Exited, SandboxOutcome
from countermine.sandbox.arguments import OVERLAY_FAILED
from countermine.sandbox.cgroups import Groups
from countermine.sandbox.usage import Meter
from countermine.sandbox.written import WrittenMeter

END_S: Final = 10.0
"""How long the kernel may take to end the last process of a PID namespace."""

MAX_BLIND_LOOKS: Final = 500
"""Looks, each after ``TICK_S``, within which a sandbox must have come up: ten seconds."""

NOT_STARTED: Final = (126, 127)
"""Exit codes with which prlimit says that it could not start the command."""


@dataclass(slots=True, kw_only=True)
class Life:
    """A running bubblewrap and the first process inside."""

    process: subprocess.Popen[bytes]
    status: int
    """Where bubblewrap writes JSON lines: first the first process inside, at last its exit."""
    meter: Meter
    written: WrittenMeter
    groups: Groups
    release: Callable[[int], None]
    """Bounds the first process, given its id, and lets it go on."""
    passed_by: str = "watching"
    """What found out that a bound was passed."""
    _text: bytes = b""
    _first: int | None = None
    _first_pid: int | None = None
    _ended: bool = False
    _blind_looks: int = 0

    def read_status(self) -> bool:
        """Read what bubblewrap says about itself; return whether more can come."""
        try:
            chunk = os.read(self.status, 4096)
        except BlockingIOError:
            return True
        self._text += chunk
        if self._first_pid is None and (pid := self._reported("child-pid")) is not None:
            self._first_pid = pid
            with contextlib.suppress(ProcessLookupError):
                self._first = os.pidfd_open(pid)
            self.release(pid)
        return len(chunk) > 0

    def look(self) -> Bound | None:
        """Return the bound that all processes inside together have passed."""
        if self.meter.proc is None and not self._ended:
            self._attach()
        if self.groups.memory_passed():
            self.passed_by = "cgroup"
            return Bound.MEMORY
        return self.meter.check() or self.written.check(self.meter.proc)

    def settle(self) -> Bound | None:
        """Return the bound that was passed since the last look."""
        if self.groups.memory_passed():
            self.passed_by = "cgroup"
            return Bound.MEMORY
        return self.meter.check() or self.written.settle()

    def _attach(self) -> None:
        if self._first_pid is not None:
            self.meter.attach(self._first_pid)
        self._blind_looks = 0 if self.meter.proc is not None else self._blind_looks + 1
        if self._blind_looks > MAX_BLIND_LOOKS:
            message = "what the sandbox uses cannot be seen in /proc; mount it without hidepid"
            raise SandboxUnavailableError(message)

    def end(self) -> None:
        """Kill everything inside and wait until it is gone.

        Bubblewrap ends as soon as the command does; the kernel then ends the other processes of
        the namespace, which takes a moment.

        Raises:
            SandboxUnavailableError: If the kernel does not end them.
        """
        self.process.kill()
        self.process.wait()
        if self._first_pid is None:
            self.read_status()
        self._ended = True
        if self._first is None:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._first, signal.SIGKILL)
        poll = select.poll()
        poll.register(self._first, select.POLLIN)
        gone = poll.poll(END_S * 1000)
        os.close(self._first)
        self._first = None
        if not gone:
            message = f"processes of the sandbox did not end within {END_S:.0f} s of being killed"
            raise SandboxUnavailableError(message)

    def judged(self, outcome: SandboxOutcome) -> SandboxOutcome:
        """Return the outcome of a command that really ran.

        Raises:
            SandboxUnavailableError: If bubblewrap or what prepares the command failed.
        """
        if not isinstance(outcome, Exited):
            by = self.passed_by if outcome.bound is Bound.MEMORY else "watching"
            return replace(outcome, held_by=f"{by} ({self.groups.said()})")
        while self._reported("exit-code") is None and self.read_status_now():
            pass
        complaint = outcome.stderr.decode(errors="replace").strip().splitlines()
        first = complaint[0] if complaint else "no message"
        if self._reported("exit-code") is None:
            message = f"bubblewrap could not start the sandbox ({first!r}); see countermine doctor"
            raise SandboxUnavailableError(message)
        # What runs inside could write these lines itself. It gains nothing by it: trouble of the
        # sandbox is never a result about the target.
        if outcome.exit_code in NOT_STARTED and first.startswith("prlimit: "):
            message = f"the sandbox could not start the command ({first!r}); mount what it needs"
            raise SandboxUnavailableError(message)
        if outcome.exit_code == OVERLAY_FAILED and first.startswith("cp: "):
            message = f"the sandbox could not copy an overlay ({first!r})"
            raise SandboxUnavailableError(message)
        return replace(outcome, held_by=self.groups.said())

    def read_status_now(self) -> bool:
        """Read what is left; return whether there was something."""
        before = len(self._text)
        return self.read_status() and len(self._text) > before

    def _reported(self, name: str) -> int | None:
        for line in self._text.splitlines():
            with contextlib.suppress(json.JSONDecodeError):
                value = json.loads(line).get(name)
                if isinstance(value, int):
                    return value
        return None
