"""Diffs that users write, read into patches."""

from pathlib import Path

import pytest

from countermine.core.errors import BadUsageError
from countermine.core.patches import PatchOrigin, apply
from countermine.core.spans import TreePath
from countermine.fix.unified import patch_from_diff, read_diff

OLD = b"one\ntwo\nthree\nfour\nfive\nsix\n"


def _applied(diff: str, texts: dict[str, bytes]) -> dict[str, bytes]:
    patch = patch_from_diff(diff, texts.get, author="mine.diff")
    return {str(path): text for path, text in apply(patch, dict(texts)).items()}  # type: ignore[arg-type]


def _refusal(diff: str, texts: dict[str, bytes] | None = None) -> str:
    with pytest.raises(BadUsageError) as refused:
        patch_from_diff(diff, (texts or {"x.py": OLD}).get, author="mine.diff")
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_changed_line_becomes_one_edit() -> None:
    diff = "--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"

    patch = patch_from_diff(diff, {"x.py": OLD}.get, author="mine.diff")

    assert patch.origin is PatchOrigin.PERSON
    assert patch.author == "mine.diff"
    assert [(edit.before, edit.after) for edit in patch.edits] == [("two\n", "2\n")]
    assert apply(patch, {TreePath("x.py"): OLD})[TreePath("x.py")] == OLD.replace(b"two", b"2")


def test_several_hunks_and_insertions_keep_their_places() -> None:
    diff = (
        "diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n"
        "@@ -1,2 +1,3 @@\n+zero\n one\n two\n@@ -5,2 +6,1 @@ def f():\n five\n-six\n"
    )

    assert _applied(diff, {"x.py": OLD}) == {"x.py": b"zero\none\ntwo\nthree\nfour\nfive\n"}


def test_a_hunk_that_moved_is_found_when_it_stands_at_one_place_only() -> None:
    diff = "--- a/x.py\n+++ b/x.py\n@@ -2,2 +2,2 @@\n five\n-six\n+6\n"

    assert _applied(diff, {"x.py": OLD}) == {"x.py": OLD.replace(b"six", b"6")}


def test_a_hunk_that_may_stand_at_two_places_is_refused() -> None:
    diff = "--- a/x.py\n+++ b/x.py\n@@ -9,1 +9,1 @@\n-one\n+1\n"

    assert _refusal(diff, {"x.py": b"one\none\n"}) == (
        "mine.diff does not apply: x.py line 9 reads otherwise than the diff expects"
    )


def test_carriage_returns_are_part_of_the_lines() -> None:
    diff = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"

    assert _applied(diff, {"x.py": b"a\r\nb\r\n"}) == {"x.py": b"a\r\nc\r\n"}


def test_a_missing_last_newline_is_kept_or_added() -> None:
    no_end = "\\ No newline at end of file\n"
    kept = f"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-b\n{no_end}+c\n{no_end}"
    added = f"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-b\n{no_end}+b\n"

    assert _applied(kept, {"x.py": b"b"}) == {"x.py": b"c"}
    assert _applied(added, {"x.py": b"b"}) == {"x.py": b"b\n"}


def test_new_files_are_added() -> None:
    diff = "--- /dev/null\n+++ b/tests/new.py\n@@ -0,0 +1,2 @@\n+a\n+b\n"

    assert _applied(diff, {}) == {"tests/new.py": b"a\nb\n"}


def test_quoted_names_are_read_as_git_writes_them() -> None:
    diff = '--- "a/\\303\\251 \\"x.py"\n+++ "b/\\303\\251 \\"x.py"\n@@ -1 +1 @@\n-b\n+c\n'

    assert _applied(diff, {'é "x.py': b"b\n"}) == {'é "x.py': b"c\n"}


@pytest.mark.parametrize(
    ("diff", "reason"),
    [
        ("hello\n", "mine.diff holds no change; a unified diff begins with --- and +++ lines"),
        (
            "--- a/x.py\n+++ b/x.py\n@@ -1,3 +1 @@\n+b\n",
            "mine.diff is not a unified diff: Hunk is shorter than expected",
        ),
        (
            "--- a/y.py\n+++ b/y.py\n@@ -1 +1 @@\n-a\n+b\n",
            "mine.diff changes y.py, which the tree does not have",
        ),
        (
            "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-uno\n+1\n",
            "mine.diff does not apply: x.py line 1 reads otherwise than the diff expects",
        ),
        (
            "--- a/x.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n",
            "mine.diff deletes x.py; deleting a file is no patch",
        ),
        (
            "diff --git a/x.py b/y.py\nsimilarity index 100%\nrename from x.py\nrename to y.py\n",
            "mine.diff renames x.py to y.py; renaming a file is no patch",
        ),
        (
            "diff --git a/x.py b/x.py\nold mode 100644\nnew mode 100755\n",
            "mine.diff changes only the mode of x.py, or nothing",
        ),
        (
            "diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n",
            "mine.diff changes a binary file, which is no patch to source text",
        ),
        (
            "--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+a\n",
            "mine.diff adds x.py, which the tree already has",
        ),
        (
            "--- a/../x.py\n+++ b/../x.py\n@@ -1 +1 @@\n-a\n+b\n",
            "mine.diff: '../x.py' is not a relative path below a tree",
        ),
    ],
)
def test_what_is_no_patch_is_refused_with_the_place(diff: str, reason: str) -> None:
    assert _refusal(diff) == reason


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    diff = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"

    assert _refusal(diff, {"x.py": b"\xff"}) == "mine.diff changes x.py, which is not UTF-8"


def test_a_link_that_leads_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (tmp_path / "outside.py").write_text("one\n")
    (root / "x.py").symlink_to(tmp_path / "outside.py")
    diff = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-one\n+1\n"

    with pytest.raises(BadUsageError, match=r"mine\.diff: x\.py leads out of the tree"):
        read_diff(diff, root, author="mine.diff")


def test_a_tree_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_bytes(OLD)

    patch = read_diff("--- x.py\n+++ x.py\n@@ -1 +1 @@\n-one\n+1\n", tmp_path, author="mine.diff")

    assert patch.paths == (TreePath("x.py"),)
