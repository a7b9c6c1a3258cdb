"""The folder of a run: its workflow store, its ledger, its lock.

One folder and one SQLite file for each run, so that runs never wait for each other and a run is
removed by removing its folder; see docs/decisions/0004-a-store-for-each-run.md.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from countermine.core.errors import CountermineError, EnvironmentLacksError

RUNS = "runs"
STORE = "workflow.sqlite"

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """Where one run keeps what it needs."""

    path: Path

    @property
    def id(self) -> str:
        """Return the run's id."""
        return self.path.name

    @property
    def store(self) -> Path:
        """Return the workflow's SQLite file."""
        return self.path / STORE

    @property
    def ledger(self) -> Path:
        """Return the ledger."""
        return self.path / "ledger.jsonl"

    @property
    def calls(self) -> Path:
        """Return the record of calls to models; not there in a run that made none."""
        return self.path / "calls.sqlite"

    @property
    def request(self) -> Path:
        """Return the note of what the run is asked."""
        return self.path / "request.json"

    @property
    def sources(self) -> Path:
        """Return the copies of the files that findings go through."""
        return self.path / "sources.zip"

    @property
    def scratch(self) -> Path:
        """Return the folder for what need not outlive the run."""
        return self.path / "scratch"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run: one process carries a run on at a time.

        The lock goes with the process, however it ends.

        Raises:
            CountermineError: If another process holds it.
        """
        import fcntl  # noqa: PLC0415 - not there on Windows, where nothing is run

        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            message = f"run {self.id} is being carried out by another process; wait for it to end"
            raise CountermineError(message) from error
        try:
            yield
        finally:
            os.close(descriptor)


def begin(state: Path, run: str) -> RunFolder:
    """Make the folder of a new run.

    Raises:
        EnvironmentLacksError: If the state folder cannot be written.
    """
    path = state / RUNS / run
    try:
        path.mkdir(parents=True, mode=0o700)
        # The store keeps texts of the target as they are; SQLite gives its side files this mode.
        (path / STORE).touch(mode=0o600)
    except OSError as error:
        message = (
            f"cannot make the run's folder {str(path)!r}: {error.strerror}; "
            "set COUNTERMINE_STATE to a folder that can be written"
        )
        raise EnvironmentLacksError(message) from error
    return RunFolder(path=path)


def runs(state: Path) -> list[RunFolder]:
    """Return every run of the state folder, oldest first."""
    try:
        paths = sorted((state / RUNS).iterdir())
    except FileNotFoundError:
        return []
    return [RunFolder(path=path) for path in paths if _ID.fullmatch(path.name)]


def named(state: Path, run: str | None) -> RunFolder:
    """Return the run of that id, or the latest.

    Raises:
        CountermineError: If there is none.
    """
    known = runs(state)
    if run is None:
        if not known:
            message = (
                f"there is no run yet in {str(state)!r}; begin one with `countermine run TARGET`"
            )
            raise CountermineError(message)
        return known[-1]
    for folder in known:
        if folder.id == run:
            return folder
    recent = ", ".join(folder.id for folder in known[-3:]) or "none"
    message = f"there is no run {run!r}; the latest are: {recent}"
    raise CountermineError(message)


def runs_bytes(state: Path) -> int:
    """Return what all runs take on the disk."""
    return sum(folder_bytes(folder) for folder in runs(state))


def folder_bytes(folder: RunFolder) -> int:
    """Return what one run takes on the disk."""
    return sum(path.lstat().st_size for path in folder.path.rglob("*") if path.is_file())


def remove_oldest_runs(state: Path, most_bytes: int) -> None:
    """Remove the oldest runs until those that are left take at most so much; the latest stays."""
    sizes = [(folder, folder_bytes(folder)) for folder in runs(state)]
    total = sum(size for _, size in sizes)
    for folder, size in sizes[:-1]:
        if total <= most_bytes:
            return
        if _removed(folder):
            total -= size


def remove_runs(state: Path) -> int:
    """Remove every run that no process is carrying out; returns how many."""
    return sum(_removed(folder) for folder in runs(state))


def _removed(folder: RunFolder) -> bool:
    try:
        with folder.locked():
            shutil.rmtree(folder.path)
    except EnvironmentLacksError:
        raise
    except CountermineError:
        return False  # Being carried out: it stays.
    except OSError as error:
        message = f"cannot remove {str(folder.path)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error
    return True
