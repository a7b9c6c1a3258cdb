"""Runs a program of tests and writes a line of JSON for every test as soon as it is done.

Usage: ``python script_results.py RESULTS [-m MODULE | FILE] ARGUMENT...`` from the root of the
tree. The program may run its tests with whatever it likes: every case that unittest's own class
runs is seen; pytest, where the program starts it, tells by its plugin, which PYTEST_ADDOPTS loads.
"""

# unittest leaves its types of errors untyped; typing.override is younger than 3.8.
# ruff: noqa: ANN401
# mypy: disable-error-code="explicit-override"

from __future__ import annotations

import functools
import json
import os
import runpy
import sys
import unittest
from typing import Any

_DETAIL_CHARS = 2000
_BAD = ("failed", "error")
_STATE: dict[str, Any] = {"path": "", "told": 0, "depth": 0, "owner": 0}


def tell(record: dict[str, object]) -> None:
    """Append one record; processes that the tests fork tell theirs too."""
    with open(_STATE["path"], "a", encoding="utf-8") as stream:  # noqa: PTH123 - 3.8 and up
        stream.write(json.dumps(record, sort_keys=True) + "\n")


class Told:
    """A result of any runner, with what it is told of one test kept."""

    def __init__(self, result: Any) -> None:
        """Stand before a result."""
        self.__dict__.update(_result=result, outcome="passed", detail="")

    def __getattr__(self, name: str) -> Any:
        """Be the runner's result, but for what is kept."""
        found = getattr(self._result, name)
        return functools.partial(_kept, self, name, found) if name in _OUTCOMES else found

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute of the runner's result."""
        setattr(self._result, name, value)


_OUTCOMES = {
    "addError": "error",
    "addExpectedFailure": "xfailed",
    "addFailure": "failed",
    "addSkip": "skipped",
    "addSubTest": "failed",
    "addUnexpectedSuccess": "failed",
}


def _kept(told: Told, name: str, call: Any, *arguments: Any, **named: Any) -> Any:
    outcome, error = _OUTCOMES[name], arguments[-1] if arguments else None
    good_part = name == "addSubTest" and error is None
    if not good_part and told.outcome not in _BAD:
        detail = _last(error) if outcome in _BAD else ""
        told.__dict__.update(outcome=outcome, detail=detail)
    return call(*arguments, **named)


def _last(error: Any) -> str:
    if isinstance(error, tuple) and len(error) > 1 and error[0] is not None:
        return ("%s: %s" % (error[0].__name__, error[1]))[-_DETAIL_CHARS:]  # noqa: UP031 - 3.8 and up
    return ""


def _watch() -> None:
    run = unittest.TestCase.run

    @functools.wraps(run)
    def watched(self: unittest.TestCase, result: Any = None) -> Any:
        # Cases that a test runs to see them fail are its own affair, and pytest tells by itself.
        inner = _STATE["depth"] or type(result).__module__.startswith("_pytest")
        if result is None or inner:
            return run(self, result)
        told = Told(result)
        _STATE["depth"] += 1
        try:
            return run(self, told)  # type: ignore[arg-type]  # it stands before one
        finally:
            _STATE["depth"] -= 1
            _tell_of(self, told)

    unittest.TestCase.run = watched  # type: ignore[method-assign]  # that is the purpose
    _watch_classes()


def _tell_of(test: unittest.TestCase, told: Told) -> None:
    if type(test).__name__ in ("_FailedTest", "ModuleImportFailure"):
        tell({"kind": "collection", "id": test.id(), "detail": told.detail})
        return
    if os.getpid() == _STATE["owner"]:
        _STATE["told"] += 1
    tell({"kind": "test", "id": test.id(), "outcome": told.outcome, "detail": told.detail})


def _watch_classes() -> None:
    """See the set-up of a class or module that fails: its tests never run."""
    name = "_createClassOrModuleLevelException"
    made = getattr(unittest.TestSuite, name, None)
    if made is None:
        return

    @functools.wraps(made)
    def watched(self: Any, result: Any, error: Any, method: str, parent: str, **named: Any) -> Any:
        if not isinstance(error, unittest.SkipTest):
            detail = ("%s: %s" % (type(error).__name__, error))[-_DETAIL_CHARS:]  # noqa: UP031
            tell({"kind": "collection", "id": f"{method} ({parent})", "detail": detail})
        return made(self, result, error, method, parent, **named)

    setattr(unittest.TestSuite, name, watched)


def _ended(code: object) -> int:
    """Return an exit status as the interpreter would, and write the closing record."""
    # What a pool of processes told is in the stream, not in this process's count.
    tell({"kind": "end", "tests": max(_STATE["told"], _lines_told())})
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1


def _lines_told() -> int:
    with open(_STATE["path"], encoding="utf-8") as stream:  # noqa: PTH123 - 3.8 and up
        return sum('"kind": "test"' in line for line in stream)


def main(arguments: list[str]) -> int:
    """Run the program; its exit status is ours."""
    path, program, rest = arguments[0], arguments[1], arguments[2:]
    _STATE.update(path=path, owner=os.getpid())
    open(path, "a", encoding="utf-8").close()  # noqa: PTH123 - 3.8 and up
    _watch()
    try:
        if program == "-m":
            sys.argv = rest
            sys.path.insert(0, os.getcwd())  # noqa: PTH109 - 3.8 and up
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv = [program, *rest]
            sys.path.insert(0, os.path.dirname(os.path.abspath(program)))  # noqa: PTH100, PTH120
            runpy.run_path(program, run_name="__main__")
    except SystemExit as ended:
        return _ended(ended.code)
    return _ended(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
