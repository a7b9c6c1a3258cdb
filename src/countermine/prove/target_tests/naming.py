"""Which test files name a module: those that are likely to say something of it."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

MAX_BYTES = 2_000_000
_TEST_FILE = re.compile(r"test_\w+\.py|\w+_tests?\.py|tests?\.py")


def naming(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the test files of a tree that name a module, by relative path, sorted.

    Args:
        root: The tree; links in it are not followed.
        paths: Files of the modules, relative to the tree.
    """
    names = {_name(path) for path in paths} - {""}
    if not names:
        return ()
    called = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)))
    return tuple(sorted(one for one in test_files(root) if called.search(_text(root / one))))


def _name(path: str) -> str:
    """Return what tests call a module: of a package the package's own name."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem


def test_files(root: Path) -> Iterator[str]:
    """Return what is named like a file of tests, by relative path; hidden folders are left out."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            if _TEST_FILE.fullmatch(name):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _text(file: Path) -> str:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
        return ""
    return file.read_text("utf-8", errors="replace")
