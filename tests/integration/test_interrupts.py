"""An interrupt ends what the target is running, at once, and nothing is recorded of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.online, pytest.mark.slow]

PATIENCE_S = 120
LONG_S = 20
"""How long the target's test takes; an interrupt must not wait for it."""
AT_ONCE_S = 15

CALCULATOR = "def compute(expression):\n    return eval(expression)\n"
SLOW_TEST = f"""import time
from calc import compute


def test_lists():
    assert compute("[1, 2]") == [1, 2]


def test_slow():
    time.sleep({LONG_S})
"""


def program(state: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start the program as a shell does, in a group of processes of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "countermine", *arguments],
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        process_group=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.1)


def steps(state: Path) -> list[str]:
    entries = [
        json.loads(line)
        for ledger in state.glob("runs/*/ledger.jsonl")
        for line in ledger.read_text().splitlines()
    ]
    return [entry["action"] for entry in entries]


@pytest.mark.parametrize("recorded", [3, 5], ids=["at baseline", "within a case"])
def test_an_interrupt_does_not_wait_for_the_tests_of_the_target(
    tmp_path: Path, recorded: int
) -> None:
    target, state = tmp_path / "slow", tmp_path / "state"
    target.mkdir()
    (target / "calc.py").write_text(CALCULATOR)
    (target / "test_calc.py").write_text(SLOW_TEST)
    process = program(state, "run", str(target), "--quiet")
    wait_until(lambda: len(steps(state)) >= recorded)
    time.sleep(2)
    # As a terminal does: to everything that the program started as well.
    os.killpg(process.pid, signal.SIGINT)
    begun = time.monotonic()
    _, said = process.communicate(timeout=PATIENCE_S)
    assert time.monotonic() - begun < AT_ONCE_S
    assert process.returncode == 130
    (run,) = (state / "runs").iterdir()
    assert said == f"countermine: interrupted; countermine resume {run.name} carries it on\n"
    assert len(steps(state)) >= recorded
    assert "judged" not in steps(state), "what was cut off is not recorded"
