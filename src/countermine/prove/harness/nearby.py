"""The modules of the target around an entry point: what nearly every stimulus will import."""

from __future__ import annotations

import os

MAX_FILES = 200
MAX_BYTES = 2 << 20
"""Beyond, a look at the files costs more than it saves."""

_APART = frozenset({"tests", "test", "testing", "docs", "examples", "__pycache__", "node_modules"})


def files(root: str, entry_file: str) -> list[str]:
    """Return Python files of the top-level package that an entry point is in, sorted, bounded.

    Outside any package it is the file itself.
    """
    folder = os.path.dirname(entry_file)  # noqa: PTH120 - no pathlib here
    if not os.path.isfile(f"{folder}/__init__.py"):  # noqa: PTH113 - likewise
        return [entry_file]
    while os.path.isfile(f"{os.path.dirname(folder)}/__init__.py"):  # noqa: PTH113, PTH120
        folder = os.path.dirname(folder)  # noqa: PTH120
    if not folder.startswith(root.rstrip("/")):
        return [entry_file]
    found: list[str] = []
    size = 0
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _APART)
        for name in sorted(names):
            path = f"{here}/{name}"
            if not name.endswith(".py") or os.path.islink(path):  # noqa: PTH114 - likewise
                continue
            size += os.path.getsize(path)  # noqa: PTH202 - likewise
            if len(found) >= MAX_FILES or size > MAX_BYTES:
                return found
            found.append(path)
    return found
