"""Runs tests of the target in the process that watches them."""

# ruff: noqa: ANN401 - the runners are the target's, not ours: their types are not known here

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import Any

PYTEST = (
    "-q", "--rootdir=.", "-o", "addopts=", "--disable-warnings", "-p", "no:cacheprovider",
    "-p", "no:xdist", "-p", "no:randomly", "-p", "no:random_order",
)  # fmt: skip
"""One after the other, in this process, by the target's own fixtures alone."""


def prepare(root: str) -> None:
    """Make the process as a runner that is started from the root of the tree expects it."""
    os.chdir(root)
    if root.rstrip("/") not in sys.path:
        sys.path.append(root.rstrip("/"))


def run(runner: str, path: str, test: str, plugins: tuple[Any, ...] = ()) -> None:
    """Run one test, or every one of a file where the test is empty."""
    sys.argv = [runner, test or path]
    if runner == "pytest":
        pytest = importlib.import_module("pytest")
        pytest.main([*PYTEST, test or path], list(plugins))
        return
    with contextlib.suppress(SystemExit):
        suite = _suite(path, test)
        unittest = importlib.import_module("unittest")
        result = unittest.TestResult()
        for plugin in plugins:
            result.startTest = plugin.started
        suite.run(result)


def _suite(path: str, test: str) -> Any:
    unittest = importlib.import_module("unittest")
    loader = unittest.TestLoader()
    name = path[: -len(".py")].replace("/", ".")
    try:
        module = importlib.import_module(name)
    except ImportError:
        sys.path.insert(0, os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120
        module = importlib.import_module(name.rsplit(".", 1)[-1])
    suite = loader.loadTestsFromModule(module)
    if not test:
        return suite
    return unittest.TestSuite(one for one in flat(suite) if one.id().endswith(test))


def flat(suite: Any) -> list[Any]:
    """Return the tests of a suite."""
    if not hasattr(suite, "__iter__"):
        return [suite]
    return [one for inner in suite for one in flat(inner)]
