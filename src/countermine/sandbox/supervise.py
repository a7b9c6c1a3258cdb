"""Feed a process that was started, read it with bounds, and end it."""

import contextlib
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from countermine.ports.sandbox import Bound, Exited, Limits, SandboxOutcome, Stopped

TICK_S: Final = 0.02
"""How often usage is looked at; between two looks a process can take what two cores can fill."""

DRAIN_S: Final = 1.0
"""How long output is still read after the end, where a grandchild may hold the pipe open."""

CHUNK_BYTES: Final = 1 << 16

Watch = Callable[[], Bound | None]
"""Looks at what the command uses; returns the bound that it has passed."""


class InterruptedRunError(KeyboardInterrupt):
    """The program is to end, or whoever asked for the command no longer waits for it.

    No ``Exception``: it says nothing of the command, so nobody may record it as a result.
    """


@dataclass(slots=True, kw_only=True)
class _Stream:
    """One output pipe and what was read from it."""

    pipe: IO[bytes]
    bound_bytes: int
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    overflowed: bool = False

    def read(self) -> bool:
        """Read what is there; return whether more can come."""
        try:
            chunk = os.read(self.pipe.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        room = self.bound_bytes - self.size
        if len(chunk) > room:
            self.overflowed = True
            chunk = chunk[:room]
        self.size += len(chunk)
        self.chunks.append(chunk)
        return not self.overflowed

    def text(self) -> bytes:
        return b"".join(self.chunks)


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Runs the life of one started process.

    The process must have been started with pipes for all three standard streams.
    """

    process: subprocess.Popen[bytes]
    stdin: bytes
    limits: Limits
    kill: Callable[[], None]
    """Ends the process and all that it started."""
    watch: Watch | None = None
    settle: Watch | None = None
    """Looks once more, when all is ended and read."""
    listeners: dict[int, Callable[[], bool]] = field(default_factory=dict)
    """Other descriptors to read from; the callback returns whether to go on listening."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Like ``cancelled``, for all commands of the program."""
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _streams: tuple[_Stream, ...] = ()
    _unsent: memoryview = field(default_factory=lambda: memoryview(b""))

    def run(self) -> SandboxOutcome:
        """Wait for the end or a bound; nothing that the process started goes on running.

        Raises:
            InterruptedRunError: If ``cancelled`` or ``stopped`` was set meanwhile.
        """
        started = time.monotonic()
        try:
            try:
                self._register()
                bound = self._wait(started + self.limits.wall_s)
            finally:
                self.kill()
                self.process.wait()
            self._drain()
        finally:
            self._close()
        if bound is None and any(stream.overflowed for stream in self._streams):
            bound = Bound.OUTPUT
        last = self.settle() if self.settle is not None else None
        return self._outcome(bound or last, round((time.monotonic() - started) * 1000))

    def _outcome(self, bound: Bound | None, duration_ms: int) -> SandboxOutcome:
        stdout, stderr = (stream.text() for stream in self._streams)
        if bound is not None:
            return Stopped(bound=bound, stdout=stdout, stderr=stderr, duration_ms=duration_ms)
        code = self.process.returncode
        return Exited(
            exit_code=128 - code if code < 0 else code,
            stdout=stdout,
            stderr=stderr,
            duration_ms=duration_ms,
        )

    def _register(self) -> None:
        stdin, stdout, stderr = self.process.stdin, self.process.stdout, self.process.stderr
        if stdin is None or stdout is None or stderr is None:
            message = "the process was started without pipes"
            raise ValueError(message)
        bound = self.limits.output_bytes
        self._streams = tuple(_Stream(pipe=p, bound_bytes=bound) for p in (stdout, stderr))
        for stream in self._streams:
            os.set_blocking(stream.pipe.fileno(), False)
            self._selector.register(stream.pipe, selectors.EVENT_READ, stream.read)
        for descriptor, callback in self.listeners.items():
            self._selector.register(descriptor, selectors.EVENT_READ, callback)
        self._unsent = memoryview(self.stdin)
        if self.stdin:
            os.set_blocking(stdin.fileno(), False)
            self._selector.register(stdin, selectors.EVENT_WRITE, self._write)
        else:
            stdin.close()

    def _write(self) -> bool:
        pipe = self.process.stdin
        if pipe is None:
            return False
        try:
            written = os.write(pipe.fileno(), self._unsent[:CHUNK_BYTES])
        except BlockingIOError:
            return True
        except BrokenPipeError:
            # The command does not want the rest; that is its own affair.
            return False
        self._unsent = self._unsent[written:]
        return len(self._unsent) > 0

    def _wait(self, deadline: float) -> Bound | None:
        with _exit_descriptor(self.process) as ended:
            if ended is not None:
                self._selector.register(ended, selectors.EVENT_READ, None)
            next_look = time.monotonic() + TICK_S
            while self.process.poll() is None:
                if self.cancelled.is_set() or self.stopped.is_set():
                    raise InterruptedRunError
                now = time.monotonic()
                if now >= deadline:
                    return Bound.WALL
                if now >= next_look:
                    next_look = now + TICK_S
                    passed = self.watch() if self.watch is not None else None
                    if passed is not None:
                        return passed
                self._serve(min(TICK_S, deadline - now))
                if any(stream.overflowed for stream in self._streams):
                    return Bound.OUTPUT
            if ended is not None:
                self._selector.unregister(ended)
        return None

    def _serve(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            if key.data is not None and not key.data():
                self._selector.unregister(key.fileobj)
                if self.process.stdin is not None and key.fileobj is self.process.stdin:
                    self.process.stdin.close()

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_S
        open_streams = [s for s in self._streams if not s.overflowed]
        while open_streams and time.monotonic() < deadline:
            with selectors.DefaultSelector() as selector:
                for stream in open_streams:
                    selector.register(stream.pipe, selectors.EVENT_READ, stream)
                ready = selector.select(TICK_S)
            for key, _ in ready:
                if not key.data.read():
                    open_streams.remove(key.data)

    def _close(self) -> None:
        self._selector.close()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@contextlib.contextmanager
def _exit_descriptor(process: subprocess.Popen[bytes]) -> Iterator[int | None]:
    """A descriptor that is readable once the process has ended, where the system has such."""
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        yield None
        return
    descriptor = opener(process.pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
