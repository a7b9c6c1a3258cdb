"""Runs one stimulus in a process of its own, and gathers what was seen of it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from typing import TYPE_CHECKING, NamedTuple

from countermine.prove.harness import channel, child, samples, scratch
from countermine.prove.harness.channel import Account, Record
from countermine.prove.harness.inputs import file_path, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from countermine.prove.harness.jobs import Job, StimulusJob
    from countermine.prove.harness.observer import Observer
    from countermine.prove.harness.tree import Keeper

MAX_BYTES = 8 << 20
"""Of records of one process; the observer itself stops far below."""
MAX_TRIES = 3
"""A control is tried again when the target looked for a file that it may have."""
PIPE_FD = 200
"""Away from the low numbers that programs close when they go into the background."""


class Attempt(NamedTuple):
    """What one process led to."""

    account: Account
    ending: str


class Gathered(NamedTuple):
    """All that is known of one stimulus."""

    attempt: Attempt
    outside: tuple[Record, ...]
    key: bytes
    sample: str | None = None
    """File of the target whose content took the place of the text."""


class Runner:
    """Runs the stimuli of a job one after the other."""

    def __init__(self, job: Job, observer: Observer, keeper: Keeper) -> None:
        """Take what all stimuli share."""
        self._job = job
        self._observer = observer
        self._keeper = keeper
        self._access_times = scratch.keeps_access_times(job.scratch)
        self._tries = 0
        self._folders: set[str] = set()

    def run(self, stimulus: StimulusJob) -> Gathered:
        """Run one stimulus; of a legitimate use the first content that works."""
        if stimulus.is_attack or not stimulus.inputs:
            return self._settled(stimulus)
        plain: Gathered | None = None
        for name, one in samples.uses(stimulus, self._job.pristine, self._job.entry):
            tried = self._settled(one)
            if _worked(tried):
                return tried._replace(sample=name or None)
            if not name:
                plain = tried
        return self._settled(stimulus) if plain is None else plain

    def _settled(self, stimulus: StimulusJob) -> Gathered:
        """Run one stimulus, again when a file it needs was made, and tidy up after it."""
        provided: list[str] = []
        while True:
            self._tries += 1
            key = channel.derive(self._job.key, f"{stimulus.name} {self._tries}")
            gathered = self._once(stimulus, key, provided)
            records = gathered.attempt.account.records
            job = self._job
            wanted = scratch.learned(records, job.scratch, job.root, job.canary)
            new = [path for path in wanted if path not in provided]
            if not new or len(provided) + len(new) > MAX_TRIES * 4:
                return gathered
            provided += new
            if not stimulus.is_attack:
                self._folders.update(os.path.dirname(path) for path in new)  # noqa: PTH120

    def _once(self, stimulus: StimulusJob, key: bytes, provided: list[str]) -> Gathered:
        job = self._job
        scratch.prepare(job.scratch, stimulus.files, job.canary)
        scratch.provide(provided, sorted(self._folders), self._contents(stimulus))
        before = scratch.listing(job.scratch)
        attempt = self._attempt(stimulus, key)
        outside = self._outside(before, set(provided))
        return Gathered(attempt, outside, key)

    def _contents(self, stimulus: StimulusJob) -> dict[str, bytes]:
        """Return the files that the stimulus will make: others may be wanted in their place."""
        job = self._job
        values = [value(item, job.canary, job.scratch) for item in stimulus.inputs]
        return {
            file_path(job.scratch, at, one): one.data
            for at, one in enumerate(values)
            if one.channel == "file-content"
        }

    def _attempt(self, stimulus: StimulusJob, key: bytes) -> Attempt:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _become_child(self._job, reading)
            fd = _high(writing)
            child.run(self._job, stimulus, self._observer, fd, key)
        os.close(writing)
        try:
            data, ending = _collect(reading, pid, self._job.stimulus_s)
        finally:
            os.close(reading)
            _end_group(pid)
        return Attempt(channel.read(data, key), ending)

    def _outside(
        self, before: dict[str, tuple[int, int, int]], provided: set[str]
    ) -> tuple[Record, ...]:
        """Return what was left behind, seen after the process is gone, and put the tree back."""
        job = self._job
        found: list[Record] = []
        if self._access_times and scratch.was_read(job.scratch):
            facts = {"real": f"{job.scratch}/{scratch.SECRET}", "mode": "read"}
            found.append(Record("file-read", facts))
        after = scratch.listing(job.scratch)
        for path in sorted(after):
            if after[path] == before.get(path) or path.split("/")[0] in scratch.OWN:
                continue
            how = "file-changed" if path in before else "file-created"
            found.append(Record(how, {"real": f"{job.scratch}/{path}", "mode": "write"}))
        found += [
            Record("file-removed", {"real": f"{job.scratch}/{path}", "mode": "write"})
            for path in sorted(before)
            if path not in after
        ]
        parents = {*self._folders, *_parents([*provided, *self._folders])}
        found += _beside(job.scratch)
        changes = self._keeper.changes()
        for change in changes:
            path = job.root + change.path
            if path not in (*provided, *parents) and "__pycache__" not in path:
                found.append(Record(f"file-{change.how}", {"real": path, "mode": "write"}))
        self._keeper.restore(changes)
        return tuple(found)


def _parents(paths: Iterable[str]) -> Iterator[str]:
    for path in sorted(paths):
        parts = path.split("/")
        yield from ("/".join(parts[:count]) for count in range(2, len(parts)))


def _worked(gathered: Gathered) -> bool:
    """Tell whether the entry point came back without raising anything."""
    records = gathered.attempt.account.records
    raised = any("error" in record.detail for record in records if record.name in _ENDS)
    refused = any(record.detail.get("status", "") >= "400" for record in records)
    return not (raised or refused) and any(record.name == "reached" for record in records)


_ENDS = ("reached", "raised")


def _beside(base: str) -> list[Record]:
    """Return what was made in the folder that holds the scratch folder and nothing else."""
    folder = os.path.dirname(base)  # noqa: PTH120 - no pathlib here
    names = sorted(name for name in os.listdir(folder) if f"{folder}/{name}" != base)  # noqa: PTH208
    for name in names:
        scratch.remove(f"{folder}/{name}")
    return [Record("file-created", {"real": f"{folder}/{name}", "mode": "write"}) for name in names]


def _become_child(job: Job, reading: int) -> None:
    os.close(reading)
    os.setsid()
    said, errors = (
        os.open(f"{job.scratch}/output/{name}", os.O_WRONLY | os.O_CREAT, 0o600)
        for name in ("said", "errors")
    )
    nothing = os.open("/dev/null", os.O_RDONLY)
    for fd, to in ((nothing, 0), (said, 1), (errors, 2)):
        os.dup2(fd, to)
    for fd in (nothing, said, errors, RESULT_FD):
        with contextlib.suppress(OSError):
            os.close(fd)


RESULT_FD = 190
"""Where the parent writes its answers; closed in every child."""


def _high(fd: int) -> int:
    os.dup2(fd, PIPE_FD, inheritable=False)
    os.close(fd)
    return PIPE_FD


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
                time.sleep(0.005)
            ended = _ending(pid)
            if not ended and (time.monotonic() > deadline or size > MAX_BYTES):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                ended = "time" if size <= MAX_BYTES else "output"
    with contextlib.suppress(BlockingIOError):
        while size <= MAX_BYTES:
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
    return b"".join(chunks), ended


def _ending(pid: int) -> str:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done == 0:
        return ""
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit {os.WEXITSTATUS(status)}"


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
