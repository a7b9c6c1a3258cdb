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
    with os.scandir(folder) as listed:
        names = sorted(entry.name for entry in listed)
    for name in names:
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
