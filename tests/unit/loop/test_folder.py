from pathlib import Path

import pytest

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.loop.folder import begin, named, runs

FIRST, SECOND = "20260131-120000-0000", "20260131-120001-0000"


def test_the_latest_run_is_meant_when_none_is_named(tmp_path: Path) -> None:
    begin(tmp_path, SECOND)
    begin(tmp_path, FIRST)
    (tmp_path / "runs" / "notes").mkdir()
    assert [folder.id for folder in runs(tmp_path)] == [FIRST, SECOND]
    assert named(tmp_path, None).id == SECOND


def test_a_run_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(CountermineError, match="no run yet"):
        named(tmp_path, None)
    begin(tmp_path, FIRST)
    with pytest.raises(CountermineError, match=f"latest are: {FIRST}"):
        named(tmp_path, "other")


def test_two_processes_never_carry_out_one_run(tmp_path: Path) -> None:
    folder = begin(tmp_path, FIRST)
    with folder.locked(), pytest.raises(CountermineError, match="another process"), folder.locked():
        pass
    with folder.locked():
        pass


def test_a_state_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where a folder is due")
    with pytest.raises(EnvironmentLacksError, match="COUNTERMINE_STATE") as caught:
        begin(tmp_path, FIRST)
    assert "\n" not in str(caught.value)
