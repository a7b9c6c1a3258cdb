"""The ladder of proof: gates 0 to 10, in order, stopping at the first that does not hold.

``baseline`` is gate 0, once for a run; ``witness_case`` is gates 1 and 2 of a case;
``judge_patch`` is gates 3 to 10 of a patch; ``prove`` is all of them. What they return can be
stored, so that a run carries on where it was.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import assert_never

from countermine.core.environment import NoEnvironment
from countermine.core.errors import BadTargetError, EditConflictError, SandboxUnavailableError
from countermine.core.findings import Finding, FindingStatus
from countermine.core.knowledge import Weakness
from countermine.core.patches import Patch
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    GateResult,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
    Verdict,
)
from countermine.core.witnesses import Witness
from countermine.prove.ahead import read_ahead
from countermine.prove.answered import as_shown, wants_answers
from countermine.prove.evidence import clean
from countermine.prove.gates.baseline import baseline as baseline_gate
from countermine.prove.gates.baseline import with_reaching
from countermine.prove.gates.builds import builds, importable
from countermine.prove.gates.control import control, with_controls_twice, with_further_uses
from countermine.prove.gates.control_again import control_again
from countermine.prove.gates.detector import detector, sightings
from countermine.prove.gates.green import green
from countermine.prove.gates.other_ways import by_other_ways
from countermine.prove.gates.reattack import reattack, respelled
from countermine.prove.gates.red import red
from countermine.prove.gates.regression_test import regression_test
from countermine.prove.gates.scope import scope
from countermine.prove.gates.tests import tests
from countermine.prove.reaching import reaching, through
from countermine.prove.records import (
    Baseline,
    BaselineTests,
    Claim,
    Judgement,
    ModuleCheck,
    NotWitnessed,
    ProveResult,
    Sighting,
    UnusableTests,
    UsableTests,
    Witnessed,
    Witnessing,
)
from countermine.prove.regression.trying import FixedRun
from countermine.prove.setting import Setting
from countermine.prove.steps import (
    Broken,
    Exploitable,
    Passed,
    Step,
    Unsettled,
    Unshown,
    outcome_of,
)
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial

NOT_VOUCHED = (
    "a script that runs beside the observer could forge what it sees, and nobody vouches for this "
    "one; give a driver that is read instead"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveRequest:
    """A claim, and a patch if there is one."""

    finding: Finding
    witness: Witness
    weakness: Weakness
    """How the flaw shows itself, and how a test of it is written."""
    patch: Patch | None
    """``None`` to witness the flaw only: gates 0 to 2."""
    setting: Setting


@dataclass(slots=True)
class _Climb:
    """The gates passed so far, and where the climb ended."""

    setting: Setting
    gates: list[GateResult] = field(default_factory=list)

    def take(self, gate: Gate, step: Callable[[], Step]) -> Step:
        """Run one gate and record it. Trouble of our own becomes ``Unsettled`` here only."""
        begun_ms = self.setting.clock.monotonic_ms()
        self.setting.progress.step(f"gate {gate.value}: {gate.name.lower().replace('_', ' ')}")
        try:
            answer = step()
        except SandboxUnavailableError as error:
            answer = Unsettled(reason=clean(f"the sandbox could not run: {error}"))
        except (BadTargetError, EditConflictError) as error:
            answer = Unsettled(reason=clean(str(error)))
        except OSError as error:
            answer = Unsettled(reason=f"this machine could not do its part: {error.strerror}")
        self.gates.append(
            GateResult(
                gate=gate,
                outcome=outcome_of(answer),
                reason=answer.reason,
                evidence=answer.evidence,
                duration_ms=self.setting.clock.monotonic_ms() - begun_ms,
            )
        )
        return answer


def prove(request: ProveRequest) -> ProveResult:
    """Run the whole ladder and say what it showed."""
    setting = request.setting
    claim = Claim(finding=request.finding, witness=request.witness, weakness=request.weakness)
    ground = baseline(setting)
    witnessing = witness_case(setting, claim, ground)
    if isinstance(witnessing, NotWitnessed) or request.patch is None:
        return result(claim, witnessing)
    return result(claim, witnessing, judge_patch(setting, claim, request.patch, ground, witnessing))


def result(claim: Claim, witnessing: Witnessing, judgement: Judgement | None = None) -> ProveResult:
    """Return what the steps of a case came to."""
    if isinstance(witnessing, NotWitnessed):
        return ProveResult(
            fingerprint=claim.finding.fingerprint,
            status=claim.finding.status,
            gates=witnessing.verdict.gates,
            verdict=witnessing.verdict,
        )
    return ProveResult(
        fingerprint=claim.finding.fingerprint,
        status=FindingStatus.WITNESSED,
        gates=witnessing.gates if judgement is None else judgement.verdict.gates,
        verdict=None if judgement is None else judgement.verdict,
        regression_test=None if judgement is None else judgement.regression_test,
    )


def baseline(setting: Setting) -> Baseline:
    """Gate 0: run the target's tests twice and search the unpatched tree; once for a run."""
    climb = _Climb(setting=setting)
    tests_seen: BaselineTests | None = None
    found: tuple[Sighting, ...] = ()
    modules: tuple[ModuleCheck, ...] = ()

    def gate() -> Step:
        nonlocal tests_seen, found, modules
        step, tests_seen = baseline_gate(setting)
        if isinstance(step, Passed):
            found = sightings(setting.detector(setting.root))
            modules = importable(setting, tuple(sorted({one.path for one in found})))
            tests_seen = with_reaching(setting, tests_seen, found)
        return step

    answer = climb.take(Gate.BASELINE, gate)
    return Baseline(
        gate=climb.gates[0],
        tests=tests_seen or UnusableTests(reason=answer.reason),
        sightings=found,
        modules=modules,
    )


def witness_case(setting: Setting, claim: Claim, ground: Baseline) -> Witnessing:
    """Gates 1 and 2: the flaw shows on the unpatched tree, the legitimate use works there.

    Where that cannot be shown by calling the entry point directly, tests of the target that call
    it are tried as drivers.
    """
    if ground.gate.outcome is GateOutcome.INCONCLUSIVE:
        verdict = Inconclusive(gates=(ground.gate,), reason=ground.gate.reason)
        return NotWitnessed(verdict=verdict)
    if claim.witness.script is not None and not claim.witness.vouched:
        verdict = Inconclusive(gates=(ground.gate,), reason=NOT_VOUCHED)
        return NotWitnessed(verdict=verdict)
    directly = _witnessed(setting, claim, ground)
    if isinstance(directly, Witnessed):
        return directly
    if wants_answers(directly) and not claim.witness.answered:
        asked = replace(claim, witness=replace(claim.witness, answered=True))
        witnessed = _witnessed(setting, asked, ground)
        if isinstance(witnessed, Witnessed):
            return replace(witnessed, answered=True)
    for test in reaching(setting, claim.witness):
        driven = replace(claim, witness=through(claim.witness, test))
        witnessed = _witnessed(setting, driven, ground)
        if isinstance(witnessed, Witnessed):
            return replace(witnessed, test=test)
    return directly


def _witnessed(setting: Setting, claim: Claim, ground: Baseline) -> Witnessing:
    climb = _Climb(setting=setting, gates=[ground.gate])
    twice = with_controls_twice(with_further_uses(claim.witness, setting.options))
    setting = replace(setting, drive=read_ahead(setting.drive, setting.root, twice, twice.controls))
    kept = Witnessed(gates=(), attacks=(), controls=())

    def red_gate() -> Step:
        nonlocal kept
        step, attacks, also = red(setting, claim)
        kept = replace(kept, attacks=attacks, also=also)
        return step

    def control_gate() -> Step:
        nonlocal kept
        step, controls = control(setting, claim)
        kept = replace(kept, controls=controls)
        return step

    for gate, step in ((Gate.RED, red_gate), (Gate.CONTROL, control_gate)):
        answer = climb.take(gate, step)
        if not isinstance(answer, Passed):
            shown = "the flaw shows, but " if gate is Gate.CONTROL else ""
            short = gate is Gate.CONTROL or not any(one.reached for one in kept.attacks)
            verdict = _not_witnessed(answer, tuple(climb.gates), shown)
            return NotWitnessed(verdict=verdict, fell_short=short)
    return replace(kept, gates=tuple(climb.gates))


def judge_patch(
    setting: Setting, claim: Claim, patch: Patch, ground: Baseline, witnessed: Witnessed
) -> Judgement:
    """Gates 3 to 10: the patch ends the flaw, everything else still works, a test keeps it so."""
    claim = replace(claim, witness=as_shown(claim.witness, witnessed))
    climb = _Climb(setting=setting, gates=list(witnessed.gates))
    trials: list[Trial] = []
    written: list[Patch] = []
    with ExitStack() as stack:

        def scope_gate() -> Step:
            step = scope(setting, claim, patch)
            if not isinstance(step, Passed):
                return step
            if isinstance(setting.environment, NoEnvironment):
                return Unsettled(reason=f"no environment: {setting.environment.reason}")
            copies = (private_tree(setting.root, setting.options, *some) for some in ((), (patch,)))
            original, patched = (stack.enter_context(copy) for copy in copies)
            trials.append(
                Trial(
                    setting=setting,
                    environment=setting.environment,
                    claim=claim,
                    patch=patch,
                    ground=ground,
                    witnessed=witnessed,
                    original=original,
                    patched=patched,
                )
            )
            return step

        answer = climb.take(Gate.SCOPE, scope_gate)
        for trial in trials:
            answer = _climb_on(climb, trial, written)
    verdict = _verdict(answer, tuple(climb.gates), ground)
    return Judgement(
        verdict=verdict,
        regression_test=written[0] if isinstance(verdict, Proven) else None,
    )


def _climb_on(climb: _Climb, trial: Trial, written: list[Patch]) -> Step:
    """Run gates 4 to 10; gate 10 leaves its test in ``written``."""
    setting = trial.setting
    witness = with_further_uses(trial.claim.witness, setting.options)
    known = {record.name for record in trial.witnessed.controls}
    later = (*(one for one in witness.controls if one.name in known), *respelled(trial))
    drive = read_ahead(setting.drive, trial.patched, witness, later)
    trial = replace(trial, setting=replace(setting, drive=drive))

    along: list[FixedRun] = []

    def own_tests() -> Step:
        step, seen = tests(trial)
        along.extend([seen] if seen is not None else [])
        return step

    def last() -> Step:
        step, test = regression_test(trial, along[0] if along else None)
        written.extend([test] if test is not None else [])
        return step

    def every_way() -> Step:
        step = green(trial)
        # What is driven ahead is of the witness's own entry point.
        aside = replace(trial, setting=setting)
        return by_other_ways(aside, step) if isinstance(step, Passed) else step

    answer: Step = Passed(reason="")
    for gate, step in (
        (Gate.BUILDS, lambda: builds(trial)),
        (Gate.DETECTOR, lambda: detector(trial)),
        (Gate.GREEN, every_way),
        (Gate.CONTROL_AGAIN, lambda: control_again(trial)),
        (Gate.TESTS, own_tests),
        (Gate.REATTACK, lambda: reattack(trial)),
        (Gate.REGRESSION_TEST, last),
    ):
        answer = climb.take(gate, step)
        if not isinstance(answer, Passed):
            break
    return answer


def _not_witnessed(
    answer: Step, gates: tuple[GateResult, ...], shown: str
) -> Unwitnessed | Inconclusive:
    if isinstance(answer, Unshown):
        return Unwitnessed(gates=gates, reason=answer.reason)
    return Inconclusive(gates=gates, reason=f"{shown}{answer.reason}")


def _verdict(answer: Step, gates: tuple[GateResult, ...], ground: Baseline) -> Verdict:
    match answer:
        case Passed():
            ran = isinstance(ground.tests, UsableTests)
            return Proven(gates=gates, tests_ran=ran)
        case Exploitable(after=after):
            return StillExploitable(gates=gates, after=after)
        case Broken(failures=failures):
            return Regressed(gates=gates, failures=failures)
        case Unshown(reason=reason):
            return Unwitnessed(gates=gates, reason=reason)
        case Unsettled(reason=reason):
            return Inconclusive(gates=gates, reason=reason)
        case _:
            assert_never(answer)
