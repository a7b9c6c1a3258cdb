"""The likeliest regression test runs among the target's tests; no patch is blamed for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.patches import Patch
from countermine.prove.gates.regression_test import regression_test
from countermine.prove.gates.tests import tests as run_gate_8
from countermine.prove.records import AttackRecord, UsableTests
from countermine.prove.regression.along import likely_test, with_test
from countermine.prove.steps import Broken, Passed
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial
from countermine.sandbox.detect import choose
from countermine.testing.proving import own_environment, setting_for, stimulus, write_tree
from tests.unit.prove.test_regression_runs import CODE, MARK, Watched
from tests.unit.prove.test_regressions_real import Flaw, trial_of

OWN_TEST = "from shop.app import view\n\ndef test_view():\n    assert view('1') == 1\n"
ALONE = (
    "import pathlib\n\n\ndef test_there_is_no_other_test():\n"
    "    here = pathlib.Path(__file__).parent\n"
    "    assert [one.name for one in here.glob('test_*.py')] == ['test_own.py']\n"
)
PLAN = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))


@contextmanager
def on_trial(root: Path, own: str, stable: str, flaw: Flaw = CODE) -> Iterator[Trial]:
    root.chmod(0o755)
    files = {"shop/__init__.py": "", flaw.path: flaw.code, "tests/test_own.py": own}
    write_tree(root, files)
    setting = setting_for(root)
    probe = trial_of(root, flaw, root, root, own_environment(PLAN))
    with (
        private_tree(root, setting.options) as original,
        private_tree(root, setting.options, probe.patch) as patched,
    ):
        trial = trial_of(root, flaw, original, patched, own_environment(PLAN))
        witness = replace(trial.claim.witness, attacks=(stimulus("expression", MARK),))
        ran = UsableTests(
            stable=(f"tests/test_own.py::{stable}",), flaky=(), failing=(), cut=False, plain=False
        )
        yield replace(
            trial,
            setting=replace(trial.setting, sandbox=Watched(choose())),
            claim=replace(trial.claim, witness=witness),
            witnessed=replace(
                trial.witnessed, attacks=(AttackRecord(name="expression", effect="shown"),)
            ),
            ground=replace(trial.ground, tests=ran),
        )


def runs(trial: Trial) -> int:
    assert isinstance(trial.setting.sandbox, Watched)
    return len(trial.setting.sandbox.trees)


def delivered(test: Patch | None) -> tuple[str, str]:
    assert test is not None
    return Path(test.new_files[0].path).name, test.new_files[0].text


def test_its_run_with_the_fix_is_that_among_the_tests_of_the_target(tmp_path: Path) -> None:
    with on_trial(tmp_path, OWN_TEST, "test_view") as trial:
        step, along = run_gate_8(trial)
        assert isinstance(step, Passed)
        assert runs(trial) == 1
        step, test = regression_test(trial, along)
        assert isinstance(step, Passed)
        assert runs(trial) == 2, "only the run without the fix is left"
        assert isinstance(trial.setting.sandbox, Watched)
        name, text = delivered(test)
        assert [tree[name] for tree in trial.setting.sandbox.trees] == [text, text]


def test_a_patch_is_not_blamed_for_what_our_test_disturbs(tmp_path: Path) -> None:
    with on_trial(tmp_path, ALONE, "test_there_is_no_other_test") as trial:
        step, along = run_gate_8(trial)
        assert isinstance(step, Passed)
        assert along is None
        assert runs(trial) == 2


def test_a_patch_that_breaks_a_test_is_refused_by_the_tests_alone(tmp_path: Path) -> None:
    broken = OWN_TEST.replace("== 1", "== 2")
    with on_trial(tmp_path, broken, "test_view") as trial:
        step, along = run_gate_8(trial)
        assert isinstance(step, Broken)
        assert along is None


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        (("tests",), ("tests",)),
        (("tests/",), ("tests/",)),
        ((), ()),
        ((".",), (".",)),
        (("shop/tests", "tests/test_own.py"), ("shop/tests", "tests/test_own.py", "PATH")),
    ],
)
def test_a_plan_that_would_not_load_it_is_told_of_it(
    tmp_path: Path, arguments: tuple[str, ...], after: tuple[str, ...]
) -> None:
    with on_trial(tmp_path, OWN_TEST, "test_view") as trial:
        test = likely_test(trial)
        assert test is not None
        chosen = with_test(replace(PLAN, arguments=arguments), test)
        wanted = tuple(str(test.path) if one == "PATH" else one for one in after)
        assert chosen.arguments == wanted
