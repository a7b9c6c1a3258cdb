import json
import subprocess
import sys
from pathlib import Path

import pytest

from countermine.core.environment import TestRunner
from countermine.prove import inside
from countermine.prove.records import TestOutcome
from countermine.prove.target_tests.results import TestRun, read_run
from countermine.testing.proving import exited

SCRIPTS = Path(inside.__path__[0])

CASES = """
import unittest

class A(unittest.TestCase):
    def test_good(self): pass
    def test_bad(self): self.assertEqual(1, 2)
    def test_error(self): raise OSError("gone")
    @unittest.skip("later")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    def test_parts(self):
        with self.subTest(part=1): pass
        with self.subTest(part=2): self.fail("part 2")
    def test_of_a_runner(self):
        class Inner(unittest.TestCase):
            def test_inner(self): self.fail("meant to")
        result = unittest.TestResult()
        Inner("test_inner").run(result)
        assert len(result.failures) == 1

class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise OSError("no database")
    def test_never(self): pass
"""


def run(tree: Path, *arguments: str, options: str = "") -> TestRun:
    results = tree / "results.jsonl"
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "script_results.py"), str(results), *arguments],
        cwd=tree,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": options, "PYTHONPATH": str(tree)},
        capture_output=True,
        check=False,
    )
    outcome = exited(done.returncode, stdout=done.stdout + done.stderr)
    return read_run(results.read_bytes(), outcome, TestRunner.SCRIPT)


def test_each_case_of_a_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(CASES)
    (tmp_path / "runtests.py").write_text(
        "import sys, unittest\nunittest.main('test_a', argv=sys.argv)"
    )
    found = run(tmp_path, "runtests.py", "-v")
    assert found.trouble is None, found.output
    assert {one.id.rpartition(".")[2]: one.outcome.value for one in found.records} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_error": "error",
        "test_skipped": "skipped",
        "test_expected": "xfailed",
        "test_parts": "failed",
        "test_of_a_runner": "passed",
    }
    details = {one.id.rpartition(".")[2]: one.detail for one in found.records}
    assert details["test_error"] == "OSError: gone"
    assert details["test_parts"] == "AssertionError: part 2"
    assert [(one.id, one.detail) for one in found.collection_errors] == [
        ("setUpClass (test_a.B)", "OSError: no database")
    ]


def test_a_module_runs_as_well_and_one_that_cannot_be_loaded_is_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("import nowhere_to_be_found\n")
    (tmp_path / "test_b.py").write_text(
        "import unittest\nclass B(unittest.TestCase):\n    def test_b(self): pass\n"
    )
    found = run(tmp_path, "-m", "unittest", "discover")
    assert found.trouble is None, found.output
    assert found.outcomes() == {"test_b.B.test_b": TestOutcome.PASSED}
    assert [one.id for one in found.collection_errors] == ["unittest.loader._FailedTest.test_a"]


@pytest.mark.parametrize(
    ("program", "trouble"),
    [
        ("raise SystemExit(3)", None),
        ("raise SystemExit('no')", None),
        ("x = 1", "exits with 0 although no test ran"),
        ("import os\nos._exit(0)", "ended with exit code 0 before its closing record"),
        ("raise OSError", "ended with exit code 1 before its closing record"),
    ],
)
def test_a_program_without_tests_shows_none(
    tmp_path: Path, program: str, trouble: str | None
) -> None:
    (tmp_path / "runtests.py").write_text(program)
    found = run(tmp_path, "runtests.py")
    assert found.records == ()
    assert (found.trouble or "").endswith(trouble or "")
    assert (found.trouble is None) == (trouble is None)


def test_a_program_that_starts_pytest_tells_each_test_once(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n"
    )
    (tmp_path / "runtests.py").write_text(
        "import sys, pytest\nsys.exit(pytest.main(['test_a.py']))"
    )
    plugin = (SCRIPTS / "pytest_results.py").read_text()
    (tmp_path / "countermine_results.py").write_text(plugin)
    found = run(
        tmp_path,
        "runtests.py",
        options=f"-p countermine_results --countermine-results {tmp_path / 'results.jsonl'}",
    )
    assert found.trouble is None, found.output
    assert found.outcomes() == {"test_a.py::A::test_a": TestOutcome.PASSED}
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert sum(json.loads(line)["kind"] == "test" for line in lines) == 1
