"""Where the ladder stops, and what verdict each stop gives. Drives and target are scripted."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Never

import pytest
from pydantic import TypeAdapter

from countermine.core.environment import NoEnvironment
from countermine.core.errors import SandboxUnavailableError
from countermine.core.findings import Finding, FindingStatus
from countermine.core.patches import Patch
from countermine.core.regressions import RegressionProbe
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
    Verdict,
)
from countermine.core.witnesses import Effect, Observation, Stimulus, Witness
from countermine.ports.sandbox import SandboxCommand
from countermine.prove.drive.pumping import PumpedMaker
from countermine.prove.ladder import (
    ProveRequest,
    baseline,
    judge_patch,
    prove,
    witness_case,
)
from countermine.prove.options import ProveOptions
from countermine.prove.records import (
    Baseline,
    Claim,
    Judgement,
    NotWitnessed,
    ProveResult,
    Witnessed,
    Witnessing,
)
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    EventMaker,
    Reply,
    ScriptedDrive,
    ScriptedSandbox,
    ScriptedTarget,
    as_text_detector,
    own_environment,
    rewrite,
    seen,
    setting_for,
    stimulus,
    weakness,
    witness_for,
    write_tree,
)

APP = "def view(text):\n    return eval(text)\n"
FIXED = "def view(text):\n    return int(text)\n"
FINDING = finding_at("app.py", APP.encode(), b"eval(text)")
PATCH = rewrite("app.py", APP.encode(), "eval(text)", "int(text)")
PROBE = RegressionProbe(
    name="runs_nothing",
    summary="Runs nothing.",
    payloads=('"x"',),
    never="seen == 'x'",
    message="it ran",
)
NAME = "tests/test_app_code_injection.py::test_view_runs_nothing"


def is_patched(tree: Path) -> bool:
    return "eval" not in (tree / "app.py").read_text()


@dataclass
class World:
    """A case in which everything holds, until a test says otherwise."""

    root: Path
    drive: ScriptedDrive = field(default_factory=lambda: ScriptedDrive(honest))
    target: ScriptedTarget = field(default_factory=lambda: ScriptedTarget(tests=honest_tests))
    patch: Patch | None = PATCH
    witness: Witness = field(
        default_factory=lambda: witness_for(
            FINDING, attacks=(stimulus("call", "f()"), stimulus("import", "import os"))
        )
    )
    finding: Finding = FINDING
    detected: str = "eval(text)"
    environment: object = None
    sandbox: ScriptedSandbox | None = None
    options: ProveOptions = field(default_factory=ProveOptions)
    probes: tuple[RegressionProbe, ...] | None = (PROBE,)

    def request(self) -> ProveRequest:
        write_tree(self.root, {"app.py": APP, "tests/test_a.py": "def test_a(): pass\n"})
        maker = None if self.probes is None else (lambda _finding, _witness: self.probes or ())
        return ProveRequest(
            finding=self.finding,
            witness=self.witness,
            weakness=weakness(maker),
            patch=self.patch,
            setting=setting_for(
                self.root,
                environment=self.environment or own_environment(),
                sandbox=self.sandbox or ScriptedSandbox(self.target.reply),
                drive=self.drive,
                detector=as_text_detector(self.finding, self.detected),
                options=self.options,
            ),
        )

    def prove(self) -> ProveResult:
        return prove(self.request())


def honest(tree: Path, one: Stimulus) -> Observation:
    attack = one.name != "sum" and not one.name.startswith("sum-")
    return seen(one.name, *(["effect"] if attack and not is_patched(tree) else ["quiet"]))


def honest_tests(tree: Path, command: SandboxCommand) -> dict[str, str]:
    argv = " ".join(command.argv)
    if "test_app_code_injection" not in argv:
        return {"tests/test_a.py::test_a": "passed"}
    outcome = "passed" if is_patched(tree) else "failed"
    path = argv.split()[-1]
    names = [
        line.split("(")[0].removeprefix("def ")
        for line in (tree / path).read_text().splitlines()
        if line.startswith("def test")
    ]
    return {f"{path}::{name}": outcome for name in names}


class MessagingTarget(ScriptedTarget):
    """Tells the probe's own message with a failed test, as pytest does."""

    def reply(self, command: SandboxCommand, tree: Path) -> Reply:
        outcome, results = super().reply(command, tree)
        return outcome, results.replace(b'"detail": ""', b'"detail": "AssertionError: it ran"')


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(root=tmp_path, target=MessagingTarget(tests=honest_tests))


def stopped_at(result: ProveResult) -> tuple[Gate, GateOutcome]:
    assert [one.gate for one in result.gates] == list(Gate)[: len(result.gates)]
    return result.gates[-1].gate, result.gates[-1].outcome


def test_a_patch_that_passes_every_gate_is_proven(world: World) -> None:
    result = world.prove()
    assert isinstance(result.verdict, Proven), result.gates[-1]
    assert result.verdict.tests_ran
    assert result.status is FindingStatus.WITNESSED
    assert [one.gate for one in result.gates] == list(Gate)
    assert {one.outcome for one in result.gates} == {GateOutcome.PASSED}
    assert result.regression_test is not None
    assert result.regression_test.paths == ("tests/test_app_code_injection.py",)


def test_without_a_patch_the_flaw_is_only_witnessed(world: World) -> None:
    world.patch = None
    result = world.prove()
    assert result.verdict is None
    assert result.status is FindingStatus.WITNESSED
    assert [one.gate for one in result.gates] == [Gate.BASELINE, Gate.RED, Gate.CONTROL]


def test_nothing_goes_on_without_an_environment(world: World) -> None:
    world.environment = NoEnvironment(reason="no wheel for it")
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.verdict.reason == "no environment for the target: no wheel for it"
    assert result.status is FindingStatus.TRACED
    assert stopped_at(result) == (Gate.BASELINE, GateOutcome.INCONCLUSIVE)
    assert world.drive.asked == []


def test_a_tree_beyond_the_bounds_is_trouble_of_our_own(world: World) -> None:
    world.options = ProveOptions(tree_files=0)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert "larger than what is copied" in result.verdict.reason


def test_a_claim_that_cannot_be_shown_is_unwitnessed(world: World) -> None:
    world.drive = ScriptedDrive(lambda _tree, one: seen(one.name))
    result = world.prove()
    assert isinstance(result.verdict, Unwitnessed)
    assert result.verdict.reason == "no attack shows the flaw: call, import"
    assert result.status is FindingStatus.TRACED
    assert stopped_at(result) == (Gate.RED, GateOutcome.FAILED)


def test_any_of_the_attacks_may_show_the_flaw(world: World) -> None:
    def only_import(tree: Path, one: Stimulus) -> Observation:
        shown = one.name.startswith("import") and not is_patched(tree)
        return seen(one.name, *(["effect"] if shown else []))

    world.drive = ScriptedDrive(only_import)
    result = world.prove()
    assert isinstance(result.verdict, Proven)
    assert result.gates[Gate.RED].reason == "import shows the flaw on the unpatched tree"


@pytest.mark.parametrize("bad", [{"probes_held": False}, {"closed": False}, {"reached": False}])
def test_silence_of_the_observer_is_never_unwitnessed(world: World, bad: dict[str, bool]) -> None:
    world.drive = ScriptedDrive(lambda _tree, one: seen(one.name, **bad))
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.RED, GateOutcome.INCONCLUSIVE)


def test_a_stimulus_that_the_driver_lost_is_never_unwitnessed(world: World) -> None:
    world.drive = ScriptedDrive(lambda _tree, _one: None)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.verdict.reason.endswith("the observer's probe events are missing in 'call'")


def test_events_that_contradict_each_other_are_inconclusive(world: World) -> None:
    world.drive = ScriptedDrive(lambda _tree, one: seen(one.name, "doubt"))
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.verdict.reason.endswith("the events contradict each other")


def test_a_sandbox_that_cannot_run_is_inconclusive_not_unwitnessed(world: World) -> None:
    def broken(_tree: Path, _one: Stimulus) -> Never:
        message = "no user namespaces"
        raise SandboxUnavailableError(message)

    world.drive = ScriptedDrive(broken)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.verdict.reason == "the sandbox could not run: no user namespaces"
    assert stopped_at(result) == (Gate.RED, GateOutcome.INCONCLUSIVE)


def test_a_test_that_would_land_below_a_link_is_inconclusive(world: World) -> None:
    request = world.request()
    (world.root / "tests").rename(world.root / "checks")
    (world.root / "tests").symlink_to("checks")
    verdict = prove(request).verdict
    assert isinstance(verdict, Inconclusive)
    assert "is a link or below one" in verdict.reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"error": "KeyError: 'q'"}, "it raised KeyError: 'q'"),
        ({"reached": False}, "the entry point was not reached in 'sum'"),
        ({"closed": False}, "the closing record is missing in 'sum'"),
        ({"probes_held": False}, "the observer's probe events are missing in 'sum'"),
    ],
)
def test_a_control_that_does_not_pass_is_inconclusive(
    world: World, bad: dict[str, bool], reason: str
) -> None:
    def broken_control(tree: Path, one: Stimulus) -> Observation:
        return seen(one.name, **bad) if one.name == "sum" else honest(tree, one)

    world.drive = ScriptedDrive(broken_control)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.verdict.reason.startswith("the flaw shows, but ")
    assert result.verdict.reason.endswith(reason)
    assert stopped_at(result) == (Gate.CONTROL, GateOutcome.INCONCLUSIVE)


def test_a_patch_of_something_else_is_refused_before_anything_runs(world: World) -> None:
    world.patch = rewrite("tests/test_a.py", b"def test_a(): pass\n", "pass", "...")
    result = world.prove()
    assert isinstance(result.verdict, Regressed)
    assert stopped_at(result) == (Gate.SCOPE, GateOutcome.FAILED)
    assert result.verdict.failures == ("touches tests/test_a.py, which is a test",)
    assert result.status is FindingStatus.WITNESSED


def test_a_patch_that_does_not_parse_is_refused(world: World) -> None:
    world.target.check = lambda tree, _path: (
        {"syntax": "SyntaxError: invalid syntax"} if is_patched(tree) else {}
    )
    result = world.prove()
    assert isinstance(result.verdict, Regressed)
    assert stopped_at(result) == (Gate.BUILDS, GateOutcome.FAILED)


def test_a_patch_that_changes_nothing_of_the_flaw_is_still_exploitable(world: World) -> None:
    world.patch = rewrite("app.py", APP.encode(), "def view(text)", "def view(text, extra=None)")
    result = world.prove()
    assert isinstance(result.verdict, StillExploitable)
    assert result.verdict.after == "call"
    assert stopped_at(result) == (Gate.DETECTOR, GateOutcome.FAILED)


def test_a_detector_that_still_fires_without_a_shown_flaw_is_inconclusive(world: World) -> None:
    world.detected = "def view(text)"
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.DETECTOR, GateOutcome.INCONCLUSIVE)
    assert "still reports the finding" in result.verdict.reason


def test_a_detector_that_never_fired_says_nothing(world: World) -> None:
    world.detected = "nowhere"
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.DETECTOR, GateOutcome.INCONCLUSIVE)


def _claimed(world: World, detect: Callable[[Path], tuple[Finding, ...]]) -> ProveResult:
    """Prove what a model claims and the search does not see."""
    claimed = replace(FINDING, proposed_by="guess-1", status=FindingStatus.SUSPECTED)
    request = world.request()
    setting = replace(request.setting, detector=detect)
    return prove(replace(request, finding=claimed, setting=setting))


def test_of_what_only_a_model_claims_the_detector_has_no_say_and_all_other_gates_have(
    world: World,
) -> None:
    result = _claimed(world, lambda _tree: ())
    assert isinstance(result.verdict, Proven)
    outcomes = {gate.gate: gate.outcome for gate in result.verdict.gates}
    assert outcomes.pop(Gate.DETECTOR) is GateOutcome.NOT_APPLICABLE
    assert outcomes.keys() == set(Gate) - {Gate.DETECTOR}
    assert outcomes[Gate.REGRESSION_TEST] is GateOutcome.PASSED


def test_a_patch_of_a_model_s_claim_may_bring_no_flaw_either(world: World) -> None:
    other = finding_at("app.py", APP.encode(), b"view", sink="exec")
    result = _claimed(world, lambda tree: (other,) if is_patched(tree) else ())
    assert isinstance(result.verdict, Regressed)
    assert stopped_at(result) == (Gate.DETECTOR, GateOutcome.FAILED)


def test_a_claim_that_a_trace_was_followed_to_is_held_to_the_trace(world: World) -> None:
    request = world.request()
    traced = replace(FINDING, proposed_by="guess-1", status=FindingStatus.TRACED)
    setting = replace(request.setting, detector=lambda _tree: ())
    result = prove(replace(request, finding=traced, setting=setting))
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.DETECTOR, GateOutcome.INCONCLUSIVE)


def test_a_patch_that_brings_a_new_flaw_is_refused(world: World) -> None:
    other = finding_at("app.py", APP.encode(), b"view", sink="exec")
    request = world.request()

    def detect(tree: Path) -> tuple[Finding, ...]:
        return (other,) if is_patched(tree) else (FINDING,)

    result = prove(replace(request, setting=replace(request.setting, detector=detect)))
    assert isinstance(result.verdict, Regressed)
    assert stopped_at(result) == (Gate.DETECTOR, GateOutcome.FAILED)
    assert result.verdict.failures == ("code-injection at exec in app.py, view",)


def test_a_variant_that_still_triggers_is_named(world: World) -> None:
    def variant(tree: Path, one: Stimulus) -> Observation:
        return seen(one.name, "effect") if one.name.startswith("import") else honest(tree, one)

    world.drive = ScriptedDrive(variant)
    result = world.prove()
    assert isinstance(result.verdict, StillExploitable)
    assert result.verdict.after == "import"
    assert stopped_at(result) == (Gate.GREEN, GateOutcome.FAILED)


def test_an_attack_that_triggers_in_the_third_round_only_is_seen(world: World) -> None:
    def third(tree: Path, one: Stimulus) -> Observation:
        return seen(one.name, "effect") if one.name == "call-round-3" else honest(tree, one)

    world.drive = ScriptedDrive(third)
    result = world.prove()
    assert isinstance(result.verdict, StillExploitable)
    assert result.verdict.after == "call"


@pytest.mark.parametrize("bad", [{"probes_held": False}, {"closed": False}, {"reached": False}])
def test_a_patch_that_silences_the_observer_is_not_green(
    world: World, bad: dict[str, bool]
) -> None:
    def silenced(tree: Path, one: Stimulus) -> Observation:
        attack = one.name.startswith(("call", "import"))
        return seen(one.name, **bad) if attack and is_patched(tree) else honest(tree, one)

    world.drive = ScriptedDrive(silenced)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.GREEN, GateOutcome.INCONCLUSIVE)


def test_silence_beside_a_benign_probe_that_was_not_seen_is_not_green(world: World) -> None:
    def deaf(tree: Path, one: Stimulus) -> Observation:
        return seen(one.name, closed=False) if is_patched(tree) else honest(tree, one)

    world.drive = ScriptedDrive(deaf)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.GREEN, GateOutcome.INCONCLUSIVE)


def test_an_attack_that_never_could_be_judged_does_not_block_the_others(world: World) -> None:
    def half(tree: Path, one: Stimulus) -> Observation:
        if one.name.startswith("import"):
            return seen(one.name, reached=False)
        return honest(tree, one)

    world.drive = ScriptedDrive(half)
    result = world.prove()
    assert result.gates[Gate.GREEN].outcome is GateOutcome.PASSED
    assert result.gates[Gate.GREEN].reason == "1 attack no longer triggers, 3 times each"


def test_a_patch_that_forbids_the_feature_is_refused(world: World) -> None:
    def forbids(tree: Path, one: Stimulus) -> Observation:
        if one.name == "sum" and is_patched(tree):
            return seen(one.name, error="PermissionError: forbidden")
        return honest(tree, one)

    world.drive = ScriptedDrive(forbids)
    result = world.prove()
    assert isinstance(result.verdict, Regressed)
    assert result.verdict.failures == ("sum: PermissionError: forbidden",)
    assert stopped_at(result) == (Gate.CONTROL_AGAIN, GateOutcome.FAILED)


def test_a_patch_that_changes_results_is_refused(world: World) -> None:
    def swallows(tree: Path, one: Stimulus) -> Observation:
        if one.name == "sum" and is_patched(tree):
            return seen(one.name, result="None")
        return honest(tree, one)

    world.drive = ScriptedDrive(swallows)
    result = world.prove()
    assert isinstance(result.verdict, Regressed)
    assert [one.text for one in result.gates[-1].evidence] == ["'fine'", "None"]
    assert stopped_at(result) == (Gate.CONTROL_AGAIN, GateOutcome.FAILED)


class Growing(PumpedMaker):
    """Makes texts up from an expression, and judges by events."""

    def judge(  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        self, witness: Witness, stimulus: Stimulus, seen: Observation, benign: Observation
    ) -> Effect:
        return EventMaker().judge(witness, stimulus, seen, benign)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [(("sum-odd",), Inconclusive), (("sum", "sum-odd"), Regressed)],
)
def test_a_text_made_from_an_expression_may_be_read_otherwise_where_others_are_not(
    world: World, changed: tuple[str, ...], expected: type[Verdict]
) -> None:
    def answer(tree: Path, one: Stimulus) -> Observation:
        if one.name in changed and is_patched(tree):
            return seen(one.name, result="'another'")
        return honest(tree, one)

    world.drive = ScriptedDrive(answer)
    controls = (stimulus("sum", "1 + 1"), stimulus("sum-odd", "1+ +1"))
    world.witness = replace(world.witness, controls=controls)
    request = world.request()
    result = prove(replace(request, weakness=replace(request.weakness, witness=Growing())))
    assert isinstance(result.verdict, expected)
    assert stopped_at(result)[0] is Gate.CONTROL_AGAIN
    assert "gives another result than before" in result.gates[-1].reason


def test_results_that_change_from_drive_to_drive_are_not_compared(world: World) -> None:
    drives = iter(range(1000))

    def changing(tree: Path, one: Stimulus) -> Observation:
        return replace(honest(tree, one), result=str(next(drives)))

    world.drive = ScriptedDrive(changing)
    result = world.prove()
    assert isinstance(result.verdict, Proven)
    assert "changes from drive to drive" in result.gates[Gate.CONTROL].reason
    assert "cannot be compared" in result.gates[Gate.CONTROL_AGAIN].reason


def test_a_test_that_now_fails_is_a_regression(world: World) -> None:
    def fails(tree: Path, command: SandboxCommand) -> dict[str, str]:
        tests = honest_tests(tree, command)
        return dict.fromkeys(tests, "failed") if is_patched(tree) else tests

    world.target.tests = fails
    result = world.prove()
    assert isinstance(result.verdict, Regressed)
    assert result.verdict.failures == ("tests/test_a.py::test_a",)
    assert stopped_at(result) == (Gate.TESTS, GateOutcome.FAILED)


def test_a_bypass_of_another_spelling_is_found(world: World) -> None:
    def bypass(tree: Path, one: Stimulus) -> Observation:
        respelled = one.inputs[0].text == "F()"
        return seen(one.name, "effect") if respelled else honest(tree, one)

    world.drive = ScriptedDrive(bypass)
    world.options = ProveOptions(reattack_stimuli=200)
    result = world.prove()
    assert isinstance(result.verdict, StillExploitable)
    assert result.verdict.after == "call-upper-case"
    assert stopped_at(result) == (Gate.REATTACK, GateOutcome.FAILED)


def test_a_re_attack_that_cannot_be_judged_at_all_is_inconclusive(world: World) -> None:
    def mute(tree: Path, one: Stimulus) -> Observation:
        known = one.name in {"call", "import", "sum", "sum-again"} or "-round-" in one.name
        return honest(tree, one) if known else seen(one.name, reached=False)

    world.drive = ScriptedDrive(mute)
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert stopped_at(result) == (Gate.REATTACK, GateOutcome.INCONCLUSIVE)


@pytest.mark.parametrize(("reaching", "passes"), [(8, True), (7, False)])
def test_a_re_attack_needs_half_of_its_spellings_to_be_judged(
    world: World, reaching: int, *, passes: bool
) -> None:
    judged: set[str] = set()

    def door(tree: Path, one: Stimulus) -> Observation:
        known = one.name in {"call", "import", "sum", "sum-again"} or "-round-" in one.name
        if known:
            return honest(tree, one)
        if len(judged) < reaching:
            judged.add(one.name)
        # What the patch itself refuses, behind the entry point, is judged.
        refused = "ValueError: no" if one.name in judged else "404"
        return seen(one.name, reached=one.name in judged, error=refused)

    world.drive = ScriptedDrive(door)
    gate = next(one for one in world.prove().gates if one.gate is Gate.REATTACK)
    assert (gate.outcome is GateOutcome.PASSED) is passes
    if not passes:
        assert gate.reason == "only 7 of 16 respelled attacks could be judged"


def test_without_a_regression_test_nothing_is_proven(world: World) -> None:
    world.probes = None
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.regression_test is None
    assert stopped_at(result) == (Gate.REGRESSION_TEST, GateOutcome.INCONCLUSIVE)


def test_a_regression_test_that_passes_without_the_fix_proves_nothing(world: World) -> None:
    world.target.tests = lambda tree, command: dict.fromkeys(honest_tests(tree, command), "passed")
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert result.regression_test is None
    assert stopped_at(result) == (Gate.REGRESSION_TEST, GateOutcome.INCONCLUSIVE)


def test_a_regression_test_that_fails_with_the_fix_proves_nothing(world: World) -> None:
    def fails(tree: Path, command: SandboxCommand) -> dict[str, str]:
        new = "code_injection" in " ".join(command.argv)
        return dict.fromkeys(honest_tests(tree, command), "failed" if new else "passed")

    world.target.tests = fails
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert "does not pass with the fix" in result.gates[-1].evidence[0].text


def test_what_is_stored_can_be_read_back(world: World) -> None:
    request = world.request()
    setting = request.setting
    claim = Claim(finding=request.finding, witness=request.witness, weakness=request.weakness)
    ground = through(Baseline, baseline(setting))
    witnessed = through(Witnessing, witness_case(setting, claim, ground))
    assert isinstance(witnessed, Witnessed)
    assert witnessed.primary == "call"
    judgement = through(Judgement, judge_patch(setting, claim, PATCH, ground, witnessed))
    assert isinstance(judgement.verdict, Proven)
    verdict: Verdict = through(Verdict, judgement.verdict)
    assert verdict == judgement.verdict
    stopped = through(
        Witnessing,
        witness_case(
            replace(setting, drive=ScriptedDrive(lambda _tree, one: seen(one.name))), claim, ground
        ),
    )
    assert isinstance(stopped, NotWitnessed)


def through(kind: Any, value: Any) -> Any:
    """Return a value that went through JSON and came back equal."""
    adapter = TypeAdapter(kind)
    back = adapter.validate_python(json.loads(adapter.dump_json(value)))
    assert back == value
    return back


def test_two_proofs_of_one_case_are_the_same_but_for_time(world: World, tmp_path: Path) -> None:
    first = world.prove()
    again = world.prove()
    assert [replace(one, duration_ms=0) for one in first.gates] == [
        replace(one, duration_ms=0) for one in again.gates
    ]
    assert str(tmp_path) not in str(first)


def test_the_original_tree_is_only_read(world: World) -> None:
    world.prove()
    assert (world.root / "app.py").read_text() == APP
    assert sorted(path.name for path in world.root.rglob("*.py")) == ["app.py", "test_a.py"]


def test_the_author_and_the_judge_share_nothing_but_the_diff(world: World) -> None:
    world.prove()
    trees = {tree for tree, _ in world.drive.asked}
    assert world.root in trees
    assert all(tree == world.root or not tree.exists() for tree in trees)


def test_a_script_that_nobody_vouches_for_is_not_even_run(world: World) -> None:
    world.witness = replace(world.witness, script="def attack(canary): forge()")
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert "nobody vouches for this one" in result.verdict.reason
    assert result.status is FindingStatus.TRACED
    assert world.drive.asked == []
    world.witness = replace(world.witness, vouched=True)
    assert isinstance(world.prove().verdict, Proven)


def test_an_effect_that_the_set_up_of_a_driver_brings_about_shows_nothing(world: World) -> None:
    world.drive = ScriptedDrive(lambda _tree, one: seen(one.name, "effect"))
    world.witness = replace(world.witness, driver="def drive(value): ...")
    result = world.prove()
    assert isinstance(result.verdict, Inconclusive)
    assert "set-up shows the same without the attack" in result.verdict.reason
    assert stopped_at(result) == (Gate.RED, GateOutcome.INCONCLUSIVE)
