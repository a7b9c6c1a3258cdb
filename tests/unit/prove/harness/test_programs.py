"""A program that does nothing stands in for those that a sandbox has no use for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from countermine.prove.harness.programs import StoodIn


@pytest.fixture
def stood_in(monkeypatch: pytest.MonkeyPatch) -> StoodIn:
    # Set to what they are, so that they are put back.
    start = subprocess.Popen._execute_child  # type: ignore[attr-defined]
    monkeypatch.setattr(subprocess.Popen, "_execute_child", start)
    monkeypatch.setattr(shutil, "_access_check", shutil._access_check)  # type: ignore[attr-defined]
    made = StoodIn()
    made.begin()
    return made


def test_a_program_that_is_not_there_succeeds(stood_in: StoodIn, tmp_path: Path) -> None:
    assert shutil.which("no-such-program", path="/usr/bin")

    said = subprocess.check_output(["no-such-program", "--", "x"], cwd=tmp_path / "not-there")

    assert said == b""
    assert stood_in.result("done") == (
        'done\nwith stand-ins for the programs [["no-such-program", "x"]]'
    )


def test_shells_and_the_interpreter_are_not_stood_in_for(stood_in: StoodIn) -> None:
    shell = subprocess.check_output("echo from a shell", shell=True)
    own = subprocess.check_output([sys.executable, "-c", "print('own')"])

    assert (shell, own) == (b"from a shell\n", b"own\n")
    assert stood_in.result("done") == "done"
