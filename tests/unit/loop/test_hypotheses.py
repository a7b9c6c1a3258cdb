"""A run asks a model about the target only where it is to, and keeps what came of it."""

import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Confidence
from countermine.core.models import Lack
from countermine.core.runs import Run
from countermine.ledger.file import FileLedger, read_entries
from countermine.loop.carrying import carry_out, launched
from countermine.loop.engines import PatchedCase
from countermine.loop.folder import begin, named
from countermine.loop.guesses import learnt_of, with_guesses
from countermine.loop.journal import Journal, unwritten
from countermine.loop.prefix import Recorded, as_run, recorded
from countermine.loop.records import FoundRecord, GuessRecord, OpenedTarget, RunRequest
from countermine.loop.workflow import RunWorkflow
from countermine.ports.progress import Silent
from countermine.prove.records import Judgement
from countermine.testing.clocks import StillClock
from countermine.testing.engines import ScriptedEngines

RUN = "20260131-120000-0000"
ROWS = {"sink": [{"name": "quarrydb.run", "kind": "sql", "argument": "*"}]}


class Guessing(ScriptedEngines):
    """A model of this one names the second finding, which the search does not report."""

    def __init__(self) -> None:
        super().__init__(("a", "b"), lambda _stage: None)
        self.learnt: list[object] = []

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
        guess = super().find(request, opened).findings[1]
        return GuessRecord(
            findings=(as_guessed(guess),),
            learnt=ROWS,
            undone=(Lack.UNUSABLE, "nothing could be used"),
            notes=("not all questions were answered: nothing could be used",),
        )

    def _name(self, finding: Finding) -> str:
        return "b" if finding.proposed_by else super()._name(finding)

    def judge(self, case: PatchedCase) -> Judgement:
        assert case.learnt == (ROWS if case.finding.proposed_by else case.learnt)
        return super().judge(case)


def as_guessed(finding: Finding) -> Finding:
    low, suspected = Confidence.LOW, FindingStatus.SUSPECTED
    return replace(
        finding, proposed_by="guess-1", confidence=low, status=suspected, trace=(), level=None
    )


def carried_out(state: Path, asked: bool) -> None:  # noqa: FBT001 - handed to a process
    folder = begin(state, RUN)
    clock = StillClock()
    journal = Journal(FileLedger(folder.ledger, run=RUN, clock=clock), RUN)
    workflow = RunWorkflow(RUN, Guessing(), journal, clock=clock, progress=Silent())
    request = RunRequest(
        run=RUN, version="1", target="x", started=clock.now_iso(), hypotheses=asked
    )
    with launched(folder, "1", f"process-{os.getpid()}"):
        carry_out(workflow, request)


def outcome(state: Path, *, asked: bool) -> tuple[Recorded, Run]:
    process = multiprocessing.get_context("fork").Process(target=carried_out, args=(state, asked))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    record = recorded(named(state, None))
    return record, as_run(record)


def test_a_hypothesis_becomes_a_case_of_its_own_that_says_who_made_it(tmp_path: Path) -> None:
    record, run = outcome(tmp_path, asked=True)

    assert [finding.proposed_by for finding in run.findings] == [None, "guess-1"]
    assert [case.finding.proposed_by for case in run.cases] == [None, "guess-1"]
    assert "not all questions were answered: nothing could be used" in run.notes
    assert learnt_of(record.guesses) == ROWS
    folder = named(tmp_path, None)
    assert unwritten(record.steps, RUN, read_entries(folder.ledger)) == ()


def test_a_run_that_asks_nobody_records_no_word_of_models(tmp_path: Path) -> None:
    record, run = outcome(tmp_path, asked=False)

    assert not {"specify", "hypothesise"} & record.steps.keys()
    assert [finding.proposed_by for finding in run.findings] == [None]
    said = repr(record.steps)
    assert not [word for word in ("learnt", "proposed_by", "opinion") if word in said]


def test_what_models_say_takes_no_finding_away() -> None:
    engines = Guessing()
    request = RunRequest(run=RUN, version="1", target="x", started="2026-01-31T12:00:00Z")
    found = ScriptedEngines.find(engines, request, engines.open(request))
    guesses = GuessRecord(findings=tuple(map(as_guessed, found.findings)))

    assert set(with_guesses(found, (guesses,)).findings) == set(found.findings)
