"""Runs one stimulus in a process of its own, and gathers what was seen of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from countermine.prove.harness import attempts, channel, guard, samples, scratch
from countermine.prove.harness.channel import Record
from countermine.prove.harness.inputs import file_path, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from countermine.prove.harness.attempts import Attempt
    from countermine.prove.harness.child import Run
    from countermine.prove.harness.copies import Loader
    from countermine.prove.harness.jobs import StimulusJob
    from countermine.prove.harness.tree import Keeper

BEGIN = "begin "
END = "end"
"""Marks around what one process asks the kernel for."""
MAX_CONTENT = 8 << 20
MAX_TRIES = 3
"""A control is tried again when the target looked for a file that it may have."""


class Gathered(NamedTuple):
    """All that is known of one stimulus."""

    attempt: Attempt
    outside: tuple[Record, ...]
    key: bytes
    sample: str | None = None
    """File of the target whose content took the place of the text."""


class Runner:
    """Runs the stimuli of a job one after the other."""

    def __init__(
        self, run: Run, key: bytes, keeper: Keeper, loader: Loader | None, *, has_times: bool
    ) -> None:
        """Take what all stimuli share."""
        self._run = run
        self._job = run.job
        self._key = key
        self._keeper = keeper
        self._loader = loader
        self._access_times = has_times
        self._tries = 0
        self._folders: set[str] = set()
        self._wanted_files = False
        self._plain_suits = False
        self._held: bytes | None = None
        self._held_what: str | None = None

    def run(self, stimulus: StimulusJob) -> Gathered:
        """Run one stimulus; of a legitimate use the first content that works."""
        if stimulus.is_attack or not stimulus.inputs:
            return self._settled(stimulus)
        learned = self._as_compared(stimulus)
        if learned is not None:
            return learned
        plain: Gathered | None = None
        for name, one in samples.uses(stimulus, self._job.pristine, self._job.entry):
            tried = self._settled(one)
            if _worked(tried):
                self._plain_suits |= self._wanted_files and self._held is None
                return tried._replace(sample=name or self._held_what)
            if not name:
                plain = tried
                other = self._with_other_content(one)
                if other is not None:
                    return other
        return self._settled(stimulus) if plain is None else plain

    def _as_compared(self, stimulus: StimulusJob) -> Gathered | None:
        """Run a legitimate use with what the target compares its value with, where it asks so."""
        if not samples.wants_compared(stimulus):
            return None
        records = self._settled(stimulus).attempt.account.records
        for one in samples.compared(stimulus, records):
            tried = self._settled(one)
            if _worked(tried):
                return tried._replace(sample="what it is compared with")
        return None

    def _with_other_content(self, stimulus: StimulusJob) -> Gathered | None:
        """Run a legitimate use with other contents of the file that it wants, if it wants one.

        The one that works is what files hold for all that come after. Where a use has worked with
        plain text, that is what is read, and a use that fails does so for another reason.
        """
        if not self._wanted_files or self._plain_suits:
            return None
        for what, content in scratch.OTHER_CONTENTS:
            self._held, self._held_what = content, f"{what} in the file"
            tried = self._settled(stimulus)
            if _worked(tried):
                return tried._replace(sample=self._held_what)
        self._held = self._held_what = None
        return None

    def _settled(self, stimulus: StimulusJob) -> Gathered:
        """Run one stimulus, again when a file it needs was made, and tidy up after it."""
        provided: list[str] = []
        while True:
            self._tries += 1
            key = channel.derive(self._key, f"{stimulus.name} {self._tries}")
            gathered = self._once(stimulus, key, provided)
            records = gathered.attempt.account.records
            job = self._job
            wanted = scratch.learned(records, job.scratch, job.root, job.canary)
            new = [path for path in wanted if path not in provided]
            if not new or len(provided) + len(new) > MAX_TRIES * 4:
                self._wanted_files = bool(provided)
                return gathered
            provided += new
            if not stimulus.is_attack:
                self._folders.update(os.path.dirname(path) for path in new)  # noqa: PTH120

    def _once(self, stimulus: StimulusJob, key: bytes, provided: list[str]) -> Gathered:
        job = self._job
        scratch.prepare(job.scratch, stimulus.files, job.canary)
        scratch.provide(provided, sorted(self._folders), self._contents(stimulus), self._held)
        before = scratch.listing(job.scratch)
        self._run.guard.say(f"{BEGIN}{stimulus.name}")
        attempt = self._attempt(stimulus, key)
        # Whatever a stimulus left running could meddle with the next one.
        guard.end_others(() if self._loader is None else (self._loader.pid,))
        self._run.guard.say(END)
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
        if self._loader is not None and self._loader.alive:
            return self._loader.attempt(stimulus, key)
        return attempts.in_new_child(self._run, stimulus, key)

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
            found.append(Record(how, _left(f"{job.scratch}/{path}")))
        found += [
            Record("file-removed", {"real": f"{job.scratch}/{path}", "mode": "write"})
            for path in sorted(before)
            if path not in after
        ]
        parents = {*self._folders, *_parents([*provided, *self._folders])}
        found += [
            Record("file-created", {"real": path, "mode": "write"})
            for path in scratch.clear_beside(job.scratch)
        ]
        changes = self._keeper.changes()
        for change in changes:
            path = job.root + change.path
            if path not in (*provided, *parents) and "__pycache__" not in path:
                found.append(Record(f"file-{change.how}", _left(path)))
        self._keeper.restore(changes)
        return tuple(found)


def _left(path: str) -> dict[str, str]:
    """Return the facts of a path that was written: what it is called, and who may do what."""
    facts = {"real": path, "mode": "write"}
    with contextlib.suppress(OSError):
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            facts["rights"] = f"{stat.S_IMODE(mode):04o}"
            facts["content"] = _digest(path)
    return facts


def _digest(path: str) -> str:
    """Return what tells the content of a file from any other."""
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib is not loaded here
        return hashlib.blake2b(file.read(MAX_CONTENT), digest_size=8).hexdigest()


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
