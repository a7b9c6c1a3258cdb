"""Makes a process for one try of one stimulus, and reads what it writes until it has ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from typing import TYPE_CHECKING, NamedTuple

from countermine.prove.harness import channel, child, streams
from countermine.prove.harness.channel import Account

if TYPE_CHECKING:
    from countermine.prove.harness.child import Run
    from countermine.prove.harness.jobs import StimulusJob

MAX_BYTES = 8 << 20
"""Of records of one process; the observer itself stops far below."""


class Attempt(NamedTuple):
    """What one process led to."""

    account: Account
    ending: str


def in_new_child(run: Run, stimulus: StimulusJob, key: bytes) -> Attempt:
    """Run a stimulus in a process that loads the target itself."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        streams.apart(run.job.scratch)
        run.guard.enter()
        fd = streams.high(writing)
        child.run(run, stimulus, fd, key, None)
    os.close(writing)
    try:
        data, ending = _collect(reading, pid, run.job.stimulus_s)
    finally:
        os.close(reading)
        end_group(pid)
    return Attempt(channel.read(data, key), ending)


def _collect(reading: int, pid: int, limit_s: float) -> tuple[bytes, str]:
    """Read the pipe until the process has ended or must be ended."""
    deadline = time.monotonic() + limit_s
    chunks: list[bytes] = []
    size = 0
    os.set_blocking(reading, False)
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        ended = ""
        is_open = True
        while not ended:
            if is_open and selector.select(0.02):
                chunk = os.read(reading, 1 << 16)
                is_open = bool(chunk)
                chunks.append(chunk)
                size += len(chunk)
            elif not is_open:
                time.sleep(0.001)
            ended = _ending(pid)
            if not ended and (time.monotonic() > deadline or size > MAX_BYTES):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                ended = "time" if size <= MAX_BYTES else "output"
    chunks += rest(reading, MAX_BYTES - size)
    return b"".join(chunks), ended


def rest(reading: int, most: int) -> list[bytes]:
    """Return what is left in a pipe that does not block."""
    chunks: list[bytes] = []
    with contextlib.suppress(BlockingIOError):
        while most >= 0:
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                break
            chunks.append(chunk)
            most -= len(chunk)
    return chunks


def _ending(pid: int) -> str:
    done, status = os.waitpid(pid, os.WNOHANG)
    return "" if done == 0 else ending(status)


def ending(status: int) -> str:
    """Say how a process ended."""
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit {os.WEXITSTATUS(status)}"


def end_group(pid: int) -> None:
    """End what a process left running in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
