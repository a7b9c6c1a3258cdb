"""Puts the tree of the target back as it was between two stimuli."""

from __future__ import annotations

import os
import shutil
import stat
from typing import NamedTuple

from countermine.prove.harness.scratch import listing, remove

MAX_ENTRIES = 30_000
"""Above this a look at every file costs more than the stimulus; nothing is put back then."""


MAX_KEPT = 8 << 20
"""Most bytes of files that loading the target wrote."""


class Change(NamedTuple):
    """One file or folder that is not as it was."""

    path: str
    """Relative to the target."""
    how: str
    """``created``, ``changed`` or ``removed``."""


class Kept(NamedTuple):
    """A file or folder as loading the target left it."""

    content: bytes | None
    """``None`` for a folder."""
    mode: int
    changed_ns: int


class Keeper:
    """Knows the tree as it was, and where an untouched copy of it lies."""

    def __init__(self, root: str, pristine: str) -> None:
        """Look at the tree before anything ran."""
        self._root = root.rstrip("/")
        self._pristine = pristine.rstrip("/")
        self._before = listing(self._root)
        self.able = len(self._before) <= MAX_ENTRIES
        self._kept: dict[str, Kept] = {}

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

    def accept(self, changes: list[Change]) -> bool:
        """Take the tree as it is now for what every stimulus starts from.

        Returns:
            Whether that could be done: not for links and such, nor for too much.
        """
        kept = {}
        size = 0
        for change in changes:
            if change.how == "removed":
                continue
            one = _kept(f"{self._root}/{change.path}")
            size += 0 if one is None else len(one.content or b"")
            if one is None or size > MAX_KEPT:
                return False
            kept[change.path] = one
        self._kept = kept
        self._before = listing(self._root)
        return True

    def restore(self, changes: list[Change]) -> None:
        """Undo changes: parents are removed after, and made before, what lies in them."""
        for change in reversed(changes):
            if change.how != "removed":
                remove(f"{self._root}/{change.path}")
        for change in changes:
            if change.how == "created" or "__pycache__" in change.path.split("/"):
                continue
            if change.path in self._kept:
                _put(f"{self._root}/{change.path}", self._kept[change.path])
                continue
            _copy(f"{self._pristine}/{change.path}", f"{self._root}/{change.path}")


def _kept(path: str) -> Kept | None:
    facts = os.lstat(path)
    if stat.S_ISDIR(facts.st_mode):
        return Kept(None, facts.st_mode, facts.st_mtime_ns)
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > MAX_KEPT:
        return None
    with open(path, "rb") as file:  # noqa: PTH123 - likewise
        return Kept(file.read(), facts.st_mode, facts.st_mtime_ns)


def _put(path: str, kept: Kept) -> None:
    if kept.content is None:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 - likewise
    else:
        with open(path, "wb") as file:  # noqa: PTH123 - likewise
            file.write(kept.content)
    os.chmod(path, stat.S_IMODE(kept.mode))  # noqa: PTH101 - likewise
    os.utime(path, ns=(kept.changed_ns, kept.changed_ns))


def _copy(source: str, to: str) -> None:
    if os.path.isdir(source) and not os.path.islink(source):  # noqa: PTH112, PTH114 - likewise
        shutil.copytree(source, to, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, to, follow_symlinks=False)
