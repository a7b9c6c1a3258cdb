import shutil
import subprocess
from pathlib import Path

import pytest

from countermine.core.cases import Case
from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.deliver.apply import apply_in_place
from countermine.deliver.repository import dirty_files, opened
from tests.unit.deliver.conftest import case_for, run_git, texts_of


def cases_of(folder: Path) -> list[Case]:
    text = (folder / "app.py").read_bytes()
    return [case_for("app.py", text, "eval(x)", "literal_eval(x)", test="test_app.py")]


def test_a_clean_tree_is_edited_and_can_be_taken_back(repository: Path, tmp_path: Path) -> None:
    undo = tmp_path / "undo.patch"
    texts = texts_of(repository, "app.py")
    applied = apply_in_place(cases_of(repository), repository, texts, undo)
    assert applied.files == ("app.py", "tests/test_app.py")
    assert "literal_eval(x)" in (repository / "app.py").read_text()
    run_git(repository, "apply", "-R", str(undo))
    assert run_git(repository, "status", "--porcelain") == ""


def test_a_dirty_tree_is_refused_and_stays_as_it_is(repository: Path, tmp_path: Path) -> None:
    (repository / "lib" / "util.py").write_text("mine\n")
    texts = texts_of(repository, "app.py")
    with pytest.raises(BadTargetError, match=r"not committed \(lib/util.py\)"):
        apply_in_place(cases_of(repository), repository, texts, tmp_path / "undo")
    assert "literal_eval" not in (repository / "app.py").read_text()


@pytest.mark.parametrize("change", ["staged", "deleted", "removed from the index"])
def test_every_kind_of_change_counts_as_dirty(repository: Path, change: str) -> None:
    if change == "staged":
        (repository / "app.py").write_text("x\n")
        run_git(repository, "add", "app.py")
        (repository / "app.py").write_text("def view(x):\n    return eval(x)\n")
    elif change == "deleted":
        (repository / "app.py").unlink()
    else:
        run_git(repository, "rm", "--quiet", "--cached", "app.py")
    with opened(repository) as handle:
        assert dirty_files(handle) == ["app.py"]


def test_line_ends_that_a_checkout_changed_do_not_make_a_tree_dirty(repository: Path) -> None:
    content = (repository / "app.py").read_bytes()
    (repository / "app.py").write_bytes(content.replace(b"\n", b"\r\n"))
    (repository / "untracked.txt").write_text("x")
    with opened(repository) as handle:
        assert dirty_files(handle) == []


def test_without_git_the_undo_patch_takes_it_back(repository: Path, tmp_path: Path) -> None:
    shutil.rmtree(repository / ".git")
    (repository / "app.py").chmod(0o755)
    before = (repository / "app.py").read_bytes()
    texts, undo = texts_of(repository, "app.py"), tmp_path / "undo"
    apply_in_place(cases_of(repository), repository, texts, undo)
    assert (repository / "app.py").stat().st_mode & 0o777 == 0o755
    command = ["patch", "-R", "-p1", "--quiet", "-i", str(undo)]
    subprocess.run(command, cwd=repository, check=True, timeout=60)
    assert (repository / "app.py").read_bytes() == before
    assert not (repository / "tests" / "test_app.py").exists()


def test_a_file_that_changed_since_is_not_overwritten(repository: Path, tmp_path: Path) -> None:
    shutil.rmtree(repository / ".git")
    cases, texts = cases_of(repository), texts_of(repository, "app.py")
    (repository / "app.py").write_text("someone was faster\n")
    with pytest.raises(BadTargetError, match="changed while"):
        apply_in_place(cases, repository, texts, tmp_path / "undo")
    assert (repository / "app.py").read_text() == "someone was faster\n"


def test_a_link_where_a_file_was_is_not_followed(repository: Path, tmp_path: Path) -> None:
    shutil.rmtree(repository / ".git")
    cases, texts = cases_of(repository), texts_of(repository, "app.py")
    outside = tmp_path / "outside.py"
    outside.write_bytes((repository / "app.py").read_bytes())
    (repository / "app.py").unlink()
    (repository / "app.py").symlink_to(outside)
    with pytest.raises(BadTargetError, match="nothing was changed"):
        apply_in_place(cases, repository, texts, tmp_path / "undo")
    assert "literal_eval" not in outside.read_text()


def test_when_one_file_cannot_be_written_none_is_changed(repository: Path, tmp_path: Path) -> None:
    shutil.rmtree(repository / ".git")
    (repository / "tests").write_text("a file where a folder is due")
    before = (repository / "app.py").read_bytes()
    with pytest.raises(EnvironmentLacksError, match="as it was"):
        apply_in_place(
            cases_of(repository), repository, texts_of(repository, "app.py"), tmp_path / "undo"
        )
    assert (repository / "app.py").read_bytes() == before
    assert not list(repository.glob(".countermine-*"))


def test_without_room_for_the_undo_patch_nothing_is_changed(repository: Path) -> None:
    before = (repository / "app.py").read_bytes()
    with pytest.raises(EnvironmentLacksError, match="nothing was changed"):
        apply_in_place(
            cases_of(repository), repository, texts_of(repository, "app.py"), Path("/dev/full")
        )
    assert (repository / "app.py").read_bytes() == before


def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path: Path) -> None:
    tree, elsewhere = tmp_path / "tree", tmp_path / "elsewhere"
    tree.mkdir()
    elsewhere.mkdir()
    (tree / "app.py").write_text("def view(x):\n    return eval(x)\n")
    (tree / "tests").symlink_to(elsewhere)
    texts = texts_of(tree, "app.py")
    with pytest.raises(BadTargetError, match=r"tests/test_app\.py is below a link"):
        apply_in_place(cases_of(tree), tree, texts, tmp_path / "undo")
    assert list(elsewhere.iterdir()) == []
    assert "literal_eval" not in (tree / "app.py").read_text()
