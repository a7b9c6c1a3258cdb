"""Puts the tree of the target back as it was between two stimuli."""

from __future__ import annotations

import os
import shutil
from typing import NamedTuple

from countermine.prove.harness.scratch import listing, remove

MAX_ENTRIES = 30_000
"""Above this a look at every file costs more than the stimulus; nothing is put back then."""


class Change(NamedTuple):
    """One file or folder that is not as it was."""

    path: str
    """Relative to the target."""
    how: str
    """``created``, ``changed`` or ``removed``."""


class Keeper:
    """Knows the tree as it was, and where an untouched copy of it lies."""

    def __init__(self, root: str, pristine: str) -> None:
        """Look at the tree before anything ran."""
        self._root = root.rstrip("/")
        self._pristine = pristine.rstrip("/")
        self._before = listing(self._root)
        self.able = len(self._before) <= MAX_ENTRIES

    def changes(self) -> list[Change]:
        """Return what is not as it was, in the order of paths."""
        if not self.able:
            return []
        now = listing(self._root)
        found = []
        for path in sorted({*now, *self._before}):
            if path not in self._before:
                found.append(Change(path, "created"))
            elif path not in now:
                found.append(Change(path, "removed"))
            elif now[path] != self._before[path]:
                found.append(Change(path, "changed"))
        return found

    def restore(self, changes: list[Change]) -> None:
        """Undo changes: parents are removed after, and made before, what lies in them."""
        for change in reversed(changes):
            if change.how != "removed":
                remove(f"{self._root}/{change.path}")
        for change in changes:
            if change.how == "created" or "__pycache__" in change.path.split("/"):
                continue
            _copy(f"{self._pristine}/{change.path}", f"{self._root}/{change.path}")


def _copy(source: str, to: str) -> None:
    if os.path.isdir(source) and not os.path.islink(source):  # noqa: PTH112, PTH114 - likewise
        shutil.copytree(source, to, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, to, follow_symlinks=False)
