"""Bounds that the kernel holds for each process, set inside before the command begins."""

import contextlib
import os
import platform
import re
import resource
from pathlib import Path
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Limits
from countermine.sandbox import kernel

OPEN_FILES: Final = 1024
"""Descriptors of one process."""

COUNTING_KERNEL: Final = (5, 14)
"""The first that counts processes for each user namespace."""

HEADROOM: Final = 2
"""A process may map this many times ``memory_bytes``: the sum over all processes is watched, and
only a process that grows faster than it is watched runs into this one."""


def rlimit_prefix(prlimit: str, limits: Limits) -> tuple[str, ...]:
    """Return the words that go before a command so that it runs with kernel limits.

    The number of processes is limited inside: since Linux 5.14 the kernel counts it for each user
    namespace, so that other processes of the same user do not weigh in. Before, they are counted
    now and added.
    """
    words = [prlimit]
    words += [f"--{name}={value}:{value}" for name, (_, value) in _bounds(limits).items()]
    return tuple(words)


def hold(pid: int, limits: Limits, owner: tuple[int, int] | None) -> None:
    """Set the same limits on a process that runs already, if it still does.

    The first process of the sandbox is bubblewrap's own. Others inside belong to the same user
    and may write into its memory, so that it must not be allowed more than they are.

    Args:
        pid: The process.
        limits: What is to hold.
        owner: User and group that the process belongs to, ``None`` where they are the caller's:
            in a container, root may not bound what belongs to others.

    Raises:
        SandboxUnavailableError: If it cannot be done.
    """
    as_owner = contextlib.nullcontext() if owner is None else kernel.real_ids(*owner)
    try:
        with as_owner:
            for kind, value in _bounds(limits).values():
                resource.prlimit(pid, kind, (value, value))
    except ProcessLookupError:
        return
    except OSError as error:
        message = f"cannot bound the first process of the sandbox: {error.strerror}"
        raise SandboxUnavailableError(message) from error


def _bounds(limits: Limits) -> dict[str, tuple[int, int]]:
    others = 0 if _counts_by_namespace() else _tasks_of(os.geteuid())
    wanted = {
        "nproc": (resource.RLIMIT_NPROC, limits.processes + 1 + others),
        "fsize": (resource.RLIMIT_FSIZE, limits.file_bytes),
        "nofile": (resource.RLIMIT_NOFILE, OPEN_FILES),
        "data": (resource.RLIMIT_DATA, limits.memory_bytes * HEADROOM),
        "core": (resource.RLIMIT_CORE, 0),
        "memlock": (resource.RLIMIT_MEMLOCK, 1 << 20),
        "msgqueue": (resource.RLIMIT_MSGQUEUE, 1 << 18),
    }
    bounded = {}
    for name, (kind, value) in wanted.items():
        hard = resource.getrlimit(kind)[1]
        bounded[name] = kind, value if hard == resource.RLIM_INFINITY else min(value, hard)
    return bounded


def _counts_by_namespace() -> bool:
    numbers = re.findall(r"\d+", platform.release())[:2]
    return tuple(int(number) for number in numbers) >= COUNTING_KERNEL


def _tasks_of(uid: int) -> int:
    """Return how many processes and threads a user has."""
    tasks = 0
    for folder in Path("/proc").glob("[0-9]*/task"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == uid:
                tasks += sum(1 for _ in folder.iterdir())
    return tasks
