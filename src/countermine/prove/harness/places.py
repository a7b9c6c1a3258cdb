"""Where in the target something happened, read off the stack."""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType
from typing import NamedTuple

_IMPORTER = "<frozen importlib"
_COMPREHENSIONS = frozenset({"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"})
_OWN = "/countermine/prove/harness/"


class Place(NamedTuple):
    """The nearest frame of the target's own code."""

    file: str
    """Relative to the target."""
    function: str
    line: int
    direct: bool
    """Nothing but the harness lies between this frame and what happened."""

    def detail(self) -> dict[str, str]:
        """Return the place as facts of an event."""
        facts = {"file": self.file, "function": self.function, "line": str(self.line)}
        if self.direct:
            facts["direct"] = "1"
        return facts


def qualified(code: CodeType) -> str:
    """Return the name of a function with those around it, as findings write it.

    Before Python 3.11 only its own name is known.
    """
    name = getattr(code, "co_qualname", code.co_name)
    return str(name).replace("<locals>.", "")


def _named(frame: FrameType) -> CodeType:
    """Return the code of the function that a comprehension stands in."""
    while frame.f_code.co_name in _COMPREHENSIONS and frame.f_back is not None:
        if frame.f_back.f_code.co_filename != frame.f_code.co_filename:
            break
        frame = frame.f_back
    return frame.f_code


def nearest(root: str, skip: int = 2) -> Place | None:
    """Return the nearest frame whose code lies below ``root``; ``None`` inside an import.

    Args:
        root: Folder of the target, ending in ``/``.
        skip: How many frames of the caller's to leave out.
    """
    frame: FrameType | None = sys._getframe(skip)  # noqa: SLF001 - the only way to see the stack
    direct = True
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(root):
            function = _named(frame)
            return Place(name[len(root) :], qualified(function), frame.f_lineno, direct)
        if name.startswith(_IMPORTER):
            return None
        if _OWN not in name:
            direct = False
        frame = frame.f_back
    return None


def real(path: object) -> str | None:
    """Return where a path leads now, links resolved, or ``None`` when it is not a path."""
    if isinstance(path, (str, bytes)) or hasattr(path, "__fspath__"):
        try:
            return os.path.realpath(os.fsdecode(path))
        except (OSError, ValueError, TypeError):
            return None
    return None


def text(value: object, limit: int = 4000) -> str:
    """Return a value as text of bounded length."""
    if isinstance(value, str):
        return value[:limit]
    if isinstance(value, (bytes, bytearray)):
        return bytes(value[:limit]).decode("utf-8", "backslashreplace")
    if hasattr(value, "__fspath__"):
        return os.fsdecode(value.__fspath__())[:limit]
    return (
        repr(value)[:limit] if isinstance(value, (int, float, type(None))) else type(value).__name__
    )
