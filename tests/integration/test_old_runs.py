"""What is told of a run when its target or its ledger is no longer what it was."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import FLAW, Answer

pytestmark = [pytest.mark.slow]

FINDINGS, FAILED = 1, 6


def called(state: Path, *arguments: str | Path) -> Answer:
    """Run the program as a process of its own: the workflow engine stays out of this one."""
    done = subprocess.run(
        [sys.executable, "-m", "countermine", *map(str, arguments)],
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


def test_the_lines_of_an_old_run_stay_right_when_its_patch_is_applied(
    tree: Path, state: Path
) -> None:
    (tree / "app.py").write_text(FLAW)
    during = json.loads(called(state, "fix", tree, "--apply", "--json").out)
    assert (tree / "app.py").read_text() != FLAW
    (case,) = during["cases"]
    assert case["finding"]["location"]["line"] == FLAW[: FLAW.index("eval")].count("\n") + 1
    shutil.rmtree(tree)
    patches = state / "patches"
    assert called(state, "report", "--patches", patches, "--quiet").code == FINDINGS
    assert list(patches.rglob("*.patch"))
    after = json.loads(called(state, "report", "--json").out)
    assert after["cases"] == during["cases"]
    explained = called(state, "explain", case["id"]).out
    assert "app.py:5:" in explained
    assert "return eval(sys.argv[1])" in explained


def test_a_ledger_that_was_cut_or_emptied_does_not_hold(tree: Path, state: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    called(state, "fix", tree, "--quiet")
    assert called(state, "ledger", "verify").code == 0
    (ledger,) = state.glob("runs/*/ledger.jsonl")
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:2]))
    cut = called(state, "ledger", "verify")
    assert (cut.code, "1 entry is missing" in cut.line) == (FAILED, True)
    ledger.write_bytes(b"")
    emptied = called(state, "ledger", "verify")
    assert (emptied.code, "3 entries are missing" in emptied.line) == (FAILED, True)
