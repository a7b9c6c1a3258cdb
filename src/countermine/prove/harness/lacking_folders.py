"""Folders that a target writes to, and that its tree lacks: logs, uploads, instances.

They are left out of version control and of releases, and made when the target is installed. One is
made for a target that fails for want of it, and then it is driven once more.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from countermine.prove.harness.inputs import Value

    Result = TypeVar("Result")

MOST = 4
"""Folders that are made for one stimulus."""
_TELLING = 3
"""Characters from which on a part of a value is known again in a path."""


def with_folders(run: Callable[[], Result], root: str, values: Sequence[Value]) -> Result:
    """Return what a function does, run again with the folders that it failed for want of.

    Only folders of the target's own tree are made, and none that a value under attack names: what
    an attack reaches must be there without it.
    """
    for _ in range(MOST):
        try:
            return run()
        except Exception as problem:
            folder = _lacking(problem, root, values)
            if folder is None:
                raise
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - pathlib is not loaded here
    return run()


def _lacking(problem: BaseException, root: str, values: Sequence[Value]) -> str | None:
    """Return the folder for want of which something failed, if it may be made."""
    for one in _behind(problem):
        named = getattr(one, "filename", None)
        if not isinstance(one, FileNotFoundError) or not isinstance(named, str):
            continue
        path = _before(os.path.join(root, named), values)  # noqa: PTH118 - likewise
        folder = None if path is None else os.path.dirname(os.path.normpath(path))  # noqa: PTH120
        if (
            folder is not None
            and (folder + "/").startswith(root)
            and not os.path.lexists(folder)
            and os.path.realpath(_nearest(folder) + "/").startswith(os.path.realpath(root))
        ):
            return folder
    return None


def _nearest(folder: str) -> str:
    """Return the nearest folder above that is there."""
    while not os.path.isdir(folder):  # noqa: PTH112 - likewise
        folder = os.path.dirname(folder)  # noqa: PTH120 - likewise
    return folder


def _behind(problem: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that it was raised for."""
    known: list[BaseException] = []
    one: BaseException | None = problem
    while one is not None and one not in known:
        known.append(one)
        yield one
        one = one.__cause__ or one.__context__


def _before(path: str, values: Sequence[Value]) -> str | None:
    """Return what stands before the first value in a path; ``None`` if parts of one are in it."""
    texts = [value.text for value in values if value.text]
    at = min((path.find(text) for text in texts if text in path), default=-1)
    if at >= 0:
        # What is joined in front of the value ends in a separator; its own name is not made.
        return path[: path.rfind("/", 0, at) + 1] + "file"
    parts = (part for text in texts for part in re.split(r"[/\\]", text))
    return None if any(len(part) >= _TELLING and part in path for part in parts) else path
