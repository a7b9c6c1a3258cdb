"""Turns search-and-replace edits, as models and agents write them, into a patch against a tree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countermine.core.errors import BadUsageError, EditConflictError
from countermine.core.patches import Edit, Patch, PatchOrigin
from countermine.core.spans import Span, TreePath, tree_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Replace a text of a file, which stands there exactly once."""

    path: str
    """Relative to the target, with ``/``."""
    old: str
    """With as much around it as makes it the only one of its kind."""
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Whose patch it is, and what it says of itself."""

    origin: PatchOrigin
    author: str
    summary: str


def patch_of(
    replacements: Sequence[Replacement],
    read: Callable[[TreePath], bytes | None],
    whose: Authorship,
) -> Patch:
    """Return the patch that replacements make.

    Args:
        replacements: In any order; they may not overlap.
        read: Returns the content of a file, ``None`` where there is none.
        whose: Who made them.

    Raises:
        BadUsageError: If a text is not there exactly once, or the edits contradict each other;
            says which.
    """
    try:
        return Patch(
            edits=tuple(_edit(number, one, read) for number, one in enumerate(replacements, 1)),
            origin=whose.origin,
            author=whose.author,
            summary=whose.summary,
        )
    except (ValueError, EditConflictError) as error:
        message = f"these edits are no patch: {error}"
        raise BadUsageError(message) from error


def _edit(number: int, one: Replacement, read: Callable[[TreePath], bytes | None]) -> Edit:
    try:
        path = tree_path(one.path)
    except ValueError as error:
        message = f"edit {number}: {error}"
        raise BadUsageError(message) from error
    content = read(path)
    if content is None:
        message = f"edit {number}: the target has no file {one.path!r}"
        raise BadUsageError(message)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        message = f"edit {number}: {one.path!r} is not UTF-8"
        raise BadUsageError(message) from error
    if not one.old or one.old == one.new:
        message = f"edit {number}: the text to be replaced is empty, or the same as the new one"
        raise BadUsageError(message)
    count = _count(text, one.old)
    if count != 1:
        often = "does not stand" if not count else "stands more than once"
        message = f"edit {number}: the text to be replaced {often} in {one.path!r}"
        raise BadUsageError(message)
    start = len(text[: text.index(one.old)].encode())
    span = Span(path=path, start_byte=start, end_byte=start + len(one.old.encode()))
    return Edit(span=span, before=one.old, after=one.new)


def _count(text: str, part: str) -> int:
    """Return how often a text stands in another, those that overlap counted: 0, 1 or 2."""
    first = text.find(part)
    if first < 0:
        return 0
    return 1 if text.find(part, first + 1) < 0 else 2
