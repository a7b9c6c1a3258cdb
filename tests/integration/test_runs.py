"""The main job as a user has it: a small target, the real sandbox, the real workflow."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.conftest import Answer, Call

pytestmark = [pytest.mark.online, pytest.mark.slow]

CALCULATOR = '''"""A calculator."""


def compute(expression):
    """Return the value of a literal expression."""
    return eval(expression)
'''
ITS_TEST = """from calc import compute


def test_lists():
    assert compute("[1, 2]") == [1, 2]
"""

INTERRUPTED = 130


@pytest.fixture
def call(state: Path) -> Call:
    """The program as a process of its own: the workflow engine stays out of this one."""

    def called(*arguments: str | Path, path: str | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "countermine", *map(str, arguments)],
            env={**os.environ, "COUNTERMINE_STATE": str(state), **({"PATH": path} if path else {})},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    return called


@pytest.fixture
def calculator(tmp_path: Path) -> Path:
    folder = tmp_path / "calculator"
    folder.mkdir()
    (folder / "calc.py").write_text(CALCULATOR)
    (folder / "test_calc.py").write_text(ITS_TEST)
    return folder


def begun(target: Path, state: Path) -> "subprocess.Popen[str]":
    """Start the program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "countermine", "run", str(target), "--quiet"],
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_flaw_goes_in_and_a_proven_patch_comes_out(
    call: Call, calculator: Path, tmp_path: Path
) -> None:
    before = (calculator / "calc.py").read_text()
    answer = call("run", calculator, "--patches", tmp_path / "patches", "--json")
    (case,) = json.loads(answer.out)["cases"]
    assert case["verdict"]["kind"] == "proven"
    assert (calculator / "calc.py").read_text() == before, "the target itself is not changed"
    assert call("prove", case["id"], "--quiet").code == 0, "the recorded patch is proven again"
    first = call("report", "--json", "--no-timings").out
    (patch,) = (tmp_path / "patches").iterdir()
    subprocess.run(["git", "apply", str(patch)], cwd=calculator, check=True, timeout=60)
    assert "literal_eval" in (calculator / "calc.py").read_text()
    assert call("ledger", "verify").code == 0

    # The same input gives the same bytes, once with the environment built and once without.
    subprocess.run(["git", "apply", "-R", str(patch)], cwd=calculator, check=True, timeout=60)
    call("run", calculator, "--quiet")
    assert call("report", "--json", "--no-timings").out == first


def test_a_patch_of_the_symptom_is_not_proven(call: Call, calculator: Path, tmp_path: Path) -> None:
    answer = call("find", calculator, "--json")
    (finding,) = json.loads(answer.out)["findings"]
    case = f"{finding['weakness']}-{finding['fingerprint'][:8]}"
    diff = tmp_path / "symptom.diff"
    diff.write_text(
        "--- a/calc.py\n+++ b/calc.py\n@@ -3,4 +3,6 @@\n \n def compute(expression):\n"
        '     """Return the value of a literal expression."""\n'
        '+    if "import" in expression:\n+        raise ValueError(expression)\n'
        "     return eval(expression)\n"
    )
    judged = call("prove", case, "--target", calculator, "--patch", diff, "--json")
    assert judged.code == 7
    (known,) = json.loads(judged.out)["cases"]
    assert known["verdict"]["kind"] != "proven"


def test_ctrl_c_twice_leaves_a_run_that_resume_finishes(
    call: Call, calculator: Path, state: Path
) -> None:
    process = begun(calculator, state)
    runs = state / "runs"
    deadline = time.monotonic() + 60
    while not list(runs.glob("*/ledger.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, said
    assert "Traceback" not in said
    assert call("ledger", "verify").code == 0
    call("resume", "--quiet")
    run = json.loads(call("report", "--json").out)
    assert run["state"] == "finished"
    assert [case["verdict"]["kind"] for case in run["cases"]] == ["proven"]


def test_a_run_that_is_killed_at_once_is_carried_out_by_resume(
    call: Call, calculator: Path, state: Path
) -> None:
    process = begun(calculator, state)
    deadline = time.monotonic() + 60
    while not list(state.glob("runs/*/request.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=60)
    assert call("resume", "--quiet").code == 1
    run = json.loads(call("report", "--json").out)
    assert [case["verdict"]["kind"] for case in run["cases"]] == ["proven"]


def test_two_runs_on_one_target_at_once_both_finish(calculator: Path, state: Path) -> None:
    processes = [begun(calculator, state) for _ in range(2)]
    for process in processes:
        _, said = process.communicate(timeout=180)
        assert process.returncode == 1, said
        assert said == ""
    assert len(list((state / "runs").iterdir())) == 2
