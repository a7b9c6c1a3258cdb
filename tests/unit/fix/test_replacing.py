"""Edits by their text become a patch only where nothing about them is a guess."""

import pytest

from countermine.core.errors import BadUsageError
from countermine.core.patches import PatchOrigin, apply
from countermine.core.spans import TreePath, tree_path
from countermine.fix.replacing import Authorship, Replacement, patch_of

TEXT = "naïve = 1\nabab = eval(x)\nlast = 2\n"
FILES = {tree_path("app.py"): TEXT.encode(), tree_path("odd.py"): b"\xff\xfe"}
WHOSE = Authorship(origin=PatchOrigin.MODEL, author="mcp:agent", summary="Stop it")


def read(path: TreePath) -> bytes | None:
    return FILES.get(path)


def test_edits_replace_what_stands_once() -> None:
    edits = [
        Replacement(path="app.py", old="last = 2", new="last = 3"),
        Replacement(path="app.py", old="eval(x)", new="int(x)"),
    ]
    patch = patch_of(edits, read, WHOSE)
    assert (patch.origin, patch.author, patch.summary) == (
        PatchOrigin.MODEL,
        "mcp:agent",
        "Stop it",
    )
    assert apply(patch, FILES)[tree_path("app.py")].decode() == (
        "naïve = 1\nabab = int(x)\nlast = 3\n"
    )


@pytest.mark.parametrize(
    ("path", "old", "new", "why"),
    [
        ("app.py", "missing", "x", "does not stand"),
        ("app.py", " = ", "x", "stands more than once"),
        ("app.py", "", "x", "is empty"),
        ("app.py", "last", "last", "the same"),
        ("none.py", "x", "y", "has no file"),
        ("odd.py", "x", "y", "not UTF-8"),
        ("../app.py", "last", "y", r"\.\./app\.py"),
        ("/etc/passwd", "root", "y", "/etc/passwd"),
    ],
)
def test_an_edit_that_is_a_guess_is_refused(path: str, old: str, new: str, why: str) -> None:
    with pytest.raises(BadUsageError, match=rf"edit 1: .*{why}"):
        patch_of([Replacement(path=path, old=old, new=new)], read, WHOSE)


def test_edits_that_overlap_are_refused() -> None:
    edits = [Replacement(path="app.py", old=old, new="x") for old in ("abab = eval", "eval(x)")]
    with pytest.raises(BadUsageError, match="overlap"):
        patch_of(edits, read, WHOSE)
    with pytest.raises(BadUsageError, match="at least one edit"):
        patch_of([], read, WHOSE)


def test_texts_that_overlap_themselves_stand_more_than_once() -> None:
    FILES[tree_path("twice.py")] = b"aaa"
    with pytest.raises(BadUsageError, match="more than once"):
        patch_of([Replacement(path="twice.py", old="aa", new="x")], read, WHOSE)
