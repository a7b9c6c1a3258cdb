"""What everything inside a sandbox uses together, seen from outside."""

import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from countermine.ports.sandbox import Bound, Limits
from countermine.sandbox.shared_memory import SharedMemory

INODE_BYTES: Final = 1024
"""What an empty file costs the kernel; the size of a tmpfs does not count it."""

CLOSE_LOOK_SHARE: Final = 4
"""Counting shared pages once takes at most this part of the time: a quarter."""

SOCKET_BYTES: Final = 425_984
"""What can wait in a socket, unread: twice the usual ``net.core.wmem_max``. It is memory of the
kernel that no process shows."""

_RESIDENT: Final = (b"RssAnon:", b"RssShmem:", b"VmPTE:", b"VmSwap:")
"""What of a process's memory is its own; what was swapped out still is."""

NEARLY_FULL_BYTES: Final = 8192
"""A scratch folder with less room than this is full: the next ordinary write fails."""


@dataclass(slots=True, kw_only=True)
class Meter:
    """Adds up memory and scratch space of all processes in a PID namespace.

    It reads the namespace's own ``/proc``, so that nothing inside can leave the count by becoming
    a daemon.
    """

    limits: Limits
    scratch: tuple[tuple[str, int], ...]
    """Temporary file systems inside, with the bytes each may hold."""
    _proc: int | None = None
    _scratch: dict[int, int] = field(default_factory=dict)
    _full: bool = False
    _next_close_look: float = 0.0
    _shared: SharedMemory = field(default_factory=SharedMemory)

    def attach(self, init_pid: int) -> None:
        """Look into the sandbox of that first process, once its file systems are in place."""
        root = f"/proc/{init_pid}/root"
        try:
            descriptor = os.open(f"{root}/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return
        # Before its root is in place, a starting sandbox still shows the proc of the host.
        if os.fstat(descriptor).st_dev == Path("/proc").stat().st_dev:
            os.close(descriptor)
            return
        self._proc = descriptor
        for path, size in self.scratch:
            with contextlib.suppress(OSError):
                opened = os.open(f"{root}{path}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                self._scratch[opened] = size

    @property
    def proc(self) -> int | None:
        """A descriptor of the sandbox's own ``/proc``, once attached."""
        return self._proc

    def check(self) -> Bound | None:
        """Return the bound that is passed now."""
        if self._proc is None:
            return None
        scratch, names_cost = self._scratch_bytes()
        if self._full:
            return Bound.SCRATCH
        # Scratch space is shared memory of the machine too, and is counted already.
        unseen = max(self._shared.growth_bytes() - scratch, 0)
        used = scratch + names_cost + self._sockets() * SOCKET_BYTES
        with os.scandir(self._proc) as entries:
            names = [entry.name for entry in entries if entry.name.isdigit()]
        most = used + unseen + sum(self._resident_bytes(name) for name in names)
        if most <= self.limits.memory_bytes or time.monotonic() < self._next_close_look:
            return None
        return self._look_closely(self._proc, names, used, unseen)

    def _look_closely(self, proc: int, names: list[str], used: int, unseen: int) -> Bound | None:
        """Count pages that processes share once, which takes the kernel longer to say.

        Args:
            proc: The sandbox's own ``/proc``.
            names: Its processes.
            used: What is counted already.
            unseen: What the machine's shared memory has grown by besides.
        """
        started = time.monotonic()
        own = [self._own_bytes(name) for name in names]
        shown = sum(shared for _, shared in own)
        if unseen > shown:
            mapped = self._shared.mapped_bytes(proc, names)
            shown = max(shown, unseen if mapped is None else min(mapped, unseen))
        used += shown + sum(private for private, _ in own)
        took = time.monotonic() - started
        self._next_close_look = started + CLOSE_LOOK_SHARE * took
        return Bound.MEMORY if used > self.limits.memory_bytes else None

    def close(self) -> None:
        """Let go of the sandbox's file systems."""
        for descriptor in (*self._scratch, *(() if self._proc is None else (self._proc,))):
            os.close(descriptor)
        self._scratch.clear()
        self._proc = None

    def _scratch_bytes(self) -> tuple[int, int]:
        """Return what is in the scratch folders, and what the names there cost besides."""
        total = names = 0
        for descriptor, size in self._scratch.items():
            facts = os.fstatvfs(descriptor)
            used = (facts.f_blocks - facts.f_bfree) * facts.f_frsize
            self._full = self._full or used > size - NEARLY_FULL_BYTES
            total += used
            names += (facts.f_files - facts.f_ffree) * INODE_BYTES
        return total, names

    def _sockets(self) -> int:
        for line in self._read("1/net/sockstat"):
            if line.startswith(b"sockets: used"):
                return int(line.split()[2])
        return 0

    def _resident_bytes(self, name: str) -> int:
        """Return the memory of a process; what it shares with its parent counts for both."""
        return _sum(self._read(f"{name}/status"), _RESIDENT)

    def _own_bytes(self, name: str) -> tuple[int, int]:
        """Return the private and the shared memory of a process: its share of what it shares."""
        rollup = self._read(f"{name}/smaps_rollup")
        private = _sum(rollup, (b"Pss_Anon:", b"SwapPss:"))
        shared = _sum(rollup, (b"Pss_Shmem:",))
        if private + shared == 0:
            return self._resident_bytes(name), 0
        return private + _sum(self._read(f"{name}/status"), (b"VmPTE:",)), shared

    def _read(self, name: str) -> list[bytes]:
        """Return the lines of a file of the sandbox's ``/proc``; none where the process ended."""
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return []
        try:
            return os.read(descriptor, 8192).splitlines()
        except OSError:
            return []
        finally:
            os.close(descriptor)


def _sum(lines: list[bytes], names: tuple[bytes, ...]) -> int:
    """Add up what a file of ``/proc`` says in kB."""
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))
