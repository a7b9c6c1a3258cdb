"""What single gates compare, apart from the ladder."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.environment import NoTests, TestPlan, TestRunner
from countermine.core.errors import EditConflictError
from countermine.core.findings import Finding, StepKind, TraceStep
from countermine.core.levels import Confidence
from countermine.core.patches import Edit, Patch, PatchOrigin, apply
from countermine.core.spans import Span, tree_path
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.core.weakness import WeaknessId
from countermine.core.witnesses import Stimulus, WitnessKind
from countermine.ports.sandbox import Bound, SandboxCommand, Stopped
from countermine.prove.gates.baseline import baseline
from countermine.prove.gates.builds import builds
from countermine.prove.gates.control_again import is_empty, shape, shorter
from countermine.prove.gates.detector import fresh, is_doubt, moved, sightings, still_fires
from countermine.prove.gates.tests import compare
from countermine.prove.gates.tests import tests as run_gate_8
from countermine.prove.inside import check_modules
from countermine.prove.module_names import module_name
from countermine.prove.records import (
    Baseline,
    BaselineTests,
    Claim,
    ControlRecord,
    ModuleCheck,
    TestOutcome,
    TestRecord,
    UnusableTests,
    UsableTests,
    Witnessed,
)
from countermine.prove.setting import Setting
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.prove.target_tests.results import TestRun
from countermine.prove.target_tests.twice import compare as compare_baseline
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    Reply,
    ScriptedSandbox,
    ScriptedTarget,
    adding,
    exited,
    own_environment,
    rewrite,
    setting_for,
    stream,
    weakness,
    witness_for,
    write_tree,
)

APP = "def view(text):\n    return eval(text)\n"
FINDING = finding_at("app.py", APP.encode(), b"eval(text)")
PATCH = rewrite("app.py", APP.encode(), "eval(text)", "int(text)")
GROUND = Baseline(
    gate=GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="fine"),
    tests=UsableTests(stable=("a", "b"), flaky=("f",), failing=(), cut=False, plain=False),
    sightings=(),
)


def run_of(
    outcomes: dict[str, str], *, stopped: Bound | None = None, trouble: str | None = None
) -> TestRun:
    return TestRun(
        records=tuple(
            TestRecord(id=name, outcome=TestOutcome(outcome), detail=f"{name} said")
            for name, outcome in sorted(outcomes.items())
        ),
        collection_errors=(),
        stopped=stopped,
        trouble=trouble,
        exit_code=None if stopped else 0,
        output="output",
    )


def trial_of(
    tmp_path: Path, setting: Setting, *, patch: Patch = PATCH, ground: Baseline = GROUND
) -> Trial:
    return Trial(
        setting=setting,
        environment=own_environment(),
        claim=Claim(finding=FINDING, witness=witness_for(FINDING), weakness=weakness()),
        patch=patch,
        ground=ground,
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=tmp_path / "original",
        patched=tmp_path / "patched",
    )


def scripted(tmp_path: Path, target: ScriptedTarget) -> Trial:
    write_tree(tmp_path / "original", {"app.py": APP})
    write_tree(tmp_path / "patched", {"app.py": APP.replace("eval", "int")})
    setting = setting_for(tmp_path / "original", sandbox=ScriptedSandbox(target.reply))
    return trial_of(tmp_path, setting)


# Gate 0


def baseline_of(tmp_path: Path, *replies: Reply) -> tuple[Passed, BaselineTests, ScriptedSandbox]:
    write_tree(tmp_path, {"app.py": APP})
    left = list(replies)
    sandbox = ScriptedSandbox(lambda _command, _tree: left.pop(0))
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
    setting = setting_for(tmp_path, environment=own_environment(plan), sandbox=sandbox)
    step, seen = baseline(setting)
    assert isinstance(step, Passed)
    return step, seen, sandbox


def test_tests_that_differ_between_two_runs_are_set_aside_by_name(tmp_path: Path) -> None:
    first = exited(1), stream({"a": "passed", "b": "passed", "c": "failed", "gone": "passed"})
    second = exited(1), stream({"a": "passed", "b": "failed", "c": "failed", "new": "passed"})
    step, seen, _ = baseline_of(tmp_path, first, second)
    assert seen == UsableTests(
        stable=("a",), flaky=("b", "gone", "new"), failing=("c",), cut=False, plain=False
    )
    assert step.reason == "1 test passes twice, 3 flaky set aside (b, gone, new), 1 do not pass"
    assert [one.title for one in step.evidence] == [
        "sandbox",
        "flaky tests, set aside",
        "tests that do not pass",
    ]


def test_a_run_cut_at_the_time_bound_keeps_what_ran_twice(tmp_path: Path) -> None:
    cut = Stopped(bound=Bound.WALL, stdout=b"", stderr=b"", duration_ms=1)
    first = cut, stream({"a": "passed", "b": "passed", "c": "passed"}, end=False)
    second = cut, stream({"a": "passed", "b": "failed"}, end=False)
    step, seen, _ = baseline_of(tmp_path, first, second)
    assert seen == UsableTests(stable=("a",), flaky=("b",), failing=(), cut=True, plain=False)
    assert "the tests behind it are unknown" in step.reason


def ways_of(tmp_path: Path, *replies: Reply) -> tuple[BaselineTests, ScriptedSandbox]:
    """Return gate 0 of a target whose tests may be run in three ways."""
    write_tree(tmp_path, {"app.py": APP})
    left = list(replies)
    sandbox = ScriptedSandbox(lambda _command, _tree: left.pop(0))
    first, *others = WAYS
    environment = replace(own_environment(first), other_tests=tuple(others))
    _, seen = baseline(setting_for(tmp_path, environment=environment, sandbox=sandbox))
    return seen, sandbox


WAYS = tuple(
    TestPlan(runner=TestRunner.SCRIPT, arguments=(name,))
    for name in ("one.py", "two.py", "three.py")
)
NONE_PASSES: Reply = exited(1), stream({"a": "failed"})


def test_the_next_way_to_run_the_tests_is_taken_where_none_passes_in_the_first(
    tmp_path: Path,
) -> None:
    good = exited(), stream({"a": "passed"})
    seen, sandbox = ways_of(tmp_path, NONE_PASSES, NONE_PASSES, good, good)
    assert isinstance(seen, UsableTests)
    assert seen.plan == WAYS[1]
    assert seen.stable == ("a",)
    assert [one.argv[-1] for one in sandbox.commands] == ["one.py", "one.py", "two.py", "two.py"]


def test_of_ways_in_which_most_tests_fail_the_one_with_most_that_pass_is_taken(
    tmp_path: Path,
) -> None:
    few = exited(1), stream({"a": "passed", "b": "failed", "c": "failed"})
    more = (
        exited(1),
        stream({"a": "passed", "b": "passed", "c": "failed", "d": "failed", "e": "failed"}),
    )
    seen, _ = ways_of(tmp_path, few, few, more, more, NONE_PASSES, NONE_PASSES)
    assert isinstance(seen, UsableTests)
    assert (seen.plan, seen.stable) == (WAYS[1], ("a", "b"))


def test_where_no_way_gives_a_test_that_passes_the_first_says_why(tmp_path: Path) -> None:
    seen, sandbox = ways_of(tmp_path, *[NONE_PASSES] * 4, *[(exited(5), stream({}))] * 2)
    assert seen == UnusableTests(reason="none of 1 tests passes")
    assert len(sandbox.commands) == 6


def test_a_way_in_which_most_tests_pass_is_not_compared_with_others(tmp_path: Path) -> None:
    good = exited(1), stream({"a": "passed", "b": "failed"})
    seen, sandbox = ways_of(tmp_path, good, good)
    assert isinstance(seen, UsableTests)
    assert seen.plan is None
    assert len(sandbox.commands) == 2


def test_variables_of_the_project_reach_its_tests_and_ours_stay(tmp_path: Path) -> None:
    told = (("HOME", "/"), ("LD_PRELOAD", "x.so"), ("MODE", "fast"), ("PYTHONPATH", "lib"))
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",), env=told)
    write_tree(tmp_path, {"app.py": APP})
    sandbox = ScriptedSandbox(lambda _command, _tree: (exited(), stream({"a": "passed"})))
    baseline(setting_for(tmp_path, environment=own_environment(plan), sandbox=sandbox))
    env = sandbox.commands[0].env
    assert (env["HOME"], env["MODE"]) == ("/tmp", "fast")
    assert env["PYTHONPATH"].endswith(":/target/.:lib") or env["PYTHONPATH"].endswith(":lib")
    assert "LD_PRELOAD" not in env
    assert env["GIT_AUTHOR_NAME"]


def test_options_of_the_target_that_cannot_be_used_are_left_out(tmp_path: Path) -> None:
    bad = exited(4, stderr=b"error: unrecognized arguments: --cov"), b""
    good = exited(), stream({"a": "passed"})
    step, seen, sandbox = baseline_of(tmp_path, bad, bad, good, good)
    assert isinstance(seen, UsableTests)
    assert seen.plain
    assert "without the options of the target's own configuration" in step.reason
    assert ["addopts=" in one.argv for one in sandbox.commands] == [False, False, True, True]


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        (
            [(exited(1, stderr=b"No module named pytest"), b"")] * 4,
            (
                "the test runner ended with exit code 1 before its closing record; "
                "it last said 'No module named pytest'"
            ),
        ),
        ([(exited(5), stream({}))] * 4, "no test was found"),
        ([(exited(1), stream({"a": "failed", "b": "error"}))] * 4, "none of 2 tests passes"),
        (
            [(Stopped(bound=Bound.WALL, stdout=b"", stderr=b"", duration_ms=1), b"")] * 4,
            "no test passed before the wall bound",
        ),
        (
            [(exited(0), stream({"a": "failed", "b": "passed"}))] * 4,
            "the test runner exits with 0 although a failed",
        ),
        (
            [(exited(0), stream({"a": "passed"})), (exited(3), stream({"a": "passed"}))] * 2,
            "in one of two runs, the test runner exits with 3 although no test failed",
        ),
        (
            [
                (exited(1), stream({"a": "passed", "b": "failed"})),
                (exited(1), stream({"a": "failed", "b": "passed"})),
            ],
            "no test passes twice in a row",
        ),
    ],
)
def test_tests_that_say_nothing_do_not_stop_the_ladder_but_are_shown(
    tmp_path: Path, replies: list[Reply], reason: str
) -> None:
    step, seen, _ = baseline_of(tmp_path, *replies)
    assert seen == UnusableTests(reason=reason)
    assert isinstance(step, Passed)
    assert not step.applicable
    assert step.reason == f"the target has no usable tests: {reason}"


def test_a_target_without_tests_is_recorded_as_such(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": APP})
    environment = own_environment(NoTests(reason="it has no folder of tests"))
    step, seen = baseline(setting_for(tmp_path, environment=environment))
    assert seen == UnusableTests(reason="it has no folder of tests")
    assert not step.applicable


def test_a_sandbox_that_does_not_isolate_is_said(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": APP})
    sandbox = ScriptedSandbox(ScriptedTarget().reply, name="unsafe-process", isolated=False)
    step, _ = baseline(setting_for(tmp_path, environment=own_environment(), sandbox=sandbox))
    assert step.reason.endswith("; run WITHOUT isolation from this machine")
    assert step.evidence[0].text == "unsafe-process, NOT isolated from this machine"


def test_missing_requirements_are_said(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": APP})
    environment = replace(own_environment(), missing=("lxml: no wheel",))
    step, _ = baseline(setting_for(tmp_path, environment=environment))
    assert [one.text for one in step.evidence if "missing" in one.title] == ["lxml: no wheel"]


outcomes = st.dictionaries(
    st.sampled_from("abcdef"), st.sampled_from([one.value for one in TestOutcome]), min_size=1
)


@given(outcomes, outcomes)
def test_a_test_is_in_one_group_at_most(first: dict[str, str], second: dict[str, str]) -> None:
    seen = compare_baseline(run_of(first), run_of(second), plain=False)
    if isinstance(seen, UsableTests):
        groups = [*seen.stable, *seen.flaky, *seen.failing]
        assert len(groups) == len(set(groups))
        assert set(groups) == first.keys() | second.keys()


# Gate 4


def test_a_module_that_can_no_longer_be_imported_is_refused(tmp_path: Path) -> None:
    def check(tree: Path, _path: str) -> dict[str, object]:
        return {"error": "ImportError: no x"} if tree.name == "patched" else {}

    step = builds(scripted(tmp_path, ScriptedTarget(check=check)))
    assert isinstance(step, Broken)
    assert step.failures == ("app.py can no longer be imported: ImportError: no x",)


def test_an_object_that_loads_itself_when_it_is_asked_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lazy_settings.py").write_text(
        "class Lazy:\n    @property\n    def __class__(self):\n        raise RuntimeError()\n"
        "settings = Lazy()\ndef view():\n    return settings\n"
    )
    script = Path(check_modules.__file__)
    request = json.dumps([["lazy_settings.py", "lazy_settings"]])
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out.json"), request],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    (told,) = json.loads((tmp_path / "out.json").read_text())
    assert (told["error"], told["names"]) == (None, ["Lazy", "view"])


BESIDE = (
    b"def view(text):\n    reader = make()\n    reader.set(True)\n    return reader.read(text)\n"
)
LEFT_OUT = rewrite("app.py", BESIDE, "    reader.set(True)\n", "")
WRITTEN_ANEW = rewrite("app.py", BESIDE, "make()\n    reader.set(True)", "make()")


@pytest.mark.parametrize(
    ("patch", "change", "doubt"),
    [
        (LEFT_OUT, {}, True),
        (LEFT_OUT, {"confidence": Confidence.MEDIUM}, False),
        (LEFT_OUT, {"function": "other"}, False),
        (LEFT_OUT, {"weakness": WeaknessId("sql-injection")}, False),
        (WRITTEN_ANEW, {}, False),
        (adding("app.py", "reader = make()\n"), {}, False),
    ],
)
def test_a_call_that_the_patch_left_alone_may_be_a_doubt(
    patch: Patch,
    change: dict[str, Any],
    doubt: bool,  # noqa: FBT001 - a case
) -> None:
    finding = finding_at("app.py", BESIDE, b"reader.read(text)")
    after = BESIDE.replace(b"    reader.set(True)\n", b"")
    other = replace(finding_at("app.py", after, b"make()"), confidence=Confidence.LOW)
    assert is_doubt(finding, patch, replace(other, **change)) is doubt


def test_a_module_that_never_could_be_imported_may_stay_so(tmp_path: Path) -> None:
    target = ScriptedTarget(check=lambda _tree, _path: {"error": "ImportError: no x"})
    step = builds(scripted(tmp_path, target))
    assert isinstance(step, Passed)
    assert step.evidence[0].text == "app.py: ImportError: no x"


def test_a_module_that_fails_otherwise_than_before_is_refused(tmp_path: Path) -> None:
    def check(tree: Path, _path: str) -> dict[str, object]:
        kind = "NameError" if tree.name == "patched" else "ImportError"
        return {"error": f"{kind}: no x"}

    step = builds(scripted(tmp_path, ScriptedTarget(check=check)))
    assert isinstance(step, Broken)
    assert step.failures == ("importing app.py now fails otherwise: NameError: no x",)


def test_a_module_that_now_can_be_imported_is_fine(tmp_path: Path) -> None:
    def check(tree: Path, _path: str) -> dict[str, object]:
        return {} if tree.name == "patched" else {"error": "ImportError: no x"}

    assert isinstance(builds(scripted(tmp_path, ScriptedTarget(check=check))), Passed)


def test_what_was_imported_at_baseline_is_not_imported_again(tmp_path: Path) -> None:
    trial = scripted(tmp_path, ScriptedTarget())
    known = ModuleCheck(path="app.py", syntax=None, error=None, names=())
    trial = replace(trial, ground=replace(GROUND, modules=(known,)))
    assert isinstance(builds(trial), Passed)
    sandbox = trial.setting.sandbox
    assert isinstance(sandbox, ScriptedSandbox)
    assert len(sandbox.commands) == 1


def test_a_patch_is_not_blamed_for_what_only_shows_when_a_file_is_imported_alone(
    tmp_path: Path,
) -> None:
    target = ScriptedTarget(check=lambda _tree, _path: {"error": "ImportError: no x"})
    trial = scripted(tmp_path, target)
    together = ModuleCheck(path="app.py", syntax=None, error=None, names=("export",))
    trial = replace(trial, ground=replace(GROUND, modules=(together,)))
    assert isinstance(builds(trial), Passed)


def test_a_patch_that_deletes_a_function_is_refused(tmp_path: Path) -> None:
    def check(tree: Path, _path: str) -> dict[str, object]:
        return {"names": ["view"] if tree.name == "patched" else ["export", "view"]}

    step = builds(scripted(tmp_path, ScriptedTarget(check=check)))
    assert isinstance(step, Broken)
    assert step.failures == ("app.py no longer defines export",)


def test_a_new_file_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    trial = replace(scripted(tmp_path, ScriptedTarget()), patch=adding("new.py", "X = 1\n"))
    step = builds(trial)
    assert isinstance(step, Passed)
    assert len(trial.setting.sandbox.commands) == 1


def test_a_patch_of_no_python_file_builds_nothing(tmp_path: Path) -> None:
    step = builds(replace(scripted(tmp_path, ScriptedTarget()), patch=adding("a.html", "x")))
    assert isinstance(step, Passed)
    assert not step.applicable


def builds_with(tmp_path: Path, before: Reply, after: Reply) -> Step:
    replies = {"original": before, "patched": after}
    trial = scripted(tmp_path, ScriptedTarget())
    sandbox = ScriptedSandbox(lambda _command, tree: replies[tree.name])
    return builds(replace(trial, setting=replace(trial.setting, sandbox=sandbox)))


CHECKED = (
    exited(),
    json.dumps([{"path": "app.py", "syntax": None, "error": None, "names": []}]).encode(),
)


def test_an_import_that_ends_the_process_is_the_patchs_doing(tmp_path: Path) -> None:
    dead = exited(9, stderr=b"line\nAborted"), b""
    step = builds_with(tmp_path, CHECKED, dead)
    assert isinstance(step, Broken)
    assert step.reason == (
        "importing the patched files: the imports ended with exit code 9: Aborted"
    )


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ((exited(9), b""), CHECKED, "on the unpatched tree, the imports ended with exit code 9"),
        (
            CHECKED,
            (Stopped(bound=Bound.WALL, stdout=b"", stderr=b"", duration_ms=1), b""),
            "on the patched tree, the imports were stopped at the wall bound",
        ),
        (
            (exited(0), b"[{}]"),
            CHECKED,
            "on the unpatched tree, the imports ended with exit code 0",
        ),
    ],
)
def test_a_check_that_did_not_end_is_trouble_of_our_own(
    tmp_path: Path, before: Any, after: Any, reason: str
) -> None:
    step = builds_with(tmp_path, before, after)
    assert isinstance(step, Unsettled)
    assert step.reason == reason


@pytest.mark.parametrize(
    ("path", "roots", "name"),
    [
        ("pkg/a.py", (".",), "pkg.a"),
        ("pkg/__init__.py", (".",), "pkg"),
        ("src/pkg/a.py", (".", "src"), "pkg.a"),
        ("a.py", ("src",), None),
        ("my-script.py", (".",), None),
        ("pkg/__main__.py", (".",), None),
        ("__init__.py", (".",), None),
    ],
)
def test_a_module_is_imported_by_its_name_below_the_nearest_root(
    path: str, roots: tuple[str, ...], name: str
) -> None:
    environment = replace(own_environment(), import_roots=roots)
    assert module_name(tree_path(path), environment) == name


# Gate 5


TWICE = "def view(text):\n    eval(text)\n    eval(text)\n"


def at(start: int, fingerprint: str) -> Finding:
    span = Span(path=tree_path("app.py"), start_byte=start, end_byte=start + 10)
    return replace(FINDING, location=span, fingerprint=fingerprint)


FIRST, SECOND = at(TWICE.index("eval"), "f0"), at(TWICE.rindex("eval"), "f1")


def test_the_second_of_two_sinks_may_take_the_number_of_the_first() -> None:
    patch = rewrite("app.py", TWICE.encode(), "eval(text)\n    eval", "int(text)\n    eval")
    left = at(TWICE.rindex("eval") - 1, "f0")
    assert not still_fires(FIRST, patch, sightings([FIRST, SECOND]), [left])
    assert fresh(sightings([FIRST, SECOND]), sightings([left])) == []


def test_a_sink_that_still_stands_at_its_place_fires() -> None:
    patch = rewrite("app.py", TWICE.encode(), "def view", "def  view")
    there = at(TWICE.index("eval") + 1, "f0")
    assert still_fires(FIRST, patch, sightings([FIRST, SECOND]), [there])


def test_a_sink_fires_that_took_another_number_when_the_patch_ended_the_one_before() -> None:
    patch = rewrite("app.py", TWICE.encode(), "eval(text)\n    eval", "int(text)\n    eval")
    left = at(TWICE.rindex("eval") - 1, "f0")
    assert still_fires(SECOND, patch, sightings([FIRST, SECOND]), [left])


def test_a_sink_whose_number_is_gone_does_not_fire() -> None:
    edit = Edit(span=SECOND.location, before="eval(text)", after="int(text)")
    patch = replace(PATCH, edits=(edit,))
    assert not still_fires(SECOND, patch, sightings([FIRST, SECOND]), [FIRST])


def way(start: int, function: str, fingerprint: str) -> Finding:
    """Return a finding at a sink that several functions use."""
    step = TraceStep(
        kind=StepKind.CALL,
        span=Span(path=tree_path("clone.py"), start_byte=start, end_byte=start + 9),
        function=function,
        note="passed to run",
    )
    return replace(FIRST, fingerprint=fingerprint, trace=(step,))


HG, GIT = way(10, "Hg.obtain", "f0"), way(50, "Git.obtain", "f1")
OF_HG = replace(
    PATCH,
    edits=(
        Edit(
            span=Span(path=tree_path("clone.py"), start_byte=12, end_byte=15),
            before="url",
            after="checked(url)",
        ),
    ),
)


def test_one_of_several_ways_to_a_sink_may_be_closed() -> None:
    left = replace(way(59, "Git.obtain", "f0"), location=FIRST.location)
    assert not still_fires(HG, OF_HG, sightings([HG, GIT]), [left])


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([HG, GIT], id="both are there"),
        pytest.param([HG], id="another one is gone"),
        pytest.param([replace(GIT, trace=(*HG.trace, *GIT.trace))], id="it comes that way"),
    ],
)
def test_a_way_that_is_left_fires(after: list[Finding]) -> None:
    assert still_fires(HG, OF_HG, sightings([HG, GIT]), after)


def test_an_only_way_that_is_found_again_by_another_fires() -> None:
    assert still_fires(HG, OF_HG, sightings([HG]), [GIT])


def test_a_sink_that_moved_and_kept_its_fingerprint_fires() -> None:
    assert still_fires(FIRST, PATCH, sightings([FIRST]), [at(500, "f0")])


@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 6), st.text("xyz", max_size=8)), max_size=4
    ),
)
def test_a_place_that_no_edit_touches_moves_with_its_text(
    before: Any, length: int, edits: list[tuple[int, int, str]]
) -> None:
    text = "".join(chr(97 + number % 26) for number in range(60)) + "MARK" + "q" * 40
    span = Span(path=tree_path("a.py"), start_byte=60, end_byte=64)
    made = tuple(
        Edit(
            span=Span(path=tree_path("a.py"), start_byte=start, end_byte=min(start + size, 60)),
            before=text[start : min(start + size, 60)],
            after=after,
        )
        for start, size, after in edits
    )
    try:
        patch = Patch(edits=made, origin=PatchOrigin.PERSON, author="x", summary="x")
    except (ValueError, EditConflictError):
        return
    patched = apply(patch, {tree_path("a.py"): text.encode()})[tree_path("a.py")]
    place = moved(span, patch)
    assert patched[place.start_byte : place.end_byte] == b"MARK"
    assert before + length >= 0


def test_a_place_that_is_replaced_lies_where_its_replacement_does() -> None:
    place = moved(FINDING.location, PATCH)
    patched = apply(PATCH, {tree_path("app.py"): APP.encode()})[tree_path("app.py")]
    assert patched[place.start_byte : place.end_byte] == b"int(text)"


def test_an_edit_of_another_file_moves_nothing() -> None:
    assert moved(FINDING.location, rewrite("b.py", b"abc", "b", "bbb")) == FINDING.location


# Gate 7


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'d41d8cd98f00b204e9800998ecf8427e'", "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4'"),
        ("b'\\x00\\xff'", "b'\\x01\\xfe\\x03'"),
        ("{'code': 'QX7Y2ABC'}", "{'code': 'ABCD2345'}"),
        ("{'code': 'QX7Y2ABC'}", "{'code': 'QXKYZABC'}"),
        ("482913", "118274"),
    ],
)
def test_digests_and_tokens_may_change_when_they_are_the_flaw(before: Any, after: Any) -> None:
    assert shape(WitnessKind.STRUCTURAL, before) == shape(WitnessKind.STRUCTURAL, after)
    assert shape(WitnessKind.EFFECT, before) != shape(WitnessKind.EFFECT, after)


@pytest.mark.parametrize("after", ["None", "''", "{'error': 'no'}", None])
def test_the_form_around_them_may_not(after: Any) -> None:
    before = "{'token': 'd41d8cd98f00b204e9800998ecf8427e'}"
    assert shape(WitnessKind.STRUCTURAL, before) != shape(WitnessKind.STRUCTURAL, after)


@pytest.mark.parametrize(
    ("after", "weaker"),
    [
        ("'5d41402abc4b2a76b9719d911017c592'", False),
        ("'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'", False),
        ("'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='", False),
        ("'2cf24dba5fb0a30e26e83b2a'", False),
        ("'2cf24dba'", True),
        ("'2cf24dba5fb0a30e'", True),
    ],
)
def test_a_value_that_lost_a_third_of_its_length_is_weaker(after: str, weaker: bool) -> None:  # noqa: FBT001 - a case
    assert shorter("'5d41402abc4b2a76b9719d911017c592'", after) is weaker


def test_codes_and_numbers_may_be_shorter() -> None:
    assert not shorter("'24CS93V8YP'", "'24CS'")
    assert not shorter("123456", "7")
    assert not shorter(None, "'2cf24dba'")


# Gate 8


def known(**changes: object) -> UsableTests:
    return replace(GROUND.tests, **changes)


def test_tests_that_pass_as_before_pass_the_gate() -> None:
    step = compare(known(), run_of({"a": "passed", "b": "xpassed", "f": "failed", "new": "failed"}))
    assert isinstance(step, Passed)
    assert step.reason == "all 2 tests that passed at baseline still pass; 1 flaky set aside"


@pytest.mark.parametrize("outcome", ["failed", "error", "skipped", "xfailed"])
def test_any_test_that_no_longer_passes_is_a_regression(outcome: GateOutcome) -> None:
    step = compare(known(), run_of({"a": "passed", "b": outcome}))
    assert isinstance(step, Broken)
    assert step.failures == ("b",)
    assert step.reason == "b passed at baseline and now fails"
    assert step.evidence[0].text == "b said"


def test_a_test_that_is_gone_is_a_regression() -> None:
    run = replace(
        run_of({"a": "passed"}),
        collection_errors=(
            TestRecord(id="tests/test_b.py", outcome=TestOutcome.ERROR, detail="ImportError"),
        ),
    )
    step = compare(known(), run)
    assert isinstance(step, Broken)
    assert step.failures == ("b",)
    assert step.evidence[-1].text == "tests/test_b.py: ImportError"


def test_results_that_cannot_be_believed_are_inconclusive() -> None:
    step = compare(known(), run_of({"a": "passed", "b": "passed"}, trouble="exits with 3"))
    assert isinstance(step, Unsettled)
    assert step.reason == "exits with 3"


def test_a_runner_that_dies_is_inconclusive_unless_a_test_failed() -> None:
    assert isinstance(compare(known(), run_of({}, trouble="died")), Unsettled)
    assert isinstance(compare(known(), run_of({"a": "failed"}, trouble="died")), Broken)


def test_a_run_that_is_stopped_where_the_baseline_was_not_is_inconclusive() -> None:
    step = compare(known(), run_of({"a": "passed"}, stopped=Bound.WALL))
    assert isinstance(step, Unsettled)
    assert step.reason == "stopped at the wall bound before 1 tests had run"


def test_a_run_that_is_stopped_where_the_baseline_was_too_counts_what_ran() -> None:
    names = [f"t{number}" for number in range(10)]
    ground = known(cut=True, stable=tuple(names))
    step = compare(ground, run_of(dict.fromkeys(names[1:], "passed"), stopped=Bound.WALL))
    assert isinstance(step, Passed)
    assert "1 were not reached before the time bound" in step.reason
    step = compare(ground, run_of(dict.fromkeys(names[2:], "passed"), stopped=Bound.WALL))
    assert isinstance(step, Unsettled)
    assert step.reason == "only 8 of 10 tests that passed at baseline ran before the time bound"


def test_a_stopped_run_in_which_nothing_ran_is_inconclusive() -> None:
    assert isinstance(compare(known(cut=True), run_of({}, stopped=Bound.WALL)), Unsettled)


def test_a_target_without_usable_tests_passes_by_not_applying(tmp_path: Path) -> None:
    ground = replace(GROUND, tests=UnusableTests(reason="none"))
    step, _ = run_gate_8(trial_of(tmp_path, setting_for(tmp_path), ground=ground))
    assert isinstance(step, Passed)
    assert not step.applicable


@pytest.mark.parametrize(
    ("weakness", "sink", "settled"),
    [
        ("unsafe-deserialization", "pickle.loads", False),
        ("unsafe-deserialization", "yaml.load", True),
        ("code-injection", "eval", True),
    ],
)
def test_without_tests_nothing_says_what_is_pickled(
    tmp_path: Path,
    weakness: str,
    sink: str,
    settled: bool,  # noqa: FBT001 - a case
) -> None:
    ground = replace(GROUND, tests=UnusableTests(reason="none"))
    trial = trial_of(tmp_path, setting_for(tmp_path), ground=ground)
    witness = replace(trial.claim.witness, weakness=WeaknessId(weakness), sink=sink)
    step, _ = run_gate_8(replace(trial, claim=replace(trial.claim, witness=witness)))
    assert isinstance(step, Passed) is settled


@pytest.mark.parametrize(
    ("result", "empty"),
    [("with alternative 2\n[]", True), ("with alternative 1\n['a']", False), ("[]", False)],
)
def test_an_empty_document_is_known_as_one(
    tmp_path: Path,
    result: str,
    empty: bool,  # noqa: FBT001 - a case
) -> None:
    witness = trial_of(tmp_path, setting_for(tmp_path)).claim.witness
    value = replace(witness.attacks[0].inputs[0], alternatives=('["a"]\n', "[]\n"))
    control = Stimulus(name="plain", inputs=(value,))
    record = ControlRecord(name="plain", result=result, comparable=True)
    assert is_empty(replace(witness, controls=(control,)), record) is empty


def test_an_environment_that_forgot_its_tests_is_inconclusive(tmp_path: Path) -> None:
    trial = trial_of(tmp_path, setting_for(tmp_path))
    environment = own_environment(NoTests(reason="gone"))
    assert isinstance(run_gate_8(replace(trial, environment=environment))[0], Unsettled)


def test_a_command_is_run_as_the_user_wrote_it(tmp_path: Path) -> None:
    plan = TestPlan(runner=TestRunner.COMMAND, arguments=("make", "test"))
    write_tree(tmp_path / "patched", {"app.py": APP})
    seen: list[SandboxCommand] = []

    def reply(command: SandboxCommand, _tree: Path) -> Reply:
        seen.append(command)
        return exited(), b""

    ground = replace(GROUND, tests=known(stable=("command",)))
    setting = setting_for(tmp_path, sandbox=ScriptedSandbox(reply))
    trial = trial_of(tmp_path, setting, ground=ground)
    step, _ = run_gate_8(replace(trial, environment=own_environment(plan)))
    assert isinstance(step, Passed)
    assert seen[0].argv[-2:] == ("make", "test")
