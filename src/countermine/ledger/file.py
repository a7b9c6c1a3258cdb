"""The ledger as a file: one line of JSON for each entry, on disk before ``append`` returns."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock

from countermine.core.entries import Entry
from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.ledger.chain import GENESIS, Broken, check, entry_hash, from_line, to_line
from countermine.ports.clock import Clock

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class FileLedger:
    """Appends to one file. One process at a time, as the run's lock sees to; any thread of it."""

    def __init__(self, path: Path, *, run: str, clock: Clock) -> None:
        """Open the ledger of a run, or begin it.

        A last line without its end, left by a process that was killed while writing, is cut off:
        its ``append`` never returned, so nothing was built on it.

        Raises:
            CountermineError: If the file is there and its chain does not hold.
            EnvironmentLacksError: If it cannot be read or written.
        """
        self._path, self._run, self._clock = path, run, clock
        self._entries = _recover(path)
        self._turn = Lock()

    def append(self, *, actor: str, action: str, subject: str, facts: Mapping[str, str]) -> Entry:
        """Record that something was done and return the entry.

        A step that is carried on after a crash may record the same thing again; an entry that
        says the same of the same subject is returned instead of being written twice.

        Raises:
            EnvironmentLacksError: If the entry cannot be written: a full disk, a read-only folder.
        """
        with self._turn:
            return self._append(actor, action, subject, tuple(sorted(facts.items())))

    def _append(
        self, actor: str, action: str, subject: str, ordered: tuple[tuple[str, str], ...]
    ) -> Entry:
        for known in self._entries:
            same = (known.actor, known.action, known.subject, known.facts)
            if same == (actor, action, subject, ordered):
                return known
        draft = Entry(
            sequence=len(self._entries),
            run=self._run,
            at=self._clock.now_iso(),
            actor=actor,
            action=action,
            subject=subject,
            facts=ordered,
            previous=self._entries[-1].hash if self._entries else GENESIS,
            hash="",
        )
        entry = replace(draft, hash=entry_hash(draft))
        try:
            descriptor = os.open(self._path, _APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(to_line(entry))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            message = f"cannot write the ledger {str(self._path)!r}: {error.strerror}"
            raise EnvironmentLacksError(message) from error
        self._entries.append(entry)
        return entry


def verify(path: Path) -> int | Broken:
    """Return the number of entries of a ledger whose chain holds, or where it breaks.

    Raises:
        CountermineError: If the file cannot be read.
    """
    content = _read(path)
    lines = content.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        return Broken(line=len(lines), reason="the last line has no end: the writer was cut off")
    return check(lines) or len(lines)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot read the ledger {str(path)!r}: {error.strerror}"
        raise CountermineError(message) from error


def _recover(path: Path) -> list[Entry]:
    if not path.exists():
        return []
    content = _read(path)
    whole = content[: content.rfind(b"\n") + 1]
    lines = whole.splitlines(keepends=True)
    broken = check(lines)
    if broken:
        message = (
            f"the ledger {str(path)!r} does not hold at line {broken.line}: {broken.reason}; "
            "nothing is added to it"
        )
        raise CountermineError(message)
    if whole != content:
        os.truncate(path, len(whole))
    return [from_line(line) for line in lines]


def read_entries(path: Path) -> list[Entry]:
    """Return the entries of a ledger that was verified.

    Raises:
        CountermineError: If the file cannot be read.
        ValueError: If a line is no entry.
    """
    return [from_line(line) for line in _read(path).splitlines(keepends=True)]


def read_lines(path: Path) -> list[str]:
    """Return the entries of a ledger as text, one line each.

    Raises:
        CountermineError: If the file cannot be read.
    """
    return _read(path).decode("utf-8", "backslashreplace").splitlines()
