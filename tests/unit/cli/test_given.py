"""What a user hands to ``prove``: a diff, a witness."""

from pathlib import Path

import pytest

from countermine.cli.given import read_given
from countermine.core.errors import BadUsageError
from countermine.core.findings import Finding
from countermine.testing.findings import finding_at

TEXT = "eval(x)\n"
FIX = "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-eval(x)\n+len(x)\n"
NEW_TEST = "--- /dev/null\n+++ b/tests/test_app.py\n@@ -0,0 +1 @@\n+def test_one(): pass\n"
NEW_MODULE = "--- /dev/null\n+++ b/safe.py\n@@ -0,0 +1 @@\n+SAFE = True\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "app.py").write_text(TEXT)
    return root


@pytest.fixture
def finding() -> Finding:
    return finding_at("app.py", TEXT.encode(), b"eval(x)")


def diff(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.diff"
    path.write_text(text)
    return path


def test_a_new_test_is_left_out_of_what_is_judged_and_named(
    tmp_path: Path, tree: Path, finding: Finding
) -> None:
    given = read_given(diff(tmp_path, FIX + NEW_TEST), None, tree, finding)
    assert given.patch is not None
    assert given.patch.paths == ("app.py",)
    (note,) = given.notes
    assert note.startswith("left out of mine.diff: tests/test_app.py")


def test_other_new_files_stay_in_what_is_judged(
    tmp_path: Path, tree: Path, finding: Finding
) -> None:
    given = read_given(diff(tmp_path, FIX + NEW_MODULE), None, tree, finding)
    assert given.patch is not None
    assert given.patch.paths == ("app.py", "safe.py")
    assert given.notes == ()


def test_a_diff_of_tests_alone_is_no_patch(tmp_path: Path, tree: Path, finding: Finding) -> None:
    with pytest.raises(BadUsageError, match=r"only adds tests \(tests/test_app.py\)"):
        read_given(diff(tmp_path, NEW_TEST), None, tree, finding)


def test_a_witness_has_an_attack_and_a_control(
    tmp_path: Path, tree: Path, finding: Finding
) -> None:
    script = tmp_path / "show.py"
    script.write_text("def attack(canary): pass\n")
    with pytest.raises(BadUsageError, match=r"does not define control\(\)"):
        read_given(None, script, tree, finding)
    script.write_text("def attack(canary): pass\n\n\ndef control(): pass\n")
    witness = read_given(None, script, tree, finding).witness
    assert witness is not None
    assert witness.script == script.read_text()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named_in_one_line(
    tmp_path: Path, tree: Path, finding: Finding, content: bytes | None
) -> None:
    path = tmp_path / "mine.diff"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadUsageError, match=r"cannot read .*mine\.diff") as caught:
        read_given(path, None, tree, finding)
    assert "\n" not in str(caught.value)
