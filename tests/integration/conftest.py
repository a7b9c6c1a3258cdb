"""The program as a user calls it, in this process: what it printed, and its exit code."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from countermine.cli.main import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on standard error; more than one is a failure."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


Call = Callable[..., Answer]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("COUNTERMINE_STATE", str(folder))
    # Whoever runs the tests may have models; no test asks them.
    monkeypatch.setenv("COUNTERMINE_CONFIG", "")
    return folder


@pytest.fixture
def call(state: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    del state

    def called(*arguments: str | Path) -> Answer:
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Answer(code=code, out=said.out, err=said.err)

    return called


@pytest.fixture
def program(state: Path) -> Call:
    """The program as a process of its own: the workflow engine stays out of this one."""

    def called(*arguments: str | Path) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "countermine", *map(str, arguments)],
            env={**os.environ, "COUNTERMINE_STATE": str(state)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    return called


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


FLAW = "import sys\n\n\ndef main():\n    return eval(sys.argv[1])\n"
"""Code with one flaw: what is searched beside the bad input must still be found."""
