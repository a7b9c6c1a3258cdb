"""Which folders of the host may be seen inside, and where."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Mount

FORBIDDEN_HOSTS: Final = ("/", "/home", "/root", "/proc", "/sys", "/dev", "/run", "/var", "/etc")
"""Never bound as a whole; what lies below some of them may be."""

OWN_PLACES: Final = ("/proc", "/dev", "/sys", "/.countermine")
"""Places inside that the sandbox itself fills."""


def checked(mounts: Sequence[Mount], home: str | None) -> tuple[Mount, ...]:
    """Return a caller's mounts with real host paths, each once, outer places before inner ones.

    Raises:
        SandboxUnavailableError: If one is not there, would show too much, or stands in the way.
    """
    seen: set[str] = set()
    done = []
    unique = dict.fromkeys((m.host, m.inside, m.access) for m in mounts)
    ordered = (Mount(host=h, inside=i, access=a) for h, i, a in unique)
    for mount in sorted(ordered, key=lambda m: PurePosixPath(m.inside).parts):
        _check_inside(mount, seen)
        host = _real(mount)
        if str(host) in FORBIDDEN_HOSTS or (home is not None and str(host) == home):
            message = f"{str(host)!r} is never shown to the sandbox; mount the folder needed in it"
            raise SandboxUnavailableError(message)
        if mount.access is Access.OVERLAY and not host.is_dir():
            message = f"cannot overlay {str(host)!r}: only a folder can be; mount it to read"
            raise SandboxUnavailableError(message)
        done.append(Mount(host=host, inside=mount.inside, access=mount.access))
    return tuple(done)


def _check_inside(mount: Mount, seen: set[str]) -> None:
    inside = PurePosixPath(mount.inside)
    if not inside.is_absolute() or ".." in inside.parts or str(inside) != mount.inside:
        message = f"mount place {mount.inside!r} must be an absolute path without '..'"
        raise SandboxUnavailableError(message)
    if mount.inside == "/" or any(_within(mount.inside, own) for own in OWN_PLACES):
        message = f"mount place {mount.inside!r} belongs to the sandbox; choose another"
        raise SandboxUnavailableError(message)
    if mount.inside in seen:
        message = f"two mounts at {mount.inside!r}; name each place once"
        raise SandboxUnavailableError(message)
    seen.add(mount.inside)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _real(mount: Mount) -> Path:
    try:
        return mount.host.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        message = f"cannot mount {str(mount.host)!r} into the sandbox: {reason}"
        raise SandboxUnavailableError(message) from error
