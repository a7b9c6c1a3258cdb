"""The ladder on a small real target: its tests, its interpreter, the sandbox of this machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment, NoTests, TestPlan, TestRunner
from countermine.core.findings import Finding
from countermine.core.knowledge import Weakness
from countermine.core.spans import tree_path
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
)
from countermine.core.witnesses import (
    CANARY,
    Absent,
    Effect,
    Observation,
    Shown,
    Stimulus,
    Unclear,
    Witness,
)
from countermine.ports.sandbox import Limits
from countermine.prove.commands import command, out_folder
from countermine.prove.driving import sandbox_drive
from countermine.prove.ladder import ProveRequest, prove
from countermine.prove.options import ProveOptions
from countermine.prove.records import ProveResult, TestOutcome
from countermine.prove.setting import Setting
from countermine.prove.target_tests.results import TestRun
from countermine.prove.target_tests.run import run_tests
from countermine.sandbox.detect import choose
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    EventMaker,
    as_text_detector,
    own_environment,
    rewrite,
    setting_for,
    stimulus,
    weakness,
    witness_for,
    write_tree,
)
from countermine.weaknesses.code_injection.regression import regressions

PRICES = '''"""Prices."""

import ast


def total(text, factor=1):
    """Return what a number costs."""
    return eval(text) * factor


def label(text):
    """Return a label."""
    return text.upper()
'''
QUICK = "[pytest]\naddopts = -p no:hypothesispytest -p no:xdist\n"
"""Leaves out the plugins of our own tests, which take a second to load."""
FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "tests/__init__.py": "",
    "tests/test_prices.py": (
        "import unittest\n\nfrom shop.prices import total\n\n\n"
        "class Total(unittest.TestCase):\n"
        "    def test_total(self):\n        self.assertEqual(total('3', 2), 6)\n"
    ),
}
PYTESTS = {
    "pytest.ini": QUICK,
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "tests/test_prices.py": (
        "from shop.prices import total\n\n\ndef test_total():\n    assert total('3', 2) == 6\n"
    ),
}


UNITTEST = TestPlan(runner=TestRunner.UNITTEST, arguments=("tests",))


class CodeMaker(EventMaker):
    """Shown when the canary is a name or a text of code that ran."""

    def judge(
        self, witness: Witness, stimulus: Stimulus, seen: Observation, benign: Observation
    ) -> Effect:
        del witness, stimulus, benign
        if any(event.name == "exec" and CANARY in str(event.detail) for event in seen.events):
            return Shown(evidence="the canary ran as code")
        return Absent() if seen.reached else Unclear(reason="not reached")


@pytest.fixture(scope="module")
def case() -> tuple[Finding, Witness, Weakness]:
    finding = finding_at("shop/prices.py", PRICES.encode(), b"eval(text)")
    entry = EntryPoint(
        kind=EntryKind.FUNCTION,
        path=tree_path("shop/prices.py"),
        qualname="total",
        channel=Channel.PARAMETER,
        key="text",
    )
    finding = replace(finding, function="total", entry=entry)
    witness = witness_for(
        finding,
        attacks=(stimulus("call", "str('{canary}')"), stimulus("lambda", "(lambda: '{canary}')()")),
        controls=(stimulus("number", "3"),),
    )
    return finding, witness, replace(weakness(regressions), witness=CodeMaker())


def setting_of(root: Path, environment: Environment, finding: Finding) -> Setting:
    sandbox = choose()
    options = ProveOptions(reattack_stimuli=4, green_rounds=2)
    return replace(
        setting_for(
            root,
            environment=environment,
            sandbox=sandbox,
            detector=as_text_detector(finding, "return eval(text)"),
            options=options,
        ),
        drive=sandbox_drive(environment, sandbox, options),
    )


def proven(
    root: Path,
    case: tuple[Finding, Witness, Weakness],
    new: str,
    *,
    files: dict[str, str] = FILES,
    plan: TestPlan | NoTests | None = None,
    old: str = "return eval(text) * factor",
) -> ProveResult:
    finding, witness, known = case
    root.chmod(0o755)
    write_tree(root, files)
    environment = own_environment(plan or UNITTEST)
    return prove(
        ProveRequest(
            finding=finding,
            witness=witness,
            weakness=known,
            patch=rewrite("shop/prices.py", PRICES.encode(), old, new),
            setting=setting_of(root, environment, finding),
        )
    )


def last(result: ProveResult) -> tuple[Gate, GateOutcome, str]:
    return result.gates[-1].gate, result.gates[-1].outcome, result.gates[-1].reason


def test_a_sound_patch_is_proven_with_a_test_in_pytest(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
    result = proven(
        tmp_path, case, "return ast.literal_eval(text) * factor", files=PYTESTS, plan=plan
    )
    assert isinstance(result.verdict, Proven), last(result)
    assert result.verdict.tests_ran
    test = result.regression_test.new_files[0]
    assert test.path == "tests/test_prices_code_injection.py"
    assert "def test_total_runs_no_code_of_its_input(" in test.text
    assert '"""Guards ``total`` in shop/prices.py against Code injection (CWE-95)."""' in test.text
    assert "countermine" not in test.text


def test_a_sound_patch_is_proven_with_a_test_in_unittest(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    result = proven(tmp_path, case, "return ast.literal_eval(text) * factor")
    assert isinstance(result.verdict, Proven), last(result)
    assert "class TotalRegressionTest(unittest.TestCase):" in (
        result.regression_test.new_files[0].text
    )


def test_a_target_without_tests_gets_its_first_one(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    files = {path: text for path, text in FILES.items() if not path.startswith("tests")}
    result = proven(
        tmp_path,
        case,
        "return ast.literal_eval(text) * factor",
        files=files,
        plan=NoTests(reason="there are none"),
    )
    assert isinstance(result.verdict, Proven), last(result)
    assert not result.verdict.tests_ran
    assert result.gates[Gate.TESTS].outcome is GateOutcome.NOT_APPLICABLE
    assert result.regression_test.paths == ("tests/test_prices_code_injection.py",)


def test_a_patch_that_looks_for_one_word_is_still_exploitable(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    new = "return 0 if 'str' in text else eval(text) * factor"
    result = proven(tmp_path, case, new)
    assert isinstance(result.verdict, StillExploitable), last(result)
    assert result.verdict.after == "lambda"
    assert last(result)[:2] == (Gate.GREEN, GateOutcome.FAILED)


def test_a_patch_that_deletes_the_feature_is_refused(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    result = proven(tmp_path, case, "raise PermissionError(text)")
    assert isinstance(result.verdict, Regressed), last(result)
    assert result.verdict.failures == ("number: PermissionError: 3",)


def test_a_patch_that_swallows_is_refused(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    result = proven(tmp_path, case, "return None")
    assert isinstance(result.verdict, Regressed), last(result)
    assert last(result)[0] is Gate.CONTROL_AGAIN


def test_a_patch_that_breaks_another_feature_is_refused_by_the_targets_tests(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    new = "return ast.literal_eval(text) * 1"
    result = proven(tmp_path, case, new)
    assert isinstance(result.verdict, Regressed), last(result)
    assert result.verdict.failures == ("tests.test_prices.Total.test_total",)
    assert "3 != 6" in result.gates[-1].evidence[0].text


def test_a_patch_that_does_not_parse_is_refused(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    result = proven(tmp_path, case, "return (")
    assert isinstance(result.verdict, Regressed), last(result)
    assert last(result)[0] is Gate.BUILDS
    assert "shop/prices.py does not parse: SyntaxError" in last(result)[2]


def test_a_patch_that_cannot_be_imported_is_refused(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    result = proven(tmp_path, case, "import no_such_module\n", old="import ast\n")
    assert isinstance(result.verdict, Regressed), last(result)
    assert "can no longer be imported: ModuleNotFoundError" in last(result)[2]


def test_a_patch_that_deletes_a_function_is_refused(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    result = proven(
        tmp_path,
        case,
        "",
        old='def label(text):\n    """Return a label."""\n    return text.upper()\n',
    )
    assert isinstance(result.verdict, Regressed), last(result)
    assert result.verdict.failures == ("shop/prices.py no longer defines label",)


def test_a_patch_that_ends_the_process_is_not_proven(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    new = "import os; os.kill(os.getpid(), 9)"
    result = proven(tmp_path, case, new)
    assert isinstance(result.verdict, Inconclusive), last(result)
    assert last(result)[:2] == (Gate.GREEN, GateOutcome.INCONCLUSIVE)


def test_a_claim_about_sound_code_is_unwitnessed(
    tmp_path: Path, case: tuple[Finding, Witness, Weakness]
) -> None:
    finding, witness, known = case
    tmp_path.chmod(0o755)
    write_tree(tmp_path, {**FILES, "shop/prices.py": PRICES.replace("eval(", "ast.literal_eval(")})
    environment = own_environment(UNITTEST)
    result = prove(
        ProveRequest(
            finding=finding,
            witness=witness,
            weakness=known,
            patch=None,
            setting=setting_of(tmp_path, environment, finding),
        )
    )
    assert isinstance(result.verdict, Unwitnessed), last(result)


# The target's tests


def run_of(root: Path, files: dict[str, str], runner: TestRunner, *arguments: str) -> TestRun:
    root.chmod(0o755)
    write_tree(root, {"pytest.ini": QUICK, **files})
    plan = TestPlan(runner=runner, arguments=arguments)
    environment = own_environment(plan)
    setting = setting_for(root, environment=environment, sandbox=choose())
    return run_tests(setting, environment, plan, root)


PYTEST_OF_EVERY_KIND = """
import pytest

def test_passes(): pass
def test_fails(): assert 1 == 2
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.xfail
def test_xfailed(): assert False
@pytest.mark.xfail
def test_xpassed(): pass
@pytest.fixture
def broken(): raise RuntimeError("set-up")
def test_error(broken): pass
@pytest.fixture
def untidy():
    yield
    raise RuntimeError("tear-down")
def test_untidy(untidy): pass
@pytest.mark.parametrize("x", [1, 2])
def test_each(x): assert x == 1
"""


def test_pytest_tells_of_every_test_as_it_ends(tmp_path: Path) -> None:
    files = {"tests/test_a.py": PYTEST_OF_EVERY_KIND, "tests/test_b.py": "import nowhere\n"}
    run = run_of(tmp_path, files, TestRunner.PYTEST, "tests")
    assert run.trouble is None
    assert {name.split("::")[1]: outcome for name, outcome in run.outcomes().items()} == {
        "test_passes": TestOutcome.PASSED,
        "test_fails": TestOutcome.FAILED,
        "test_skipped": TestOutcome.SKIPPED,
        "test_xfailed": TestOutcome.XFAILED,
        "test_xpassed": TestOutcome.XPASSED,
        "test_error": TestOutcome.ERROR,
        "test_untidy": TestOutcome.ERROR,
        "test_each[1]": TestOutcome.PASSED,
        "test_each[2]": TestOutcome.FAILED,
    }
    assert [one.id for one in run.collection_errors] == ["tests/test_b.py"]
    assert (tmp_path / "tests/__pycache__").exists() is False


UNITTEST_OF_EVERY_KIND = """
import unittest

class A(unittest.TestCase):
    def test_passes(self): pass
    def test_fails(self): self.assertEqual(1, 2)
    def test_error(self): raise RuntimeError("error")
    @unittest.skip("why")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_xfailed(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected(self): pass
    def test_parts(self):
        for x in (1, 2):
            with self.subTest(x=x):
                self.assertEqual(x, 1)

class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise RuntimeError("class")
    def test_never(self): pass
"""


@pytest.mark.parametrize("extra", [{"tests/__init__.py": ""}, {}])
def test_unittest_tells_of_every_test_as_it_ends(tmp_path: Path, extra: dict[str, str]) -> None:
    files = {"tests/test_a.py": UNITTEST_OF_EVERY_KIND, "tests/test_b.py": "import nowhere\n"}
    run = run_of(tmp_path, files | extra, TestRunner.UNITTEST, "tests")
    assert run.trouble is None
    assert {name.split(".")[-1]: outcome for name, outcome in run.outcomes().items()} == {
        "test_passes": TestOutcome.PASSED,
        "test_fails": TestOutcome.FAILED,
        "test_error": TestOutcome.ERROR,
        "test_skipped": TestOutcome.SKIPPED,
        "test_xfailed": TestOutcome.XFAILED,
        "test_unexpected": TestOutcome.FAILED,
        "test_parts": TestOutcome.FAILED,
    }
    assert len(run.collection_errors) == 2


@pytest.mark.parametrize(("line", "outcome"), [("pass", "passed"), ("1 / 0", "failed")])
def test_a_command_passes_or_not(tmp_path: Path, line: str, outcome: GateOutcome) -> None:
    python = own_environment().python
    run = run_of(tmp_path, {"check.py": line}, TestRunner.COMMAND, python, "check.py")
    assert run.outcomes() == {"command": TestOutcome(outcome)}


@pytest.mark.parametrize(
    ("conftest", "trouble"),
    [
        (
            "def pytest_sessionfinish(session): session.exitstatus = 0\n",
            "the test runner exits with 0 although tests/test_a.py::test_fails failed",
        ),
        (
            "import os\ndef pytest_collection_finish(): os._exit(0)\n",
            "the test runner ended with exit code 0 before its closing record",
        ),
        (
            (
                "def pytest_collection_modifyitems(items): items.clear()\n"
                "def pytest_sessionfinish(session): session.exitstatus = 0\n"
            ),
            "the test runner exits with 0 although no test ran",
        ),
    ],
)
def test_a_target_that_fakes_its_results_is_not_believed(
    tmp_path: Path, conftest: str, trouble: str
) -> None:
    files = {"tests/test_a.py": "def test_fails(): assert False\n", "tests/conftest.py": conftest}
    assert run_of(tmp_path, files, TestRunner.PYTEST, "tests").trouble == trouble


def test_tests_that_hang_leave_what_ran_before(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    slow = "import time\ndef test_a(): pass\ndef test_b(): time.sleep(60)\n"
    write_tree(tmp_path, {"pytest.ini": QUICK, "tests/test_a.py": slow})
    options = ProveOptions(tests_wall_s=4.0)
    setting = setting_for(
        tmp_path, environment=own_environment(), sandbox=choose(), options=options
    )
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
    run = run_tests(setting, own_environment(plan), plan, tmp_path)
    assert run.stopped is not None
    assert run.outcomes() == {"tests/test_a.py::test_a": TestOutcome.PASSED}


def test_results_that_are_a_link_are_not_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    environment = own_environment()
    write_tree(tmp_path, {"a.py": ""})
    for target in ("/etc/hostname", "/dev/zero"):
        with out_folder() as out:
            asked = command(
                environment,
                tmp_path,
                ("-c", f"import os; os.symlink('{target}', '/results/results.jsonl')"),
                mounts=(out.mount,),
                limits=Limits(),
            )
            choose().run(asked)
            assert out.read() == b""
    with out_folder() as out:
        asked = command(
            environment,
            tmp_path,
            ("-c", "import os; os.mkfifo('/results/results.jsonl')"),
            mounts=(out.mount,),
            limits=Limits(),
        )
        choose().run(asked)
        assert out.read() == b""
