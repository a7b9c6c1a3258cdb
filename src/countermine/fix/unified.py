"""Reads a unified diff that a user wrote into a patch against a tree."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchedFile, PatchSet

from countermine.core.errors import BadUsageError, EditConflictError
from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin
from countermine.core.spans import Span, TreePath, tree_path

MAX_DIFF_BYTES = 10_000_000
"""More than this is no patch that a person reads."""
_BINARY = re.compile(r"^(Binary files .* differ|GIT binary patch)$", re.MULTILINE)


def read_diff(diff: str, root: Path, *, author: str) -> Patch:
    """Return the patch that a unified diff makes to a tree.

    Args:
        diff: As ``git diff`` or ``diff -u`` write it.
        root: Root of the tree; only read.
        author: Name of the file the diff was read from.

    Raises:
        BadUsageError: If it is no such diff, does something that is no patch, or does not fit
            the tree; says where and why.
    """

    def read(path: TreePath) -> bytes | None:
        place = root / path
        if not place.resolve().is_relative_to(root.resolve()):
            message = f"{author}: {path} leads out of the tree"
            raise BadUsageError(message)
        return place.read_bytes() if place.is_file() else None

    return patch_from_diff(diff, read, author=author)


def patch_from_diff(diff: str, read: Callable[[TreePath], bytes | None], *, author: str) -> Patch:
    """Return the patch that a unified diff makes to texts.

    Args:
        diff: As ``git diff`` or ``diff -u`` write it.
        read: Returns the content of a file, ``None`` where there is none.
        author: Name of the file the diff was read from.

    Raises:
        BadUsageError: As for ``read_diff``.
    """
    if len(diff) > MAX_DIFF_BYTES:
        message = f"{author} is larger than {MAX_DIFF_BYTES:,} bytes"
        raise BadUsageError(message)
    if _BINARY.search(diff):
        message = f"{author} changes a binary file, which is no patch to source text"
        raise BadUsageError(message)
    try:
        files = PatchSet(_lines(diff))
    except UnidiffParseError as error:
        message = f"{author} is not a unified diff: {error}"
        raise BadUsageError(message) from error
    if not files:
        message = f"{author} holds no change; a unified diff begins with --- and +++ lines"
        raise BadUsageError(message)
    edits: list[Edit] = []
    new_files: list[NewFile] = []
    for one in files:
        path = _path(one, author)
        before = read(path)
        if one.is_added_file:
            new_files.append(_added(one, path, before, author))
        elif before is None:
            message = f"{author} changes {path}, which the tree does not have"
            raise BadUsageError(message)
        else:
            edits += _edits(one, path, before, author)
    return _patch(edits, new_files, author)


def _patch(edits: list[Edit], new_files: list[NewFile], author: str) -> Patch:
    try:
        return Patch(
            edits=tuple(edits),
            new_files=tuple(new_files),
            origin=PatchOrigin.PERSON,
            author=author,
            summary=f"Apply {author}"[:69],
        )
    except (ValueError, EditConflictError) as error:
        message = f"{author}: {error}"
        raise BadUsageError(message) from error


def _path(one: PatchedFile, author: str) -> TreePath:
    """Return the path of a file, with the ``a/`` and ``b/`` of git taken off."""
    if one.is_removed_file:
        message = f"{author} deletes {one.path}; deleting a file is no patch"
        raise BadUsageError(message)
    source, target = _name(one.source_file), _name(one.target_file)
    if not one.is_added_file and source != target:
        message = f"{author} renames {source} to {target}; renaming a file is no patch"
        raise BadUsageError(message)
    if not one.is_added_file and not len(one):
        message = f"{author} changes only the mode of {target}, or nothing"
        raise BadUsageError(message)
    try:
        return tree_path(target)
    except ValueError as error:
        message = f"{author}: {error}"
        raise BadUsageError(message) from error


_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def _name(written: str) -> str:
    """Return a path as git means it: escapes resolved, the first part ``a`` or ``b`` taken off."""
    name = written[1:-1] if written[:1] == written[-1:] == '"' else written
    if "\\" in name:
        plain = _ESCAPE.sub(_unescaped, "".join(chr(byte) for byte in name.encode()))
        name = plain.encode("latin-1").decode("utf-8", "surrogateescape")
    for prefix in ("a/", "b/"):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name.removeprefix("./")


def _unescaped(found: re.Match[str]) -> str:
    octal_digits = 3
    if len(found[1]) == octal_digits:
        return chr(int(found[1], 8) & 0xFF)
    return _NAMED.get(found[1], found[1])


def _lines(text: str) -> list[str]:
    """Split at line feeds alone, so that carriage returns stay part of the lines."""
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Lines that take the place of others, with how many unchanged ones stand before them."""

    offset: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def _sides(hunk: Hunk) -> tuple[list[str], tuple[_Change, ...]]:
    """Return the old lines of a hunk, and the changes in it."""
    kept: list[tuple[str, str]] = []
    for line in hunk:
        if line.line_type == "\\":
            kind, text = kept[-1]
            kept[-1] = (kind, text.removesuffix("\n"))
        elif line.line_type in {" ", "-", "+"}:
            kept.append((line.line_type, line.value))
    old: list[str] = []
    changes: list[_Change] = []
    before: list[str] = []
    after: list[str] = []
    for kind, text in [*kept, (" ", "")]:
        if kind == " ":
            if before or after:
                offset = len(old) - len(before)
                change = _Change(offset=offset, before=tuple(before), after=tuple(after))
                changes.append(change)
            before, after = [], []
        if kind == "+":
            after.append(text)
        else:
            old.append(text)
        if kind == "-":
            before.append(text)
    return old[:-1], tuple(changes)


def _added(one: PatchedFile, path: TreePath, before: bytes | None, author: str) -> NewFile:
    if before is not None:
        message = f"{author} adds {path}, which the tree already has"
        raise BadUsageError(message)
    changes = [change for hunk in one for change in _sides(hunk)[1]]
    return NewFile(path=path, text="".join(line for change in changes for line in change.after))


def _edits(one: PatchedFile, path: TreePath, before: bytes, author: str) -> list[Edit]:
    try:
        lines = _lines(before.decode())
    except UnicodeDecodeError as error:
        message = f"{author} changes {path}, which is not UTF-8"
        raise BadUsageError(message) from error
    edits: list[Edit] = []
    drift = 0
    for hunk in one:
        old, changes = _sides(hunk)
        stated = hunk.source_start - (1 if hunk.source_length else 0)
        start = _place(lines, old, stated + drift)
        if start is None:
            where = f"{path} line {hunk.source_start}"
            message = f"{author} does not apply: {where} reads otherwise than the diff expects"
            raise BadUsageError(message)
        drift = start - stated
        edits += [_edit(path, lines, start + change.offset, change) for change in changes]
    return edits


def _place(lines: list[str], old: list[str], stated: int) -> int | None:
    """Return the line at which old lines stand: as stated, else at the only other place."""
    if lines[stated : stated + len(old)] == old and 0 <= stated <= len(lines):
        return stated
    if not old:
        return None
    found = [
        start
        for start in range(len(lines) - len(old) + 1)
        if lines[start : start + len(old)] == old
    ]
    return found[0] if len(found) == 1 else None


def _edit(path: TreePath, lines: list[str], index: int, change: _Change) -> Edit:
    start = len("".join(lines[:index]).encode())
    before = "".join(change.before)
    span = Span(path=path, start_byte=start, end_byte=start + len(before.encode()))
    return Edit(span=span, before=before, after="".join(change.after))
