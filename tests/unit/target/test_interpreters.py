import sys
from pathlib import Path

import pytest

from countermine.core.errors import BadUsageError
from countermine.target.interpreters import (
    Interpreter,
    Unsuitable,
    allows,
    choose_interpreter,
    find_interpreters,
    named_interpreter,
    packages_until,
)


def have(*minors: int) -> list[Interpreter]:
    return [
        Interpreter(path=f"/py/3.{minor}/bin/python3.{minor}", version=(3, minor), prefix="/py")
        for minor in minors
    ]


def chosen(minors: list[int], requires: str | None, released: str | None) -> tuple[int, int]:
    found = choose_interpreter(have(*minors), requires, released)
    assert isinstance(found, Interpreter)
    return found.version


@pytest.mark.parametrize(
    ("requires", "released", "minor"),
    [
        (None, None, 13),
        (">=3.9", None, 13),
        (">=3.6,<3.10", None, 9),
        ("~=3.9", None, 13),
        (">=3.11.4", None, 13),
        ("==3.10.*", None, 10),
        ("nonsense", None, 13),
        (None, "2021-06-24", 9),
        (None, "2020-11-12", 8),
        (None, "2015-01-01", 8),
        ("<3.12", "2026-01-01", 11),
    ],
)
def test_the_newest_that_the_target_allows_and_its_authors_knew(
    requires: str | None, released: str | None, minor: int
) -> None:
    assert chosen([13, 8, 11, 10, 9], requires, released) == (3, minor)


def test_where_all_are_younger_the_oldest_is_taken() -> None:
    assert chosen([12, 11, 13], None, "2018-01-01") == (3, 11)


@pytest.mark.parametrize("requires", ["<3", ">=2.7,<3.8", ">=3.20"])
def test_a_python_that_is_not_here_is_named(requires: str) -> None:
    found = choose_interpreter(have(7, 8, 13), requires, None)
    assert isinstance(found, Unsuitable)
    assert requires in found.reason
    assert "3.13, 3.8, 3.7" in found.reason


def test_nothing_below_3_8_is_used() -> None:
    assert isinstance(choose_interpreter(have(7, 6), None, None), Unsuitable)
    assert isinstance(choose_interpreter([], None, None), Unsuitable)


def test_a_patch_release_is_not_what_decides() -> None:
    assert allows(">=3.8.10", (3, 8))
    assert not allows(">=3.9", (3, 8))
    assert allows("!=3.9.*", (3, 10))


def test_packages_are_chosen_as_of_the_day_after_the_release() -> None:
    assert packages_until((3, 9), "2022-06-24") == "2022-06-25"
    assert packages_until((3, 9), None) is None


def test_packages_that_know_a_younger_interpreter_come_after_it() -> None:
    assert packages_until((3, 8), "2015-01-01") == "2020-10-08"


def test_interpreters_are_found_by_their_place(tmp_path: Path) -> None:
    for version in ("3.8.9", "3.8.18", "3.99.1"):
        binary = tmp_path / version / "bin" / f"python{version.rpartition('.')[0]}"
        binary.parent.mkdir(parents=True)
        binary.write_text("")
    (tmp_path / "pypy3.9-7.3/bin").mkdir(parents=True)
    (tmp_path / "pypy3.9-7.3/bin/python3.98").write_text("")
    found = {one.version: one for one in find_interpreters([tmp_path, tmp_path / "gone"])}
    assert found[3, 8].prefix == str(tmp_path / "3.8.18")
    assert found[3, 99].path == str(tmp_path / "3.99.1/bin/python3.99")
    assert (3, 98) not in found
    assert sys.version_info[:2] in found


def test_the_running_interpreter_is_found_with_all_of_it() -> None:
    found = {one.version: one for one in find_interpreters([])}
    running = found[sys.version_info[:2]]
    assert Path(running.path).is_file()
    assert running.path.startswith(running.prefix)


def test_an_interpreter_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3.9").write_text("")
    (tmp_path / "bin/python").symlink_to("python3.9")
    named = named_interpreter(str(tmp_path / "bin/python"))
    assert (named.version, named.prefix) == ((3, 9), str(tmp_path))


def test_what_is_no_interpreter_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(BadUsageError, match="is not a Python interpreter"):
        named_interpreter(str(tmp_path / "gone"))
    (tmp_path / "python").write_text("")
    with pytest.raises(BadUsageError, match="cannot be told"):
        named_interpreter(str(tmp_path / "python"))
