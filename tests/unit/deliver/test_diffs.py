import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermine.core.patches import NewFile, Patch, PatchOrigin
from countermine.core.spans import tree_path
from countermine.deliver.diffs import file_diff, unified_diff
from tests.unit.deliver.conftest import edit_of, patch_of, run_git

CONTENT = st.lists(
    st.sampled_from([b"a", b"b = 1", b"", b"\tx", b"\xff", b"d\r", b"\x0c", "é".encode()]),
    max_size=12,
).map(b"\n".join)


def applied(folder: Path, name: str, before: bytes | None, diff: bytes, program: str) -> bytes:
    """Apply a diff with a real program and return the file's content."""
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if before is None:
        place.unlink(missing_ok=True)
    else:
        place.write_bytes(before)
    if program == "git":
        run_git(folder, "apply", "-", stdin=diff)
    else:
        command = ["patch", "--quiet", "--binary", "-p1"]
        done = subprocess.run(
            command, cwd=folder, input=diff, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout
    return place.read_bytes()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=CONTENT, after=CONTENT)
def test_git_makes_of_the_old_content_exactly_the_new(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    diff = file_diff(tree_path("app.py"), before, after)
    if before == after:
        assert diff == b""
    else:
        assert applied(tmp_path, "app.py", before, diff, "git") == after


@pytest.mark.parametrize("program", ["git", "patch"])
@pytest.mark.parametrize("name", ["app.py", "with blank/a b.py", "ünï/cödé.py"])
def test_names_of_every_kind_are_understood(tmp_path: Path, name: str, program: str) -> None:
    diff = file_diff(tree_path(name), b"a\nb\n", b"a\nc\n")
    assert applied(tmp_path, name, b"a\nb\n", diff, program) == b"a\nc\n"


@pytest.mark.parametrize("name", ['quo"te.py', "back\\slash.py", "tab\there.py", "new\nline.py"])
def test_git_understands_names_that_need_quotes(tmp_path: Path, name: str) -> None:
    diff = file_diff(tree_path(name), b"a\n", b"b\n")
    assert applied(tmp_path, name, b"a\n", diff, "git") == b"b\n"


@pytest.mark.parametrize("program", ["git", "patch"])
def test_new_files_and_missing_last_line_breaks(tmp_path: Path, program: str) -> None:
    diff = file_diff(tree_path("tests/test_new.py"), None, b"x = 1")
    assert applied(tmp_path, "tests/test_new.py", None, diff, program) == b"x = 1"
    diff = file_diff(tree_path("end.py"), b"a\nb", b"a\nc")
    assert applied(tmp_path, "end.py", b"a\nb", diff, program) == b"a\nc"


def test_files_of_a_patch_come_in_path_order() -> None:
    patch = Patch(
        edits=(edit_of("b.py", 0, "x", "y"), edit_of("a.py", 0, "x", "y")),
        new_files=(NewFile(path=tree_path("c.py"), text="z\n"),),
        origin=PatchOrigin.PERSON,
        author="test",
        summary="Order",
    )
    texts = {tree_path("a.py"): b"x\n", tree_path("b.py"): b"x\n"}
    heads = [line for line in unified_diff(patch, texts).splitlines() if line.startswith(b"diff")]
    assert heads == [b"diff --git a/%c.py b/%c.py" % (name, name) for name in b"abc"]


def test_a_patch_that_changes_nothing_gives_no_diff() -> None:
    patch = patch_of(edit_of("a.py", 0, "x", "x"))
    assert unified_diff(patch, {tree_path("a.py"): b"x\n"}) == b""
