"""How much a run has added to the folders of the host that it may write to."""

import contextlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from countermine.ports.sandbox import Bound
from countermine.sandbox.trees import TooDeepError, clear, entries
from countermine.sandbox.usage import INODE_BYTES

EVERY_S: Final = 5.0
"""How often the folders are looked through although the disk has not filled much."""

SHARE: Final = 20
"""Looking takes at most this part of the time: one twentieth."""

BLOCK_BYTES: Final = 512
"""Unit of ``st_blocks``."""


@dataclass(slots=True, kw_only=True)
class WrittenMeter:
    """Looks through writable folders when the disk under them has filled.

    What the disk lost tells cheaply when to look; what was changed since the start, and files
    that were deleted but are still open, tells how much of it the run has taken. While the run
    goes on, looking is done in a thread: it can take long, by the will of what runs inside even
    without end, and the other bounds must be watched meanwhile.
    """

    folders: tuple[Path, ...]
    bound_bytes: int
    since_ns: int
    """Time of the last change to a file that was there before, by the kernel's clock."""
    _opened: list[int] = field(default_factory=list)
    _used_then: dict[int, int] = field(default_factory=dict)
    _found: int = 0
    _next: float = 0.0
    _look: Future[int | None] | None = None
    _enough: threading.Event = field(default_factory=threading.Event)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def begin(self) -> None:
        """Take hold of the folders and remember how full the disk is."""
        for folder in self.folders:
            path = folder if folder.is_dir() else folder.parent
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self._opened.append(descriptor)
            self._used_then[descriptor] = _used(descriptor)
        self._next = time.monotonic() + EVERY_S

    def close(self) -> None:
        """Let go of the folders."""
        self._end_look()
        for descriptor in self._opened:
            os.close(descriptor)
        self._opened.clear()

    def settle(self) -> Bound | None:
        """Look through the folders once more, after the end.

        Folders nested deeper than any real tree are removed: whoever handles them next may recurse.
        """
        self._end_look()
        self._enough.clear()
        found = self._measure(None)
        if found is None:
            for held in self._opened:
                clear(held)
        return Bound.SCRATCH if found is None or found > self.bound_bytes else None

    def check(self, proc: int | None) -> Bound | None:
        """Return the bound on scratch space where it is passed.

        Args:
            proc: The sandbox's own ``/proc``, for files that are open but have no name.
        """
        if not self._opened:
            return None
        if self._look is not None:
            if not self._look.done():
                return None
            found = self._look.result()
            self._look = None
            if found is None or found > self.bound_bytes:
                return Bound.SCRATCH
            self._found = found
        filled = max(_used(held) - self._used_then[held] for held in self._opened)
        suspicious = filled > self._found + (self.bound_bytes - self._found) // 2
        now = time.monotonic()
        soon = suspicious and (self._found == 0 or now >= self._next - EVERY_S)
        if soon or now >= self._next:
            # A copy: the run may end, and its descriptor with it, while the thread looks.
            own = None if proc is None else os.dup(proc)
            self._look = self._thread.submit(self._take_look, own)
        return None

    def _take_look(self, proc: int | None) -> int | None:
        started = time.monotonic()
        try:
            return self._measure(proc)
        finally:
            ended = time.monotonic()
            self._next = ended + EVERY_S + SHARE * (ended - started)
            if proc is not None:
                os.close(proc)

    def _end_look(self) -> None:
        self._enough.set()
        self._thread.shutdown()

    def _measure(self, proc: int | None) -> int | None:
        """Return how many bytes were added, or ``None`` where folders are nested too deep."""
        sizes: dict[tuple[int, int], int] = {}
        try:
            for held in self._opened:
                for _, _, facts in entries(held):
                    if facts.st_ctime_ns > self.since_ns:
                        taken = facts.st_blocks * BLOCK_BYTES + INODE_BYTES
                        sizes[facts.st_dev, facts.st_ino] = taken
                    if self._enough.is_set():
                        return sum(sizes.values())
        except TooDeepError:
            return None
        hidden = 0 if proc is None else self._add_nameless(proc, sizes)
        return max(sum(sizes.values()), hidden)

    def _add_nameless(self, proc: int, sizes: dict[tuple[int, int], int]) -> int:
        """Add files that are deleted but open; return what may be hidden besides."""
        devices = {os.fstat(held).st_dev for held in self._opened}
        hidden = 0
        for name in _processes(proc):
            opened = _open_files(proc, name)
            if opened is None:
                # Whoever hides what it holds open may be the one who took all that is missing.
                hidden = max(_used(held) - self._used_then[held] for held in self._opened)
                continue
            for facts in opened:
                if facts.st_nlink == 0 and facts.st_dev in devices:
                    sizes[facts.st_dev, facts.st_ino] = facts.st_blocks * BLOCK_BYTES
        return hidden


def _used(descriptor: int) -> int:
    facts = os.fstatvfs(descriptor)
    blocks = (facts.f_blocks - facts.f_bfree) * facts.f_frsize
    return blocks + (facts.f_files - facts.f_ffree) * INODE_BYTES


def _processes(proc: int) -> list[str]:
    with os.scandir(proc) as listed:
        return [entry.name for entry in listed if entry.name.isdigit()]


def _open_files(proc: int, name: str) -> list[os.stat_result] | None:
    """Return the facts of regular files that a process holds open, ``None`` where it hides them."""
    try:
        folder = os.open(f"{name}/fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc)
    except PermissionError:
        return None
    except OSError:
        return []
    try:
        return list(_regular(folder))
    except OSError:
        # It ended meanwhile, and let go of all it held.
        return []
    finally:
        os.close(folder)


def _regular(folder: int) -> Iterator[os.stat_result]:
    with os.scandir(folder) as listed:
        names = [entry.name for entry in listed]
    for name in names:
        with contextlib.suppress(OSError):
            facts = os.stat(name, dir_fd=folder)
            if stat.S_ISREG(facts.st_mode):
                yield facts
