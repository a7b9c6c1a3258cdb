import importlib.util
import multiprocessing
import signal
from pathlib import Path

import pytest

from countermine.core.errors import CountermineError
from countermine.core.runs import Run, RunState
from countermine.core.verdicts import Proven
from countermine.ledger.file import read_entries, verify
from countermine.loop.folder import named
from countermine.loop.journal import unwritten
from countermine.loop.prefix import as_run, recorded, recorded_yet

spec = importlib.util.spec_from_file_location("killable", Path(__file__).parent / "killable.py")
assert spec is not None
assert spec.loader is not None
killable = importlib.util.module_from_spec(spec)
spec.loader.exec_module(killable)

STAGES = [
    "open",
    "find",
    "prepare",
    "baseline",
    "witness a",
    "fix a",
    "judge a",
    "witness b",
    "fix b",
    "judge b",
]

# A fork, since the workflow engine takes seconds to import and is not launched in this process.
process = multiprocessing.get_context("fork").Process


def carry(verb: str, state: Path, at: str = "", workers: int = 1) -> int:
    child = process(target=killable.carry, args=(verb, state, at, workers))
    child.start()
    child.join(60)
    assert child.exitcode is not None, "the run hangs"
    return child.exitcode


def calls(state: Path) -> list[str]:
    path = state / "calls"
    return path.read_text().splitlines() if path.exists() else []


def lacking(state: Path) -> tuple[str, ...]:
    folder = named(state, None)
    record = recorded_yet(folder)
    steps = record.steps if record is not None else {}
    return unwritten(steps, folder.id, read_entries(folder.ledger))


def outcome(state: Path) -> Run:
    return as_run(recorded(named(state, None)))


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_killed_before_a_stage_is_finished_by_resume_and_nothing_runs_twice(
    tmp_path: Path, stage: str
) -> None:
    assert carry("begin", tmp_path, f"before {stage}") == -signal.SIGKILL
    assert calls(tmp_path) == STAGES[: STAGES.index(stage)]
    assert carry("resume", tmp_path) == 0
    assert calls(tmp_path) == STAGES
    run = outcome(tmp_path)
    assert run.state is RunState.FINISHED
    assert [type(case.verdict) for case in run.cases] == [Proven, Proven]
    assert verify(named(tmp_path, None).ledger) == 12


@pytest.mark.parametrize("stage", ["open", "find", "baseline", "admit", "witness", "judge"])
def test_a_step_killed_before_its_record_is_done_again_and_stands_in_the_ledger_once(
    tmp_path: Path, stage: str
) -> None:
    assert carry("begin", tmp_path, f"unrecorded {stage}") == -signal.SIGKILL
    assert not lacking(tmp_path), "the ledger of a run that was killed holds"
    assert carry("resume", tmp_path) == 0
    assert outcome(tmp_path).state is RunState.FINISHED
    assert verify(named(tmp_path, None).ledger) == 12
    assert not lacking(tmp_path)


@pytest.mark.parametrize("stage", ["find", "baseline", "judge a", "witness b"])
def test_a_run_that_ended_in_an_error_is_carried_on_when_the_trouble_is_over(
    tmp_path: Path, stage: str
) -> None:
    assert carry("begin", tmp_path, f"full {stage}") == 1
    assert carry("resume", tmp_path, f"full {stage}") == 1, "the disk is still full"
    done = calls(tmp_path)
    assert carry("resume", tmp_path) == 0
    assert sorted(calls(tmp_path)) == sorted(STAGES), "nothing that was recorded is done again"
    assert calls(tmp_path)[: len(done)] == done
    run = outcome(tmp_path)
    assert run.state is RunState.FINISHED
    assert [type(case.verdict) for case in run.cases] == [Proven, Proven]
    assert verify(named(tmp_path, None).ledger) == 12


@pytest.mark.parametrize("stage", STAGES[1:])
def test_any_prefix_of_a_run_can_be_reported(tmp_path: Path, stage: str) -> None:
    carry("begin", tmp_path, f"before {stage}")
    run = outcome(tmp_path)
    assert run.state is RunState.RUNNING
    assert len(run.findings) == (0 if stage == "find" else 2)
    proven = [case for case in run.cases if isinstance(case.verdict, Proven)]
    assert len(proven) == (1 if stage.endswith(" b") else 0)


def test_a_run_killed_again_and_again_still_finishes(tmp_path: Path) -> None:
    carry("begin", tmp_path, "before find")
    for stage in STAGES[2:]:
        assert carry("resume", tmp_path, f"before {stage}") == -signal.SIGKILL
    assert carry("resume", tmp_path) == 0
    assert calls(tmp_path) == STAGES


def test_a_run_that_recorded_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "runs" / killable.RUN).mkdir(parents=True)
    with pytest.raises(CountermineError, match="recorded nothing yet; `countermine resume`"):
        recorded(named(tmp_path, None))


def test_a_finished_run_is_not_carried_out_again(tmp_path: Path) -> None:
    assert carry("begin", tmp_path) == 0
    assert carry("resume", tmp_path) == 0
    assert calls(tmp_path) == STAGES


@pytest.mark.parametrize("stage", ["witness b", "judge a", "judge b"])
def test_cases_that_run_side_by_side_are_each_carried_on(tmp_path: Path, stage: str) -> None:
    assert carry("begin", tmp_path, f"before {stage}", workers=2) == -signal.SIGKILL
    assert carry("resume", tmp_path, workers=2) == 0
    run = outcome(tmp_path)
    assert [type(case.verdict) for case in run.cases] == [Proven, Proven]
    assert verify(named(tmp_path, None).ledger) == 12
    assert {name for name in calls(tmp_path) if calls(tmp_path).count(name) == 1} >= {
        "open",
        "find",
    }
