"""The target's own tests drive what cannot be called without their set-up."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import TestPlan, TestRunner
from countermine.core.spans import tree_path
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.core.weakness import WeaknessId
from countermine.core.witnesses import Witness
from countermine.prove.driving import sandbox_drive
from countermine.prove.ladder import witness_case
from countermine.prove.reaching import reaching
from countermine.prove.records import (
    Baseline,
    Claim,
    NotWitnessed,
    UnusableTests,
    Witnessed,
    Witnessing,
)
from countermine.prove.setting import Setting
from countermine.sandbox.detect import choose
from countermine.testing.findings import finding_at
from countermine.testing.proving import own_environment, setting_for, write_tree
from countermine.weaknesses.registry import weakness

SHEET = """import ast


class Sheet:
    def __init__(self, *, settings):
        self.factor = settings["numbers"]["factor"]

    def compute(self, text):
        return eval(text) * self.factor
"""
FILES = {
    "pytest.ini": "[pytest]\naddopts = -p no:hypothesispytest --no-such-option\n",
    "shop/__init__.py": "from shop.sheet import Sheet\n",
    "shop/sheet.py": SHEET,
    "tests/conftest.py": (
        "import pytest\nfrom shop import Sheet\n\n\n@pytest.fixture\ndef sheet():\n"
        '    return Sheet(settings={"numbers": {"factor": 2}})\n'
    ),
    "tests/test_sheet.py": (
        "def test_other(sheet):\n    assert sheet.factor == 2\n\n\n"
        'def test_compute(sheet):\n    assert sheet.compute("3") == 6\n'
    ),
}
UNITTESTS = {
    "shop/__init__.py": "",
    "shop/sheet.py": SHEET,
    "tests/__init__.py": "",
    "tests/test_sheet.py": (
        "import unittest\n\nfrom shop.sheet import Sheet\n\n\n"
        "class SheetTest(unittest.TestCase):\n    def setUp(self):\n"
        '        self.sheet = Sheet(settings={"numbers": {"factor": 2}})\n\n'
        '    def test_compute(self):\n        self.assertEqual(self.sheet.compute("3"), 6)\n'
    ),
}
ENTRY = EntryPoint(
    kind=EntryKind.METHOD,
    path=tree_path("shop/sheet.py"),
    qualname="Sheet.compute",
    channel=Channel.PARAMETER,
    key="text",
)


def arranged(root: Path, files: dict[str, str], runner: TestRunner) -> tuple[Setting, Claim]:
    texts = write_tree(root, files)
    found = finding_at("shop/sheet.py", texts[tree_path("shop/sheet.py")], b"eval(", entry=ENTRY)
    finding = replace(found, function="Sheet.compute")
    known = weakness(WeaknessId("code-injection"))
    assert known is not None
    assert known.witness is not None
    made = known.witness.make(finding, texts)
    assert isinstance(made, Witness)
    environment = own_environment(TestPlan(runner=runner, arguments=("tests",)))
    setting = setting_for(root, environment=environment, sandbox=choose())
    drive = sandbox_drive(environment, setting.sandbox, setting.options)
    fewer = replace(made, attacks=made.attacks[:2])
    return replace(setting, drive=drive), Claim(finding=finding, witness=fewer, weakness=known)


def witnessed(setting: Setting, claim: Claim) -> Witnessing:
    gate = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="as the test says")
    ground = Baseline(gate=gate, tests=UnusableTests(reason="not run"), sightings=())
    return witness_case(setting, claim, ground)


def test_a_flaw_behind_a_fixture_is_shown_through_the_test_that_has_it(tmp_path: Path) -> None:
    setting, claim = arranged(tmp_path, FILES, TestRunner.PYTEST)
    told = witnessed(setting, claim)
    assert isinstance(told, Witnessed), told
    assert told.test is not None
    assert told.test.id == "tests/test_sheet.py::test_compute"
    assert "called by tests/test_sheet.py::test_compute" in told.gates[1].reason
    results = {one.name: one.result for one in told.controls}
    assert results["as-the-test-has-it"] == "6"


def test_what_is_not_flawed_is_not_shown_through_a_test_either(tmp_path: Path) -> None:
    files = {**FILES, "shop/sheet.py": SHEET.replace("eval(", "ast.literal_eval(")}
    texts = {**FILES, "shop/sheet.py": f"{files['shop/sheet.py']}\n# eval(\n"}
    setting, claim = arranged(tmp_path, texts, TestRunner.PYTEST)
    assert isinstance(witnessed(setting, claim), NotWitnessed)


@pytest.mark.parametrize("runner", [TestRunner.PYTEST, TestRunner.UNITTEST])
def test_the_tests_that_call_an_entry_point_are_told(tmp_path: Path, runner: TestRunner) -> None:
    files = FILES if runner is TestRunner.PYTEST else UNITTESTS
    setting, claim = arranged(tmp_path, files, runner)
    (found,) = reaching(setting, claim.witness)
    assert found.path == "tests/test_sheet.py"
    assert found.id.endswith("test_compute")


def test_an_entry_point_that_no_test_mentions_costs_no_run(tmp_path: Path) -> None:
    files = {**FILES, "tests/test_sheet.py": "def test_nothing():\n    pass\n"}
    setting, claim = arranged(tmp_path, files, TestRunner.PYTEST)
    assert reaching(replace(setting, sandbox=setting_for(tmp_path).sandbox), claim.witness) == ()
