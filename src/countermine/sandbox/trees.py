"""Walking a folder that code inside could write: no link is followed, no depth trusted."""

import os
import stat
from collections.abc import Iterator
from typing import Final

MAX_DEPTH: Final = 128
"""Folders below folders. Real trees stay below 50; each level costs a descriptor."""


class TooDeepError(Exception):
    """Folders are nested deeper than any real tree."""


def entries(folder: int, depth: int = 0) -> Iterator[tuple[int, str, os.stat_result]]:
    """Yield what is below a folder, as the descriptor of its parent, its name and its facts.

    A folder comes before what is in it. Other file systems are not entered. The descriptor is
    good until the next step.

    Raises:
        TooDeepError: Past ``MAX_DEPTH``.
    """
    if depth > MAX_DEPTH:
        raise TooDeepError
    device = os.fstat(folder).st_dev
    for name in _names(folder):
        try:
            facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            continue
        yield folder, name, facts
        if not stat.S_ISDIR(facts.st_mode) or facts.st_dev != device:
            continue
        try:
            inner = os.open(
                name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder
            )
        except OSError:
            # Gone or replaced meanwhile, or shut even to us: nothing of it can be looked at.
            continue
        try:
            yield from entries(inner, depth + 1)
        finally:
            os.close(inner)


def clear(folder: int) -> None:
    """Remove all that is below a folder, however deep, with two descriptors and no recursion.

    What lies in a folder is moved up before the folder is removed. Other programs that remove
    trees recurse, and fail on one that is deep enough.
    """
    moved = 0
    while names := _names(folder):
        for name in names:
            facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISDIR(facts.st_mode):
                os.unlink(name, dir_fd=folder)
                continue
            inner = _open_own(name, folder)
            try:
                for child in _names(inner):
                    moved += 1
                    _lift(child, inner, folder, moved)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=folder)


def _names(folder: int) -> list[str]:
    with os.scandir(folder) as listed:
        return sorted(entry.name for entry in listed)


def _open_own(name: str, folder: int) -> int:
    """Open a folder whose mode may shut out its owner."""
    held = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        # Through the descriptor: the name could lead elsewhere by now.
        place = f"/proc/self/fd/{held}"
        os.chmod(place, stat.S_IRWXU)  # noqa: PTH101 - beside the os calls that it belongs to
        return os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    finally:
        os.close(held)


def _lift(child: str, inner: int, folder: int, number: int) -> None:
    """Remove a file, or move a folder up under a name that is free."""
    if not stat.S_ISDIR(os.stat(child, dir_fd=inner, follow_symlinks=False).st_mode):
        os.unlink(child, dir_fd=inner)
        return
    # Moving a folder writes its "..", which its own mode can forbid.
    os.close(_open_own(child, inner))
    name = f".cleared-{number}"
    taken = set(_names(folder))
    while name in taken:
        name += "-"
    os.rename(child, name, src_dir_fd=inner, dst_dir_fd=folder)
