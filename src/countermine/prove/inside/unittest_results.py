"""Runs unittest and writes a line of JSON for every test as soon as it is done.

Usage: ``python unittest_results.py [--part=K/N] RESULTS START...`` from the root of the tree; a
start is a folder to discover tests in, or a file of tests. Of N parts of the modules, the K-th
from 0 is run; a module is in the same part whatever others there are.
"""

# unittest names its hooks and leaves their errors untyped; typing.override is younger than 3.8.
# ruff: noqa: N802, ANN401
# mypy: disable-error-code="explicit-override"

from __future__ import annotations

import importlib.util
import json
import os
import sys
import unittest
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

_DETAIL_CHARS = 2000


class StreamedResult(unittest.TextTestResult):
    """A result that tells each test's outcome when the test ends."""

    results_path = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing told."""
        super().__init__(*args, **kwargs)
        self.outcome = "passed"
        self.detail = ""
        self.told = 0

    @classmethod
    def tell(cls, record: Mapping[str, object]) -> None:
        """Append one record."""
        with open(cls.results_path, "a", encoding="utf-8") as stream:  # noqa: PTH123 - 3.8 and up
            stream.write(json.dumps(record, sort_keys=True) + "\n")

    def startTest(self, test: unittest.TestCase) -> None:
        """Forget the test before."""
        super().startTest(test)
        self.outcome, self.detail = "passed", ""

    def stopTest(self, test: unittest.TestCase) -> None:
        """Tell what became of the test; a module that cannot be loaded is a test to unittest."""
        super().stopTest(test)
        if type(test).__name__ == "_FailedTest":
            self.tell({"kind": "collection", "id": test.id(), "detail": self.detail})
            return
        self.told += 1
        record = {"kind": "test", "id": test.id(), "outcome": self.outcome, "detail": self.detail}
        self.tell(record)

    def _note(self, outcome: str, error: Any) -> None:
        if self.outcome not in ("failed", "error"):
            self.outcome = outcome
            self.detail = _last(error) if error else ""

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        """Note an assertion that does not hold."""
        super().addFailure(test, err)
        self._note("failed", err)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        """Note an exception; one outside any test (a class's set-up) is a record of its own."""
        super().addError(test, err)
        if type(test).__name__ == "_ErrorHolder":
            self.tell({"kind": "collection", "id": test.id(), "detail": _last(err)})
        else:
            self._note("error", err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        """Count a failed part of a test as the test's failure."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note("failed", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """Note a test that was left out."""
        super().addSkip(test, reason)
        self._note("skipped", None)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        """Note a failure that the authors expect."""
        super().addExpectedFailure(test, err)
        self._note("xfailed", None)

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """Note a success that the authors do not expect: unittest calls the run failed."""
        super().addUnexpectedSuccess(test)
        self._note("failed", None)


def _last(error: Any) -> str:
    text = "%s: %s" % (error[0].__name__, error[1])  # noqa: UP031 - 3.8 and up
    return text[-_DETAIL_CHARS:]


def _raising(error: Exception) -> Any:
    def loads() -> None:
        raise error

    return loads


def _suite(start: str) -> unittest.TestSuite:
    loader = unittest.TestLoader()
    if start.endswith(".py"):
        folder, name = os.path.split(start)
        sys.path.insert(0, os.path.abspath(folder))  # noqa: PTH100 - 3.8 and up
        spec = importlib.util.spec_from_file_location(name[:-3], start)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # a .py has one
        sys.modules[name[:-3]] = module
        try:
            spec.loader.exec_module(module)  # type: ignore[union-attr]  # the same
        except Exception as error:  # noqa: BLE001 - a file that fails to load is one failed test
            return unittest.TestSuite([unittest.FunctionTestCase(_raising(error))])
        return loader.loadTestsFromModule(module)
    package = os.path.exists(os.path.join(start, "__init__.py"))  # noqa: PTH110, PTH118 - the same
    return loader.discover(start, top_level_dir="." if package else start)


def _of_part(tests: Any, number: int, of: int) -> Iterator[Any]:
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield type(test)(_of_part(test, number, of))
        elif zlib.crc32(type(test).__module__.encode("utf-8", "replace")) % of == number:
            yield test


def main(arguments: list[str]) -> int:
    """Run the tests; exit with 0 when all passed, 1 when not, 5 when there were none."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - 3.8 and up
    number, of = 0, 1
    if arguments[0].startswith("--part="):
        number, of = map(int, arguments.pop(0)[len("--part=") :].split("/"))
    StreamedResult.results_path = arguments[0]
    suite = unittest.TestSuite(_suite(start) for start in arguments[1:] or ["."])
    if of > 1:
        suite = unittest.TestSuite(_of_part(suite, number, of))
    runner = unittest.TextTestRunner(resultclass=StreamedResult, verbosity=0)
    result = runner.run(suite)
    StreamedResult.tell({"kind": "end", "tests": getattr(result, "told", 0)})
    if result.testsRun == 0 and result.wasSuccessful():
        return 5
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
