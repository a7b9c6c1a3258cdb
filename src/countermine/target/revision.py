"""The commit that a git work tree stands at, read from plain files: git itself is never run."""

import re
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"refs/[A-Za-z0-9_./+@-]+")
_MAX_BYTES = 8 << 20
"""Packed references of the largest public repositories stay below this."""


def head_revision(root: str | Path) -> str | None:
    """Return the commit id that ``HEAD`` of a work tree names; ``None`` when there is none.

    Reads ``HEAD`` and the reference it names, loose or packed; nothing of the repository's
    configuration. Says nothing about local changes.
    """
    folder = Path(root) / ".git"
    if folder.is_file():
        named = _text(folder).removeprefix("gitdir:").strip()
        folder = (folder.parent / named) if named else folder
    head = _text(folder / "HEAD")
    if _COMMIT.fullmatch(head):
        return head
    ref = head.removeprefix("ref:").strip()
    if not _REF.fullmatch(ref) or ".." in ref:
        return None
    common = _text(folder / "commondir")
    for base in (folder, folder / common) if common else (folder,):
        commit = _text(base / ref)
        if _COMMIT.fullmatch(commit):
            return commit
        for line in _text(base / "packed-refs").splitlines():
            commit, _, name = line.partition(" ")
            if name == ref and _COMMIT.fullmatch(commit):
                return commit
    return None


def _text(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return ""
        return path.read_text("utf-8", "replace").strip()
    except (OSError, ValueError):
        return ""
