"""When the last model is gone a run ends with what no model could do, and resume picks it up."""

import multiprocessing
import os
from pathlib import Path

from countermine.core.errors import ModelsGoneError
from countermine.core.findings import Finding
from countermine.core.models import Lack, ModelTask
from countermine.core.patches import PatchOrigin
from countermine.core.runs import Run, RunState
from countermine.core.targets import Target
from countermine.core.verdicts import Proven, StillExploitable
from countermine.fix.suggest.question import Earlier
from countermine.ledger.file import FileLedger, verify
from countermine.loop.calls.store import SqliteCalls
from countermine.loop.carrying import carry_on, carry_out, launched
from countermine.loop.engines import PatchedCase
from countermine.loop.folder import RunFolder, begin, named
from countermine.loop.journal import Journal
from countermine.loop.prefix import as_run, recorded
from countermine.loop.records import FixRecord, Place, RunRequest, SuggestTerms
from countermine.loop.retrying import forget_errors
from countermine.loop.workflow import RunWorkflow
from countermine.ports.progress import Silent
from countermine.prove.records import Judgement
from countermine.testing.clocks import StillClock
from countermine.testing.engines import ScriptedEngines

RUN = "20260131-120000-0000"
GONE = 3

process = multiprocessing.get_context("fork").Process


class Engines(ScriptedEngines):
    """Refuses every remedy; a model answers for the cases that it is there for."""

    def __init__(self, notes: Path, folder: RunFolder, there_for: str) -> None:
        super().__init__(("a", "b", "c"), self._note)
        self._notes, self._there_for = notes, there_for
        self._calls = SqliteCalls(folder.calls)

    def _note(self, stage: str) -> None:
        with self._notes.open("a") as file:
            file.write(f"{stage}\n")

    def suggest(
        self, target: Target, finding: Finding, place: Place, earlier: tuple[Earlier, ...]
    ) -> FixRecord:
        case = f"{finding.weakness}-{finding.fingerprint[:8]}"
        if self._name(finding) not in self._there_for:
            self._calls.lacking(case, ModelTask.PATCH, Lack.GONE, "first: withdrawn")
            raise ModelsGoneError(*["first: withdrawn"])
        self._calls.answered(case, ModelTask.PATCH)
        return super().suggest(target, finding, place, earlier)

    def judge(self, case: PatchedCase) -> Judgement:
        judged = super().judge(case)
        if case.patch.origin is PatchOrigin.MODEL:
            return judged
        return Judgement(verdict=StillExploitable(gates=(), after="mark"))


def _carry(verb: str, state: Path, there_for: str, workers: int) -> None:
    folder = begin(state, RUN) if verb == "begin" else named(state, RUN)
    clock = StillClock()
    with folder.locked():
        journal = Journal(FileLedger(folder.ledger, run=RUN, clock=clock), RUN)
        engines = Engines(state / "calls", folder, there_for)
        workflow = RunWorkflow(
            RUN, engines, journal, clock=clock, progress=Silent(), workers=workers
        )
        if verb == "resume":
            forget_errors(folder)
        with launched(folder, "1", f"process-{os.getpid()}"):
            try:
                if verb == "begin":
                    request = RunRequest(
                        run=RUN,
                        version="1",
                        target="x",
                        started=clock.now_iso(),
                        suggest=SuggestTerms(candidates=1, rounds=1),
                    )
                    carry_out(workflow, request)
                else:
                    carry_on(RUN)
            except ModelsGoneError:
                os._exit(GONE)


def carry(verb: str, state: Path, there_for: str, workers: int = 1) -> int:
    child = process(target=_carry, args=(verb, state, there_for, workers))
    child.start()
    child.join(60)
    assert child.exitcode is not None, "the run hangs"
    return child.exitcode


def outcome(state: Path) -> Run:
    return as_run(recorded(named(state, None)))


def verdicts(run: Run) -> list[type]:
    return [type(case.verdict) for case in run.cases]


def test_cases_that_need_no_model_that_is_gone_are_finished_and_the_others_wait(
    tmp_path: Path,
) -> None:
    assert carry("begin", tmp_path, "ac") == GONE
    run = outcome(tmp_path)
    assert run.state is RunState.INTERRUPTED
    assert verdicts(run) == [Proven, StillExploitable, Proven]
    assert run.models is not None
    assert [one.lack for one in run.models.undone] == [Lack.GONE]
    assert carry("resume", tmp_path, "") == GONE, "no model is back yet"
    done = (tmp_path / "calls").read_text().splitlines()
    assert carry("resume", tmp_path, "abc") == 0
    run = outcome(tmp_path)
    assert run.state is RunState.FINISHED
    assert verdicts(run) == [Proven] * 3
    assert run.models is None, "nothing is undone, and the script makes no calls"
    again = (tmp_path / "calls").read_text().splitlines()[len(done) :]
    assert again == ["suggest b round 1 candidate 1", "judge b"]
    assert verify(named(tmp_path, None).ledger) > 0


def test_several_cases_at_once_wait_for_a_model_in_the_same_way(tmp_path: Path) -> None:
    assert carry("begin", tmp_path, "", workers=2) == GONE
    run = outcome(tmp_path)
    assert verdicts(run) == [StillExploitable] * 3
    assert run.models is not None
    assert len(run.models.undone) == 3
    assert carry("resume", tmp_path, "abc", workers=2) == 0
    assert verdicts(outcome(tmp_path)) == [Proven] * 3
