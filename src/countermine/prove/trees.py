"""Private copies of the target, with or without a patch. The original is only read."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from countermine.core.errors import BadTargetError, EditConflictError
from countermine.core.patches import Patch, apply
from countermine.core.spans import TreePath
from countermine.prove.options import ProveOptions

_LEFT_OUT = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        "__pycache__",
        "node_modules",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
    }
)
"""Folders that no test of the target needs: history, caches, other tools' environments."""

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755


@dataclass(slots=True)
class _Tally:
    """What a copy has cost so far."""

    files: int = 0
    size_bytes: int = 0


@contextmanager
def private_tree(
    root: Path, options: ProveOptions, *patches: Patch, name: str = "tree"
) -> Iterator[Path]:
    """Yield a private copy of the tree with the patches applied one after another.

    Raises:
        BadTargetError: If the tree is beyond the bounds, or cannot be read.
        EditConflictError: If a patch does not apply.
    """
    with tempfile.TemporaryDirectory(prefix="countermine-") as scratch:
        # The sandbox may enter as another user; what is in here came from the target anyway.
        Path(scratch).chmod(_FOLDER_MODE)
        copy = Path(scratch) / name
        copy.mkdir(mode=_FOLDER_MODE)
        copy_tree(root, copy, options)
        for patch in patches:
            apply_in_place(patch, copy)
        yield copy


def copy_tree(root: Path, into: Path, options: ProveOptions) -> None:
    """Copy regular files, folders, and links that stay inside the tree.

    Raises:
        BadTargetError: If the tree is beyond the bounds, or cannot be read.
    """
    tally = _Tally()
    for folder, names, files in os.walk(root, onerror=_refuse):
        here = Path(folder)
        names[:] = sorted(name for name in names if _wanted(here / name))
        there = into / here.relative_to(root)
        there.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        for name in (*names, *sorted(files)):
            _copy_one(here / name, there / name, root, tally)
            _check(tally, options)
        names[:] = [name for name in names if not (here / name).is_symlink()]


def fill_generated(generated: Path, tree: Path) -> None:
    """Copy the files that a tree lacks from a folder that is laid out like it."""
    for source in sorted(generated.rglob("*")):
        place = tree / source.relative_to(generated)
        if source.is_file() and not source.is_symlink() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


def _refuse(error: OSError) -> None:
    message = f"the target's folder {error.filename!r} cannot be read: {error.strerror}"
    raise BadTargetError(message) from error


def _wanted(folder: Path) -> bool:
    return folder.name not in _LEFT_OUT and not (folder / "pyvenv.cfg").is_file()


def _copy_one(source: Path, copy: Path, root: Path, tally: _Tally) -> None:
    mode = source.lstat().st_mode
    if stat.S_ISLNK(mode):
        _copy_link(source, copy, root)
    elif stat.S_ISREG(mode):
        try:
            content = source.read_bytes()
        except PermissionError:
            return  # as the target's own tests would find it: not readable
        copy.write_bytes(content)
        copy.chmod(_FILE_MODE | (mode & 0o111))
        tally.size_bytes += len(content)
    tally.files += 1


def _copy_link(source: Path, copy: Path, root: Path) -> None:
    aim = source.readlink()
    if aim.is_absolute():
        return
    landing = Path(os.path.normpath(source.parent / aim))
    if landing.is_relative_to(root):
        copy.symlink_to(aim)


def _check(tally: _Tally, options: ProveOptions) -> None:
    if tally.files > options.tree_files or tally.size_bytes > options.tree_bytes:
        message = (
            f"the tree is larger than what is copied for a proof ({options.tree_files} files, "
            f"{options.tree_bytes} bytes): exclude folders or raise the bound"
        )
        raise BadTargetError(message)


def read_texts(root: Path, paths: "tuple[TreePath, ...]") -> dict[TreePath, bytes]:
    """Return the content of those of the files that are there, regular and below no link."""
    texts: dict[TreePath, bytes] = {}
    for path in paths:
        if leads_away(root, path):
            continue
        file = root / path
        if file.is_file():
            texts[path] = file.read_bytes()
    return texts


def leads_away(root: Path, path: TreePath) -> bool:
    """Tell whether a part of the path is a link."""
    place = root
    for part in Path(path).parts:
        place /= part
        if place.is_symlink():
            return True
    return False


def apply_in_place(patch: Patch, copy: Path) -> None:
    """Write a patch into a private copy.

    Raises:
        EditConflictError: If it does not apply.
    """
    for path in patch.paths:
        if leads_away(copy, path):
            message = f"the patch touches {path}, which is a link or below one"
            raise EditConflictError(message)
    for path, content in apply(patch, read_texts(copy, patch.paths)).items():
        file = copy / path
        file.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        file.write_bytes(content)
