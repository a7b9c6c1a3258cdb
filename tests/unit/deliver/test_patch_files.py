from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.errors import BadUsageError, EnvironmentLacksError
from countermine.core.verdicts import StillExploitable
from countermine.deliver.patch_files import write_patches
from countermine.weaknesses.facts_index import ALL_FACTS
from tests.unit.deliver.conftest import case_for, run_git, texts_of


def test_git_applies_the_file_of_a_case_with_its_test(repository: Path, tmp_path: Path) -> None:
    texts = texts_of(repository, "app.py")
    case = case_for(
        "app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)", test="test_app.py"
    )
    (written,) = write_patches([case], texts, tmp_path / "patches", ALL_FACTS)
    assert written.name == f"{case.id}.patch"
    assert "Code injection (CWE-95)" in written.read_text()
    run_git(repository, "apply", str(written))
    status = run_git(repository, "status", "--porcelain", "--untracked-files=all").splitlines()
    assert status == [" M app.py", "?? tests/test_app.py"]


def test_writing_again_gives_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    texts = texts_of(repository, "app.py")
    case = case_for("app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)")
    (path,) = write_patches([case], texts, tmp_path, ALL_FACTS)
    first = path.read_bytes()
    write_patches([case], texts, tmp_path, ALL_FACTS)
    assert path.read_bytes() == first


def test_a_patch_that_is_not_proven_lies_apart(repository: Path, tmp_path: Path) -> None:
    texts = texts_of(repository, "app.py")
    proven = case_for("app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)")
    for case, folder in (
        (replace(proven, verdict=None), tmp_path / "unproven"),
        (proven, tmp_path),
        (replace(proven, verdict=StillExploitable(after="one", gates=())), tmp_path / "unproven"),
    ):
        (written,) = write_patches([case], texts, tmp_path, ALL_FACTS)
        assert written == folder / f"{case.id}.patch"
        assert sorted(tmp_path.rglob("*.patch")) == [written], "one verdict, one file"


def test_a_file_of_somebody_else_in_the_other_folder_stays(
    repository: Path, tmp_path: Path
) -> None:
    texts = texts_of(repository, "app.py")
    case = case_for("app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)")
    mine = tmp_path / "unproven" / f"{case.id}.patch"
    mine.parent.mkdir()
    mine.write_text("my own notes\n")
    write_patches([case], texts, tmp_path, ALL_FACTS)
    assert mine.read_text() == "my own notes\n"


def test_a_file_of_somebody_else_is_not_overwritten(repository: Path, tmp_path: Path) -> None:
    texts = texts_of(repository, "app.py")
    case = case_for("app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)")
    (tmp_path / f"{case.id}.patch").write_text("my own notes\n")
    with pytest.raises(BadUsageError, match="no patch of Countermine's"):
        write_patches([case], texts, tmp_path, ALL_FACTS)


def test_a_folder_that_cannot_be_written_is_one_line(repository: Path, tmp_path: Path) -> None:
    texts = texts_of(repository, "app.py")
    case = case_for("app.py", texts[next(iter(texts))], "eval(x)", "literal_eval(x)")
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentLacksError) as caught:
        write_patches([case], texts, tmp_path / "file", ALL_FACTS)
    assert "\n" not in str(caught.value)
