"""A folder that the target's own code names, and its tree lacks, is made; an attack's never is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from countermine.prove.harness.inputs import Value
from countermine.prove.harness.lacking_folders import MOST, with_folders


def value(text: str) -> Value:
    return Value("parameter", None, text, text.encode())


def writing(path: Path | str) -> Callable[[], str]:
    def write() -> str:
        with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - as text, not normalised
            file.write("said")
        return "written"

    return write


def driven(root: Path, run: Callable[[], str], *values: str) -> str:
    return with_folders(run, f"{root}/", [value(one) for one in values])


def test_a_folder_that_is_written_to_is_made(tmp_path: Path) -> None:
    assert driven(tmp_path, writing(tmp_path / "logs/deep/a.log")) == "written"
    assert (tmp_path / "logs/deep/a.log").read_text() == "said"


def test_a_problem_behind_another_counts(tmp_path: Path) -> None:
    def configure() -> str:
        try:
            return writing(tmp_path / "logs/a.log")()
        except OSError as problem:
            message = "cannot configure the handler"
            raise ValueError(message) from problem

    assert driven(tmp_path, configure) == "written"


def test_the_folder_before_a_name_is_made_and_the_name_is_not(tmp_path: Path) -> None:
    name = "sub/plain.txt"
    with pytest.raises(FileNotFoundError):
        driven(tmp_path, writing(f"{tmp_path}/uploads/{name}"), name)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["uploads"]


@pytest.mark.parametrize("text", ["../other/evil.txt", "other/evil.txt"])
def test_what_an_attack_alone_names_is_not_made(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileNotFoundError):
        driven(tmp_path, writing(tmp_path / "other/evil.txt"), text)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_made_outside_the_tree(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    for path in (tmp_path / "beside/a.log", f"{root}/../beside/a.log", root / "link/made/a.log"):
        with pytest.raises(FileNotFoundError):
            driven(root, writing(path))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tree"]


def test_a_file_that_is_read_is_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(FileNotFoundError):
        driven(tmp_path, (tmp_path / "data/absent").read_text)


def test_it_comes_to_an_end(tmp_path: Path) -> None:
    runs: list[int] = []

    def run() -> str:
        runs.append(1)
        return writing(tmp_path / f"folder-{len(runs)}/a.log")()

    with pytest.raises(FileNotFoundError):
        driven(tmp_path, run)
    assert len(runs) == MOST + 1
