"""The parent's side of the loader: asks it for copies of itself, and reads what they write."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from countermine.prove.harness import channel, guard, loader, scratch, streams
from countermine.prove.harness.attempts import MAX_BYTES, Attempt, end_group, ending, rest

if TYPE_CHECKING:
    from countermine.prove.harness.child import Run
    from countermine.prove.harness.jobs import StimulusJob
    from countermine.prove.harness.tree import Keeper

LOAD_SHARE = 1 / 3
"""Part of a stimulus' time that loading may take, before each stimulus loads for itself."""
GRACE_S = 2.0
"""How long the loader may take to say what it must know already."""


class Seen(NamedTuple):
    """What was read of one copy."""

    data: bytes
    ending: str
    whole: bool
    """The loader itself told of the end."""


class Loader:
    """A process that has loaded the target, or is about to."""

    def __init__(self, run: Run) -> None:
        """Fork the process: before the key of the job is read."""
        self._limit_s = run.job.stimulus_s
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            self._control.close()
            streams.apart(run.job.scratch)
            run.guard.enter()
            loader.serve(loader.Hands(run, theirs))
        theirs.close()
        self.alive = True

    def ready(self) -> bool:
        """Wait until the target is loaded; tell whether copies can be made."""
        return self._said(self._limit_s * LOAD_SHARE) == loader.READY

    def stop(self) -> None:
        """End the process and what it started."""
        if self.alive:
            self.alive = False
            self._control.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            end_group(self.pid)
            os.waitpid(self.pid, 0)

    def attempt(self, stimulus: StimulusJob, key: bytes) -> Attempt:
        """Run a stimulus in a copy of the process.

        When the process is gone or says what it should not, the account is not closed.
        """
        reading, writing = os.pipe()
        asking, telling = os.pipe()
        pid = 0
        try:
            try:
                with contextlib.suppress(OSError):
                    loader.send(self._control, loader.FORK, [writing, asking])
                os.close(writing)
                os.close(asking)
                pid = self._number(GRACE_S)
                if pid > 1:
                    _tell(telling, key + json.dumps(stimulus).encode(), GRACE_S)
            finally:
                os.close(telling)
            seen = (
                self._collect(reading, pid)
                if pid > 1
                else Seen(b"", "the loader ended", whole=False)
            )
        finally:
            os.close(reading)
            if pid > 1:
                end_group(pid)
        account = channel.read(seen.data, key)
        if not seen.whole:
            self.stop()
            account = account._replace(closed=False)
        return Attempt(account, seen.ending)

    def _said(self, limit_s: float) -> bytes:
        self._control.settimeout(max(limit_s, 0.001))
        try:
            return self._control.recv(64)
        except OSError:
            return b""

    def _number(self, limit_s: float) -> int:
        said = self._said(limit_s)
        return int(said) if said.isdigit() else -1

    def _collect(self, reading: int, pid: int) -> Seen:
        """Read the pipe until the copy has ended or must be ended."""
        deadline = time.monotonic() + self._limit_s
        chunks: list[bytes] = []
        size, ended = 0, ""
        os.set_blocking(reading, False)
        with selectors.DefaultSelector() as selector:
            selector.register(reading, selectors.EVENT_READ)
            selector.register(self._control, selectors.EVENT_READ)
            while not ended:
                ready = [
                    key.fd for key, _ in selector.select(max(0.0, deadline - time.monotonic()))
                ]
                if reading in ready:
                    chunk = os.read(reading, 1 << 16)
                    chunks.append(chunk)
                    size += len(chunk)
                    if not chunk:
                        selector.unregister(reading)
                elif ready:
                    break
                if time.monotonic() > deadline or size > MAX_BYTES:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                    ended = "time" if size <= MAX_BYTES else "output"
        status = self._number(GRACE_S)
        chunks += rest(reading, MAX_BYTES - size)
        if status < 0:
            return Seen(b"".join(chunks), ended or "the loader ended", whole=False)
        return Seen(b"".join(chunks), ended or ending(status), whole=True)


class Source:
    """Makes the loader, and finds out whether it may be used."""

    def __init__(self, run: Run, keeper: Keeper) -> None:
        """Start to load, on a scratch folder like that of every stimulus."""
        self._scratch = run.job.scratch
        self._keeper = keeper
        scratch.prepare(self._scratch, (), run.job.canary)
        self._before = scratch.listing(self._scratch)
        self._loader = Loader(run)

    def loader(self) -> Loader | None:
        """Return the loader once the target is loaded, ``None`` if each stimulus must load it.

        Every copy finds the tree as loading left it; what it left elsewhere ends the loader.
        """
        ready = self._loader.ready() and not guard.end_others((self._loader.pid,))
        changes = self._keeper.changes()
        after = scratch.listing(self._scratch)
        left = [path for path in {*after, *self._before} if not path.startswith("output/")]
        same = all(after.get(path) == self._before.get(path) for path in left)
        beside = scratch.clear_beside(self._scratch)
        able = ready and same and not beside and self._keeper.able
        if able and self._keeper.accept(changes):
            return self._loader
        self._loader.stop()
        scratch.clear_beside(self._scratch)
        self._keeper.restore(self._keeper.changes())
        return None


def _tell(fd: int, data: bytes, limit_s: float) -> None:
    """Write to a process that may not read."""
    deadline = time.monotonic() + limit_s
    os.set_blocking(fd, False)
    with selectors.DefaultSelector() as selector, contextlib.suppress(BrokenPipeError):
        selector.register(fd, selectors.EVENT_WRITE)
        while data and selector.select(max(0.0, deadline - time.monotonic())):
            data = data[os.write(fd, data) :]
