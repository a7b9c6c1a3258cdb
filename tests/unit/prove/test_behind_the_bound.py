"""Where a suite was cut at its time bound, the tests that name the patched file are run alone."""

from pathlib import Path

import pytest

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.ports.sandbox import SandboxCommand
from countermine.prove.gates.tests import tests as run_gate_8
from countermine.prove.records import Baseline, Claim, UsableTests, Witnessed
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.prove.target_tests.choosing import of_files
from countermine.prove.target_tests.naming import naming
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    Reply,
    ScriptedSandbox,
    exited,
    own_environment,
    rewrite,
    setting_for,
    stream,
    weakness,
    witness_for,
    write_tree,
)

CODE = b"def view(text):\n    return eval(text)\n"
PYTEST = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
UNITTEST = TestPlan(runner=TestRunner.UNITTEST, arguments=("tests",))
COMMAND = TestPlan(runner=TestRunner.COMMAND, arguments=("make", "test"))
DJANGO = TestPlan(runner=TestRunner.SCRIPT, arguments=("-m", "django", "test", "--settings=x.y"))
LATE = ("tests/test_late.py", "tests.test_late")
FILES = {
    "app.py": CODE.decode(),
    "tests/test_early.py": "import other\n",
    "tests/test_late.py": "from app import view\ndef test_late(): ...\n",
}


def gate_8(
    tmp_path: Path,
    before: str,
    now: str,
    *,
    cut: bool = True,
    ends: int = 0,
    plan: TestPlan = PYTEST,
    called: str = "late",
) -> tuple[Step, list[str]]:
    """Run gate 8 of a suite whose late test file may stand behind the bound."""
    write_tree(tmp_path / "original", FILES)
    write_tree(tmp_path / "patched", FILES | {"app.py": "changed"})
    ran: list[str] = []

    def reply(command: SandboxCommand, tree: Path) -> Reply:
        patched = (tree / "app.py").read_text() == "changed"
        if command.argv[-1] not in LATE:
            ran.append("all")
            return exited(0), stream({"early": "passed"})
        ran.append("late now" if patched else "late before")
        outcome = now if patched else before
        return exited(ends or int(outcome == "failed")), stream(
            {} if outcome == "gone" else {called: outcome}
        )

    finding = finding_at("app.py", CODE, b"eval(text)")
    gate = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="fine")
    known = UsableTests(stable=("early",), flaky=(), failing=(), cut=cut, plain=False, plan=plan)
    trial = Trial(
        setting=setting_for(tmp_path / "original", sandbox=ScriptedSandbox(reply)),
        environment=own_environment(),
        claim=Claim(finding=finding, witness=witness_for(finding), weakness=weakness()),
        patch=rewrite("app.py", CODE, "eval(text)", "int(text)"),
        ground=Baseline(gate=gate, tests=known, sightings=()),
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=tmp_path / "original",
        patched=tmp_path / "patched",
    )
    return run_gate_8(trial)[0], ran


def test_a_patch_that_breaks_a_test_behind_the_bound_is_refused(tmp_path: Path) -> None:
    step, ran = gate_8(tmp_path, "passed", "failed")
    assert isinstance(step, Broken)
    assert "late" in step.reason
    assert ran == ["late before", "late now", "late now"], "it fails twice before that counts"


def test_what_passes_behind_the_bound_does_not_stand_for_the_rest(tmp_path: Path) -> None:
    step, ran = gate_8(tmp_path, "passed", "passed")
    assert isinstance(step, Passed)
    assert ran == ["late before", "late now", "all"]


def test_what_fails_on_both_trees_says_nothing(tmp_path: Path) -> None:
    step, _ = gate_8(tmp_path, "failed", "failed")
    assert isinstance(step, Passed)


def test_a_test_that_is_gone_leaves_it_open(tmp_path: Path) -> None:
    step, _ = gate_8(tmp_path, "passed", "gone")
    assert isinstance(step, Unsettled)


def test_results_that_do_not_agree_with_how_the_run_ended_leave_it_open(tmp_path: Path) -> None:
    step, ran = gate_8(tmp_path, "passed", "passed", ends=1)
    assert isinstance(step, Unsettled)
    assert ran == ["late before", "late now"]


def test_a_suite_that_was_not_cut_runs_once(tmp_path: Path) -> None:
    _, ran = gate_8(tmp_path, "passed", "failed", cut=False)
    assert ran == ["all"]


def test_tests_that_cannot_be_chosen_leave_it_open(tmp_path: Path) -> None:
    step, _ = gate_8(tmp_path, "passed", "passed", plan=COMMAND)
    assert isinstance(step, Unsettled)


@pytest.mark.parametrize(
    ("plan", "called"), [(DJANGO, "tests.test_late.Case.test_late"), (UNITTEST, "test_late.Case.x")]
)
def test_a_few_files_are_run_by_djangos_runner_and_by_unittest_too(
    tmp_path: Path, plan: TestPlan, called: str
) -> None:
    for now, expected in (("passed", Passed), ("failed", Broken)):
        step, ran = gate_8(tmp_path / now, "passed", now, plan=plan, called=called)
        assert isinstance(step, expected)
        assert ran[:2] == ["late before", "late now"]


@pytest.mark.parametrize("plan", [DJANGO, UNITTEST])
def test_a_file_that_cannot_be_loaded_alone_leaves_it_open(tmp_path: Path, plan: TestPlan) -> None:
    step, _ = gate_8(tmp_path, "passed", "passed", plan=plan, called="elsewhere.Case.test_x")
    assert isinstance(step, Unsettled)
    assert "tests/test_late.py cannot be run alone" in step.reason


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("-m", "django", "test"), ("-m", "django", "test", "site.shop.tests")),
        (("site/manage.py", "test", "--x"), ("site/manage.py", "test", "--x", "shop.tests")),
        (("-m", "django", "test", "one.label"), None),
        (("runtests.py",), None),
        (("other/manage.py", "test"), None),
    ],
)
def test_djangos_runner_is_told_modules(
    tmp_path: Path, words: tuple[str, ...], names: tuple[str, ...] | None
) -> None:
    plan = TestPlan(runner=TestRunner.SCRIPT, arguments=words)
    few = of_files(plan, ("site/shop/tests.py",), tmp_path)
    assert (few and few.arguments) == names


@pytest.mark.parametrize(
    ("patched", "found"),
    [
        ("pkg/app.py", ("pkg/tests.py", "pkg/tests/app_test.py", "tests/test_late.py")),
        ("pkg/__init__.py", ("tests/test_whole.py",)),
        ("pkg/nothing.py", ()),
    ],
)
def test_test_files_are_told_by_the_module_that_they_name(
    tmp_path: Path, patched: str, found: tuple[str, ...]
) -> None:
    write_tree(
        tmp_path,
        {
            "pkg/tests.py": "from . import app\n",
            "pkg/tests/app_test.py": "from .. import app\n",
            "tests/test_late.py": "import app\n",
            "tests/test_other.py": "import application\n",
            "tests/test_whole.py": "import pkg\n",
            "tests/helper.py": "import app, pkg\n",
            ".tox/test_copy.py": "import app, pkg\n",
        },
    )
    (tmp_path / "tests" / "test_link.py").symlink_to("helper.py")
    assert naming(tmp_path, (patched,)) == found
