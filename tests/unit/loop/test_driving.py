"""A model's driver is believed by gates 1 and 2 alone; without one a case is as it always was."""

import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.environment import BuiltEnvironment
from countermine.core.errors import ModelsGoneError
from countermine.core.findings import Finding, FindingStatus, Opinion
from countermine.core.levels import Confidence
from countermine.core.models import Lack
from countermine.core.runs import Run
from countermine.core.targets import Target
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    GateResult,
    Inconclusive,
    Proven,
    Unwitnessed,
)
from countermine.core.witnesses import Input, Stimulus, Witness
from countermine.find.hypotheses.driving import SaidDriver
from countermine.ledger.file import FileLedger
from countermine.loop.carrying import carry_out, launched
from countermine.loop.driving import driver_for, is_undriven, with_drivers
from countermine.loop.folder import begin, named
from countermine.loop.journal import Journal
from countermine.loop.prefix import Recorded, as_run, recorded
from countermine.loop.records import (
    DriverRecord,
    Opened,
    OpinionRecord,
    RunRequest,
    WitnessRecord,
)
from countermine.loop.workflow import RunWorkflow
from countermine.ports.model import Answer, Answered, Question, Unanswered
from countermine.ports.progress import Silent
from countermine.prove.records import Baseline, ControlRecord, NotWitnessed, Witnessed
from countermine.testing.clocks import StillClock
from countermine.testing.engines import ScriptedEngines
from countermine.testing.findings import finding_at

RUN = "20260131-120000-0000"
DRIVER = "from app import view\n\ndef drive(value):\n    return view(value)\n"
UNSHOWN = GateResult(gate=Gate.RED, outcome=GateOutcome.FAILED, reason="no attack shows it")
STOPPED = NotWitnessed(verdict=Unwitnessed(gates=(UNSHOWN,), reason="no attack shows it"))


class Hard(ScriptedEngines):
    """The plan shows nothing; the second driver of a model does."""

    def __init__(self) -> None:
        super().__init__(("a",), lambda _stage: None)
        self.tries = 0

    def witness(
        self, target: Target, environment: BuiltEnvironment, finding: Finding, baseline: Baseline
    ) -> WitnessRecord:
        shown = super().witness(target, environment, finding, baseline)
        return replace(shown, witnessing=STOPPED)

    def driver(
        self,
        target: Target,
        environment: BuiltEnvironment,
        finding: Finding,
        baseline: Baseline,
        earlier: WitnessRecord,
    ) -> DriverRecord:
        assert isinstance(earlier.witnessing, NotWitnessed)
        self.tries += 1
        if self.tries == 1:
            return DriverRecord(driven=earlier)
        shown = super().witness(target, environment, finding, baseline)
        assert shown.witness is not None
        witness = replace(shown.witness, driver=DRIVER, proposed_by="drive-1")
        return DriverRecord(driven=replace(shown, witness=witness))

    def opinion(self, target: Target, finding: Finding) -> OpinionRecord:
        del target, finding
        said = Opinion(
            model="judge-1", before=Confidence.HIGH, after=Confidence.MEDIUM, reason="Unlikely."
        )
        return OpinionRecord(opinion=said)

    def _name(self, finding: Finding) -> str:
        return super()._name(replace(finding, confidence=Confidence.HIGH, opinion=None))


def carried_out(state: Path, drivers: int, opinions: bool) -> None:  # noqa: FBT001 - handed over
    folder = begin(state, RUN)
    clock = StillClock()
    journal = Journal(FileLedger(folder.ledger, run=RUN, clock=clock), RUN)
    workflow = RunWorkflow(RUN, Hard(), journal, clock=clock, progress=Silent())
    request = RunRequest(
        run=RUN,
        version="1",
        target="x",
        started=clock.now_iso(),
        drivers=drivers,
        opinions=opinions,
    )
    with launched(folder, "1", f"process-{os.getpid()}"):
        carry_out(workflow, request)


def outcome(state: Path, *, drivers: int, opinions: bool = False) -> tuple[Recorded, Run]:
    process = multiprocessing.get_context("fork").Process(
        target=carried_out, args=(state, drivers, opinions)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 0
    record = recorded(named(state, None))
    return record, as_run(record)


def test_a_driver_that_shows_the_flaw_makes_the_case_provable(tmp_path: Path) -> None:
    record, run = outcome(tmp_path, drivers=2, opinions=True)
    (case,) = run.cases

    assert isinstance(case.verdict, Proven)
    assert case.finding.status is FindingStatus.WITNESSED
    assert case.witness is not None
    assert (case.witness.driver, case.witness.proposed_by) == (DRIVER, "drive-1")
    assert case.finding.confidence is Confidence.MEDIUM
    assert case.finding.opinion is not None
    words = [name.split()[0] for name in record.steps]
    case_words = words[words.index("admit") :]
    assert case_words == ["admit", "witness", "fix", "driver", "driver", "judge"]
    assert words[:5] == ["open", "find", "opinion", "prepare", "baseline"]


def test_drivers_are_asked_for_as_often_as_is_wanted(tmp_path: Path) -> None:
    _, run = outcome(tmp_path, drivers=1)

    assert isinstance(run.cases[0].verdict, Unwitnessed)
    assert run.cases[0].patch is not None


def test_a_run_without_models_asks_for_no_driver_and_no_opinion(tmp_path: Path) -> None:
    record, run = outcome(tmp_path, drivers=0)

    assert isinstance(run.cases[0].verdict, Unwitnessed)
    assert not [name for name in record.steps if name.split()[0] in {"driver", "opinion"}]


TEXT = b"def view(text):\n    eval(text)\n"
FINDING = finding_at("app.py", TEXT, b"eval(text)")


def undriven() -> WitnessRecord:
    engines = ScriptedEngines(("a",), lambda _stage: None)
    request = RunRequest(run=RUN, version="1", target="x", started="2026-01-31T12:00:00Z")
    opened = engines.open(request)
    assert isinstance(opened, Opened)
    (finding,) = engines.find(request, opened).findings
    prepared = engines.prepare(request, opened.target)
    baseline = engines.baseline(opened.target, prepared.environment)
    shown = engines.witness(opened.target, prepared.environment, finding, baseline)
    return replace(shown, witnessing=STOPPED)


def plain() -> Witness:
    witness = undriven().witness
    assert witness is not None
    return witness


class Writes:
    """Writes one thing, if it passes the question's own check."""

    def __init__(self, answer: SaidDriver) -> None:
        self.answer = answer

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        wrong = question.check(self.answer)  # type: ignore[arg-type]  # of this kind
        if wrong is not None:
            return Unanswered(lack=Lack.UNUSABLE, reason=wrong)
        return Answered(answer=self.answer, model="drive-1", calls=())  # type: ignore[arg-type]  # so


class Gone:
    """Was withdrawn."""

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        del question
        return Unanswered(lack=Lack.GONE, reason="the model was withdrawn")


def made(answer: SaidDriver, witness: Witness | None = None) -> Witness | str:
    texts = {FINDING.location.path: TEXT}
    return driver_for(FINDING, witness or plain(), undriven(), texts, Writes(answer))


def test_attacks_of_a_model_are_tried_beside_ours_and_controls_stay_ours() -> None:
    witness = made(SaidDriver(driver=DRIVER, attacks=("{canary}()",)))

    assert isinstance(witness, Witness)
    assert witness.controls == plain().controls
    assert witness.attacks[:-1] == plain().attacks
    assert witness.attacks[-1].inputs[0].text == "{canary}()"
    assert witness.proposed_by == "drive-1"
    assert witness.script is None


@pytest.mark.parametrize(
    "driver",
    [
        "def attack(canary):\n    eval(canary)\n",
        "def drive(value):\n    if value:\n        return view(value)\n",
        "def drive(value):\n    return 'done'\n",
        "from app import view\n\ndef drive(value):\n    return view.__globals__(value)\n",
        "no Python at all (",
    ],
)
def test_what_is_no_driver_is_told_to_its_author_and_never_driven(driver: str) -> None:
    assert isinstance(made(SaidDriver(driver=driver)), str)


def test_an_answer_that_holds_nothing_is_no_witness() -> None:
    assert isinstance(made(SaidDriver()), str)


def test_a_driver_for_what_a_framework_alone_hands_over_is_left_out() -> None:
    entry = replace(plain().entry, kind=EntryKind.FLASK_VIEW, channel=Channel.QUERY)
    web = replace(plain(), entry=entry)
    witness = made(SaidDriver(driver=DRIVER, attacks=("{canary}",)), web)

    assert isinstance(witness, Witness)
    assert witness.driver is None
    assert isinstance(made(SaidDriver(driver=DRIVER), web), str)


def test_a_model_that_is_gone_is_waited_for() -> None:
    with pytest.raises(ModelsGoneError, match="withdrawn"):
        driver_for(FINDING, plain(), undriven(), {}, Gone())


def test_trouble_before_the_first_drive_is_no_matter_for_a_model() -> None:
    baseline = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.INCONCLUSIVE, reason="none")
    verdict = Inconclusive(gates=(baseline,), reason="no sandbox")
    stopped = replace(undriven(), witnessing=NotWitnessed(verdict=verdict))

    assert is_undriven(undriven())
    assert not is_undriven(stopped)
    assert not is_undriven(WitnessRecord(witness=None, no_witness="none", witnessing=None))


def test_a_driver_that_shows_nothing_changes_nothing() -> None:
    record = undriven()
    made = with_drivers(record, [DriverRecord(driven=record), DriverRecord(driven=None)])

    assert made.witness == record.witness
    assert isinstance(made.witnessing, NotWitnessed)
    assert with_drivers(record, [DriverRecord(driven=None)]) == record


def test_what_a_driver_came_to_stands_beside_what_the_plan_did() -> None:
    failed = replace(undriven(), witness=replace(plain(), proposed_by="model-1"))
    gone = DriverRecord(driven=None, reason="no model wrote a driver: it refused")
    record = with_drivers(undriven(), [DriverRecord(driven=failed), gone])

    assert isinstance(record.witnessing, NotWitnessed)
    before = undriven().witnessing
    assert isinstance(before, NotWitnessed)
    assert record.witnessing.verdict.reason == before.verdict.reason
    told = record.witnessing.verdict.gates[-1].evidence[-2:]
    assert [one.title for one in told] == ["a driver of model-1", "a driver of a model"]
    assert told[0].text.startswith(before.verdict.reason)
    assert told[1].text == gone.reason


def shown(text: str, alternatives: tuple[str, ...] = ()) -> WitnessRecord:
    value = Input(channel=Channel.PARAMETER, key="path", text="x: 1", alternatives=alternatives)
    use = Stimulus(name="plain-data", inputs=(value,))
    seen = ControlRecord(name="plain-data", result=text, comparable=True)
    witness = replace(plain(), controls=(use,))
    witnessing = Witnessed(gates=(), attacks=(), controls=(seen,))
    return WitnessRecord(witness=witness, no_witness=None, witnessing=witnessing)


def test_a_use_that_is_an_empty_document_stands_back_behind_one_that_says_more() -> None:
    hollow = shown("with alternative 1\n[]", ("[]",))
    full = shown("with alternative 1\n[]", ('[{"a": 1}]',))

    assert is_undriven(hollow)
    assert not is_undriven(full)
    assert with_drivers(hollow, [DriverRecord(driven=full)]) == full
    assert with_drivers(full, [DriverRecord(driven=hollow)]) == full
    assert with_drivers(hollow, [DriverRecord(driven=undriven())]) == hollow
    assert with_drivers(undriven(), [DriverRecord(driven=hollow)]) == hollow
