"""Reads what an agent hands in, and refuses what is no patch and no driver before anything runs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from countermine.core.entrypoints import EntryKind
from countermine.core.errors import BadUsageError
from countermine.core.findings import Finding
from countermine.core.patches import Patch, PatchOrigin
from countermine.core.spans import TreePath
from countermine.fix.replacing import Authorship, Replacement, patch_of
from countermine.fix.suggest.subject import subject_of
from countermine.fix.unified import patch_from_diff
from countermine.prove.harness import driver_text
from countermine.prove.harness.driver_text import DriverTextError
from countermine.serve.mcp.answers import EditArgument

MAX_FILE_BYTES = 5 << 20
"""Of a file that is patched; the search reads none that is larger."""
MAX_AUTHOR = 60

_DRIVEN = frozenset({EntryKind.FUNCTION, EntryKind.METHOD, EntryKind.DJANGO_VIEW})
_ODD = re.compile(r"[^\w .+/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchArgument:
    """A patch as an agent hands it in: one of the two."""

    diff: str | None
    edits: Sequence[EditArgument] | None
    summary: str | None


def author_of(client: str | None) -> str:
    """Return what a client is called on record: its own name for itself, behind ``mcp:``.

    The prefix keeps it apart from the names of remedies and of the program.
    """
    name = " ".join(_ODD.sub(" ", client or "").split())[:MAX_AUTHOR]
    return f"mcp:{name or 'unnamed client'}"


def read_patch(handed: PatchArgument, root: Path, author: str) -> Patch:
    """Return the patch that an agent hands in.

    Args:
        handed: What was handed in.
        root: Root of the tree, every link resolved.
        author: Whose it is.

    Raises:
        BadUsageError: If it is no patch to the tree; says why.
    """
    if (handed.diff is None) == (handed.edits is None):
        message = "hand in a patch as `diff` or as `edits`: one of them"
        raise BadUsageError(message)
    summary = subject_of(handed.summary or f"Apply a patch of {author}")
    whose = Authorship(origin=PatchOrigin.MODEL, author=author, summary=summary)
    texts = [handed.diff or "", summary, *(f"{one.old}{one.new}" for one in handed.edits or ())]
    _check_text("the patch", *texts)

    def read(path: TreePath) -> bytes | None:
        return _content(root, path)

    if handed.edits is not None:
        edits = [Replacement(path=one.path, old=one.old, new=one.new) for one in handed.edits]
        return patch_of(edits, read, whose)
    patch = patch_from_diff(handed.diff or "", read, author="the diff")
    return replace(patch, origin=whose.origin, author=whose.author, summary=whose.summary)


def check_driver(driver: str, finding: Finding) -> None:
    """Refuse a driver that could not be followed.

    Raises:
        BadUsageError: If it is none, or the finding's entry point is driven otherwise.
    """
    _check_text("the driver", driver)
    entry = finding.entry
    if entry is None or entry.kind not in _DRIVEN:
        what = "of which no entry point is known" if entry is None else f"entered as {entry.kind}"
        message = (
            f"a driver sets up what a function or method is called with; this is a finding {what}"
            + ("" if entry is None else ", which has a driver of its own: hand in `attacks` alone")
        )
        raise BadUsageError(message)
    try:
        driver_text.read(driver)
    except DriverTextError as error:
        message = f"this is no driver: {error}"
        raise BadUsageError(message) from error


def check_attacks(attacks: Sequence[str]) -> None:
    """Refuse attacks that are no text.

    Raises:
        BadUsageError: If one is not.
    """
    _check_text("an attack", *attacks)


def _check_text(what: str, *texts: str) -> None:
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError as error:
        message = f"{what} holds half of a character, which no file can have"
        raise BadUsageError(message) from error


def _content(root: Path, path: TreePath) -> bytes | None:
    """Return a file of the tree, ``None`` for what is none or lies outside."""
    try:
        place = (root / path).resolve(strict=True)
        inside = place.is_relative_to(root) and place.is_file()
        if not inside or place.stat().st_size > MAX_FILE_BYTES:
            return None
        return place.read_bytes()
    except (OSError, ValueError, RuntimeError):
        return None
