"""What the command line gives the gates: a terminal or none, this machine's names, the log."""

import io
import json
import sys
from pathlib import Path

import pytest

from countermine.cli import leaving
from countermine.cli.main import run
from countermine.core.models import CallOutcome, ModelTask
from countermine.models.options import ModelSettings, Privacy, ProviderKind, RosterEntry
from countermine.models.request import Request
from countermine.ports.model import Material

FAR = RosterEntry(provider=ProviderKind.OPENAI_COMPATIBLE, model="m", url="https://api.example/v1")
ASKED = Request(
    task=ModelTask.PATCH,
    system="Fix it.",
    user="x = '\x1b[2J\u202e'\r\ny = 1",
    schema={},
    answer_tokens=10,
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_preview_only_the_privacy_setting_is_asked() -> None:
    (gate,) = leaving.gatekeepers(ModelSettings(privacy=Privacy.LOCAL_ONLY), preview=False)
    refused = gate.refuses("far", FAR, ASKED)
    assert refused is not None
    assert refused[0] is CallOutcome.FORBIDDEN


def test_a_preview_without_a_terminal_withholds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("all\n"))
    _, gate = leaving.gatekeepers(ModelSettings(), preview=True)
    refused = gate.refuses("far", FAR, ASKED)
    assert refused is not None
    assert refused[0] is CallOutcome.WITHHELD
    assert "Fix it." in capsys.readouterr().err


def test_a_preview_moves_no_terminal_and_hides_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    monkeypatch.setattr(sys, "stderr", screen)
    _, gate = leaving.gatekeepers(ModelSettings(), preview=True)
    assert gate.refuses("far", FAR, ASKED) is None
    assert "x = '\\x1b[2J\\u202e'\\r\ny = 1" in screen.getvalue()
    assert "\x1b" not in screen.getvalue()


def test_this_machine_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERMINE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    link = tmp_path / "link"
    (tmp_path / "tree").mkdir()
    link.symlink_to(tmp_path / "tree")
    told = f"{link}/app.py {tmp_path}/tree/app.py {tmp_path}/state/runs {tmp_path}/home/x"
    (shown,) = leaving.hider(link).hide((Material(title="output", text=told),)).material
    assert str(tmp_path) not in shown.text
    assert "/app.py" in shown.text


def test_the_log_of_a_run_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERMINE_STATE", str(tmp_path))
    folder = tmp_path / "runs" / "20260131-120000-0a1b"
    folder.mkdir(parents=True)
    (folder / "egress.jsonl").write_text('{"what": "sending", "at": "now"}\n')
    assert run(["models", "log"]) == 0
    assert json.loads(capsys.readouterr().out) == {"what": "sending", "at": "now"}


def test_a_run_that_sent_nothing_has_an_empty_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERMINE_STATE", str(tmp_path))
    (tmp_path / "runs" / "20260131-120000-0a1b").mkdir(parents=True)
    assert run(["models", "log", "20260131-120000-0a1b"]) == 0
    assert capsys.readouterr().out == ""
