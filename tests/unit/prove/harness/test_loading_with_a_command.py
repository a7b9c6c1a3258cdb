"""A module that ends the program where no command is given is loaded with one."""

import sys
from pathlib import Path

import pytest

from countermine.prove.harness.loading import EntryJob, NotDrivenError, load

ENDS = "import sys\n\nif not sys.argv[1:]:\n    sys.exit(0)\n\n\ndef view():\n    return 1\n"
ENDS_ALWAYS = "raise SystemExit(2)\n"


def entry(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> EntryJob:
    name = f"ends_{abs(hash(text))}"
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "argv", ["program"])
    return EntryJob("function", f"{name}.py", "view", "parameter", "x", 1, f"{folder}/", (".",))


def test_a_module_that_shows_its_help_and_ends_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(entry(tmp_path, ENDS, monkeypatch)).view() == 1


def test_a_module_that_ends_anyway_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotDrivenError, match="SystemExit: 2"):
        load(entry(tmp_path, ENDS_ALWAYS, monkeypatch))
