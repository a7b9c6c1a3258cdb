"""What no model was left for is asked again at the end of a run, or when the run is resumed."""

import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.errors import ModelsGoneError
from countermine.core.findings import Finding
from countermine.core.models import Lack
from countermine.core.runs import Run, RunState
from countermine.core.verdicts import Proven
from countermine.ledger.file import FileLedger, read_entries, verify
from countermine.loop.carrying import carry_on, carry_out, launched
from countermine.loop.folder import begin, named
from countermine.loop.guesses import learnt_of, with_again
from countermine.loop.journal import Journal, unwritten
from countermine.loop.prefix import as_run, recorded
from countermine.loop.records import FoundRecord, GuessRecord, OpenedTarget, RunRequest
from countermine.loop.retrying import forget_errors
from countermine.loop.workflow import RunWorkflow
from countermine.ports.progress import Silent
from countermine.testing.clocks import StillClock
from countermine.testing.engines import ScriptedEngines
from tests.unit.loop.test_hypotheses import ROWS, as_guessed

RUN = "20260131-120000-0000"
STILL_GONE = 3
GONE = (Lack.GONE, "first: withdrawn")
MORE_ROWS = {"sink": [{"name": "boxdrv.open", "kind": "path", "argument": "*"}]}


class Coming(ScriptedEngines):
    """The search finds the first of three; a model names the second, and later the third."""

    def __init__(self, notes: Path, *, there: bool) -> None:
        super().__init__(("a", "b", "c"), self._note)
        self._notes, self._there = notes, there

    def _note(self, stage: str) -> None:
        with self._notes.open("a") as file:
            file.write(f"{stage}\n")

    def find(self, request: RunRequest, opened: OpenedTarget) -> FoundRecord:
        found = super().find(request, opened)
        return replace(found, findings=found.findings[:1])

    def hypothesise(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        learnt: Mapping[str, object],
    ) -> GuessRecord:
        del found, learnt
        self._note("hypothesise")
        _, second, third = super().find(request, opened).findings
        if not self._there:
            return GuessRecord(
                findings=(as_guessed(second),), learnt=ROWS, undone=GONE, notes=("not all",)
            )
        every = (as_guessed(second), as_guessed(third))
        return GuessRecord(findings=every, learnt=ROWS | {"source": [{"name": "boxdrv.read"}]})

    def _name(self, finding: Finding) -> str:
        """Know a finding by its place: a model's own is another one at the same."""
        return "abc"[finding.location.start_byte // len("eval(a)\n")]


def _carry(verb: str, state: Path, cases: int, *, there: bool) -> None:
    folder = begin(state, RUN) if verb == "begin" else named(state, RUN)
    clock = StillClock()
    with folder.locked():
        journal = Journal(FileLedger(folder.ledger, run=RUN, clock=clock), RUN)
        engines = Coming(state / "calls", there=there)
        workflow = RunWorkflow(RUN, engines, journal, clock=clock, progress=Silent())
        if verb == "resume":
            forget_errors(folder)
        request = RunRequest(
            run=RUN,
            version="1",
            target="x",
            started=clock.now_iso(),
            hypotheses=True,
            max_cases=cases,
        )
        with launched(folder, "1", f"process-{os.getpid()}"):
            try:
                if verb == "begin":
                    carry_out(workflow, request)
                else:
                    carry_on(RUN)
            except ModelsGoneError:
                os._exit(STILL_GONE)


def carry(verb: str, state: Path, *, there: bool, cases: int = 50) -> int:
    child = multiprocessing.get_context("fork").Process(
        target=_carry, args=(verb, state, cases), kwargs={"there": there}
    )
    child.start()
    child.join(60)
    assert child.exitcode is not None, "the run hangs"
    return child.exitcode


def outcome(state: Path) -> Run:
    return as_run(recorded(named(state, None)))


def authors(run: Run) -> list[str | None]:
    return [case.finding.proposed_by for case in run.cases]


def test_a_run_whose_models_were_gone_finishes_its_cases_and_waits_for_the_rest(
    tmp_path: Path,
) -> None:
    assert carry("begin", tmp_path, there=False) == STILL_GONE
    run = outcome(tmp_path)
    assert authors(run) == [None, "guess-1"]
    assert [type(case.verdict) for case in run.cases] == [Proven, Proven]
    assert "not all" in run.notes
    assert carry("resume", tmp_path, there=False) == STILL_GONE, "nobody is back yet"
    assert authors(outcome(tmp_path)) == [None, "guess-1"]


def test_resume_asks_again_and_makes_cases_of_what_is_said_then(tmp_path: Path) -> None:
    assert carry("begin", tmp_path, there=False) == STILL_GONE
    done = (tmp_path / "calls").read_text().splitlines()
    assert carry("resume", tmp_path, there=True) == 0
    run = outcome(tmp_path)
    assert run.state is RunState.FINISHED
    assert authors(run) == [None, "guess-1", "guess-1"]
    assert [type(case.verdict) for case in run.cases] == [Proven] * 3
    assert "not all" not in run.notes, "it was asked since"
    again = (tmp_path / "calls").read_text().splitlines()[len(done) :]
    assert again.count("hypothesise") == 1
    assert not [line for line in again if line.startswith(("witness a", "judge a"))], again
    record = recorded(named(tmp_path, None))
    assert learnt_of(record.guesses) == ROWS | {"source": [{"name": "boxdrv.read"}]}
    ledger = named(tmp_path, None).ledger
    assert verify(ledger) > 0
    assert unwritten(record.steps, RUN, read_entries(ledger)) == ()


def test_what_is_said_later_takes_no_place_of_an_earlier_case(tmp_path: Path) -> None:
    assert carry("begin", tmp_path, there=False, cases=2) == STILL_GONE
    assert carry("resume", tmp_path, there=True, cases=2) == 0
    run = outcome(tmp_path)
    assert authors(run) == [None, "guess-1"]
    assert len(run.findings) == 3
    assert any("left out" in note for note in run.notes)


@pytest.mark.parametrize("again", [GuessRecord(learnt=MORE_ROWS), GuessRecord(learnt=ROWS)])
def test_rows_of_both_times_are_kept_each_once(again: GuessRecord) -> None:
    both = with_again(GuessRecord(learnt=ROWS, undone=GONE), again)
    rows = both.learnt["sink"]
    assert isinstance(rows, list)
    assert ROWS["sink"][0] in rows
    assert len(rows) == (2 if again.learnt == MORE_ROWS else 1)
    assert both.undone is None
