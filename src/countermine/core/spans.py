"""Places in a target: a relative path and a range of bytes.

Lines and columns exist in ``report/`` only; see docs/decisions/0002-byte-spans.md.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NewType

TreePath = NewType("TreePath", str)
"""A path below the root of a target: relative, ``/`` between parts, no ``..``."""


def tree_path(text: str) -> TreePath:
    """Return ``text`` as a path of a target.

    Raises:
        ValueError: If it is empty, absolute, or has ``..`` among its parts.
    """
    if text in {"", "."} or text.startswith("/") or ".." in PurePosixPath(text).parts:
        message = f"{text!r} is not a relative path below a tree"
        raise ValueError(message)
    return TreePath(PurePosixPath(text).as_posix())


PYTHON_SUFFIXES = (".py", ".pyw")


def is_python_name(path: str) -> bool:
    """Tell whether a file is named as Python, or as a program without a suffix."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(PYTHON_SUFFIXES) or "." not in name.lstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A half-open range of bytes in one file of the target."""

    path: TreePath
    start_byte: int
    end_byte: int

    def __post_init__(self) -> None:
        """Refuse what cannot be a place."""
        if self.path.startswith("/"):
            message = f"a span's path is relative to the target, not {self.path!r}"
            raise ValueError(message)
        if not 0 <= self.start_byte <= self.end_byte:
            message = f"a span runs forward from 0, not {self.start_byte}..{self.end_byte}"
            raise ValueError(message)

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share a byte, or meet where one is an insertion."""
        if self.path != other.path:
            return False
        if self.start_byte == self.end_byte or other.start_byte == other.end_byte:
            return self.start_byte <= other.end_byte and other.start_byte <= self.end_byte
        return self.start_byte < other.end_byte and other.start_byte < self.end_byte
