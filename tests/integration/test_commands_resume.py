"""Which run `resume` carries on."""

import json
from pathlib import Path

import pytest

from countermine.cli.interrupts import begun, interrupted, listen
from countermine.loop.folder import RunFolder
from countermine.loop.unfinished import latest_unfinished
from tests.integration.conftest import FLAW, Call


@pytest.mark.slow
def test_the_latest_unfinished_run_is_meant(program: Call, state: Path, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    program("fix", tree, "--quiet")
    (finished,) = (state / "runs").iterdir()
    assert latest_unfinished(state) is None
    assert f"no run is unfinished; the latest is {finished.name}" in program("resume").err

    # As a run leaves it that was stopped before it recorded a step, and was begun earlier.
    stopped = RunFolder(path=state / "runs" / "20200101-000000-0000")
    stopped.path.mkdir()
    asked = json.loads((finished / "request.json").read_text()) | {"run": stopped.id}
    stopped.request.write_text(json.dumps(asked))
    with stopped.locked():
        assert latest_unfinished(state) is None, "another process has it"
    answer = program("resume")
    assert answer.line == f"countermine: carrying on run {stopped.id}"
    assert "1 finding" in answer.out
    assert latest_unfinished(state) is None


def test_an_interrupt_names_the_run_that_it_leaves_behind() -> None:
    listen()
    assert interrupted() == "countermine: interrupted"
    begun("20200101-000000-0000")
    said = "countermine: interrupted; countermine resume 20200101-000000-0000 carries it on"
    assert interrupted() == said
    listen()
