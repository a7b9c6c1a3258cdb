"""A remedy whose patch is refused is followed by the next; the record keeps every attempt."""

import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.core.targets import Target
from countermine.core.verdicts import Proven, Regressed
from countermine.ledger.file import FileLedger
from countermine.loop.carrying import carry_out, launched
from countermine.loop.cases import MAX_ATTEMPTS
from countermine.loop.engines import PatchedCase
from countermine.loop.folder import begin, named
from countermine.loop.journal import Journal
from countermine.loop.prefix import as_run, recorded
from countermine.loop.records import FixRecord, RunRequest
from countermine.loop.workflow import RunWorkflow
from countermine.ports.progress import Silent
from countermine.prove.records import Judgement
from countermine.testing.clocks import StillClock
from countermine.testing.engines import ScriptedEngines

RUN = "20260131-120000-0000"


class Choosy(ScriptedEngines):
    """Refuses every patch but that of one remedy."""

    def __init__(self, remedies: tuple[str, ...], right: str) -> None:
        super().__init__(("a",), lambda _stage: None)
        self._remedies, self._right = remedies, right

    def fix(self, target: Target, finding: Finding, without: tuple[str, ...]) -> FixRecord:
        left = [name for name in self._remedies if name not in without]
        if not left:
            return FixRecord(patch=None, no_patch="no other remedy fits")
        made = super().fix(target, finding, without)
        assert made.patch is not None
        return FixRecord(patch=replace(made.patch, author=left[0]), no_patch=None)

    def judge(self, case: PatchedCase) -> Judgement:
        if case.patch.author != self._right:
            verdict = Regressed(gates=(), failures=(f"{case.patch.author} breaks a test",))
            return Judgement(verdict=verdict)
        return super().judge(case)


def carried_out(state: Path, remedies: tuple[str, ...], right: str) -> None:
    folder = begin(state, RUN)
    clock = StillClock()
    journal = Journal(FileLedger(folder.ledger, run=RUN, clock=clock), RUN)
    workflow = RunWorkflow(RUN, Choosy(remedies, right), journal, clock=clock, progress=Silent())
    with launched(folder, "1", f"process-{os.getpid()}"):
        carry_out(workflow, RunRequest(run=RUN, version="1", target="x", started=clock.now_iso()))


def outcome(state: Path, remedies: tuple[str, ...], right: str) -> Run:
    process = multiprocessing.get_context("fork").Process(
        target=carried_out, args=(state, remedies, right)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 0
    return as_run(recorded(named(state, None)))


def test_the_next_remedy_is_judged_where_one_is_refused(tmp_path: Path) -> None:
    (case,) = outcome(tmp_path, ("first", "second"), "second").cases
    assert isinstance(case.verdict, Proven)
    assert case.patch is not None
    assert case.patch.author == "second"


def test_where_none_is_right_the_first_is_reported(tmp_path: Path) -> None:
    (case,) = outcome(tmp_path, ("first", "second"), "none").cases
    assert isinstance(case.verdict, Regressed)
    assert case.patch is not None
    assert case.patch.author == "first"


def test_attempts_are_bounded(tmp_path: Path) -> None:
    many = tuple(f"remedy-{number}" for number in range(MAX_ATTEMPTS + 2))
    outcome(tmp_path, many, many[-1])
    steps = recorded(named(tmp_path, None)).steps
    assert sum(name.startswith("judge") for name in steps) == MAX_ATTEMPTS
