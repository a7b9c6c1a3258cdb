"""Where results go is looked at before the work, and written whole after it."""

from pathlib import Path

import pytest

from countermine.cli.files import check_file, check_folder, write_whole
from countermine.core.errors import BadUsageError, EnvironmentLacksError


@pytest.mark.parametrize("name", ["new.html", "old.html", "/dev/null"])
def test_a_file_that_is_there_or_can_be_made_is_fine(tmp_path: Path, name: str) -> None:
    (tmp_path / "old.html").touch()
    check_file(tmp_path / name)
    assert not (tmp_path / "new.html").exists()


@pytest.mark.parametrize("name", ["folder", "-"])
def test_what_cannot_be_a_file_is_bad_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadUsageError):
        check_file(Path(name))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacksError, match="no/such' is no folder; make it first"):
        check_file(tmp_path / "no/such/out.html")


@pytest.mark.parametrize("name", ["", "new", "new/deep/er"])
def test_a_folder_is_there_or_can_be_made(tmp_path: Path, name: str) -> None:
    check_folder(tmp_path / name)


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadUsageError, match="file' is a file"):
        check_folder(tmp_path / name)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    path.write_text("the old one, which is longer")
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
