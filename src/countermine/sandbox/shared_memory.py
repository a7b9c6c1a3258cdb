"""Shared memory that no process shows as resident.

Pages of an anonymous shared mapping stay when a process lets go of them (``MADV_DONTNEED``) or
ends, as long as the mapping is there. What the whole machine holds in shared memory tells cheaply
when to look; the mappings of the sandbox's processes tell how much of it can be theirs.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MAX_MAPS_BYTES: Final = 32 << 20
"""Text about mappings that one look reads; half a million of them. Who has more, has too much."""

_MAPPING: Final = re.compile(
    rb"^([0-9a-f]+)-([0-9a-f]+) ...s ([0-9a-f]+) \S+ (\d+) +/dev/zero \(deleted\)$", re.MULTILINE
)
"""A shared anonymous mapping: its ends, its offset, and the number of the memory behind it."""

_SHMEM: Final = re.compile(rb"^Shmem: +(\d+) kB$", re.MULTILINE)


def machine_shared_bytes() -> int:
    """Return what all programs of the machine hold in shared memory; 0 where it does not say."""
    found = _SHMEM.search(Path("/proc/meminfo").read_bytes())
    return int(found[1]) * 1024 if found else 0


@dataclass(slots=True, kw_only=True)
class SharedMemory:
    """How much the machine's shared memory has grown, and whether the sandbox can be the cause."""

    _then: int = field(default_factory=machine_shared_bytes)

    def growth_bytes(self) -> int:
        """Return by how much the machine's shared memory has grown since the sandbox began.

        Counted from the least that was seen, as others may let go of theirs meanwhile.
        """
        now = machine_shared_bytes()
        self._then = min(self._then, now)
        return now - self._then

    def mapped_bytes(self, proc: int, names: Iterable[str]) -> int | None:
        """Return what the shared mappings of processes could hold, each piece of memory once.

        Args:
            proc: A descriptor of the sandbox's ``/proc``.
            names: The processes, as they are called there.

        Returns:
            ``None`` where it cannot be seen, or is more than is read.
        """
        ends: dict[bytes, int] = {}
        budget = MAX_MAPS_BYTES
        for name in names:
            try:
                text = _read_up_to(proc, f"{name}/maps", budget)
            except (FileNotFoundError, ProcessLookupError):
                continue
            except OSError:
                return None
            budget -= len(text)
            if budget <= 0:
                return None
            for first, last, offset, memory in _MAPPING.findall(text):
                end = int(offset, 16) + int(last, 16) - int(first, 16)
                ends[memory] = max(ends.get(memory, 0), end)
        return sum(ends.values())


def _read_up_to(folder: int, name: str, most: int) -> bytes:
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(most)
