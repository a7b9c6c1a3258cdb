"""Which of the target's tests enter the code that matters, and a run of those alone."""

import ast
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from countermine.core.environment import Environment, TestPlan, TestRunner
from countermine.prove.records import Reaching, UsableTests
from countermine.prove.setting import Setting
from countermine.prove.target_tests.run import run_reach

MANY_TESTS = 200
"""A smaller suite runs whole in the time that choosing from it would take."""
MAX_TESTS_EACH = 100
"""Tests kept for one function: those of a function that every test enters say little more."""


def reaching(
    setting: Setting, environment: Environment, known: UsableTests, files: tuple[str, ...]
) -> tuple[Reaching, ...]:
    """Return which stable tests enter which functions of some files; costs one more run.

    Only pytest runs tests by their ids, so for another way to run them nothing is returned.
    """
    plan = known.plan or environment.tests
    if not isinstance(plan, TestPlan) or plan.runner is not TestRunner.PYTEST or not files:
        return ()
    content = run_reach(setting, environment, plan, files, plain=known.plain)
    names = {path: functions_by_line(setting.root / path) for path in files}
    stable = set(known.stable)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for test, path, line in _entries(content):
        function = names.get(path, {}).get(line)
        if test in stable and function is not None:
            found[path, function].add(test)
    return tuple(
        Reaching(path=path, function=function, tests=tuple(sorted(tests)[:MAX_TESTS_EACH]))
        for (path, function), tests in sorted(found.items())
    )


def functions_by_line(file: Path) -> dict[int, str]:
    """Return the qualified names of a file's functions by their first line, decorators included."""
    try:
        parsed = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}
    return dict(_functions(parsed, ""))


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            if not isinstance(child, ast.ClassDef):
                yield min([child.lineno, *(one.lineno for one in child.decorator_list)]), name
            yield from _functions(child, f"{name}.")
        else:
            yield from _functions(child, prefix)


def _entries(content: bytes) -> Iterator[tuple[str, str, int]]:
    """Return what can be read of what the target's process wrote."""
    whole, _, _ = content.rpartition(b"\n")
    for line in whole.splitlines():
        try:
            told = json.loads(line)
            places = [(str(path), int(at)) for path, at in told["places"]]
            test = str(told["id"])
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        for path, at in places:
            yield test, path, at


def chosen(plan: TestPlan, tests: tuple[str, ...], root: Path) -> TestPlan:
    """Return the plan that runs some tests by their ids, with the options of the whole."""
    options = (
        word for word in plan.arguments if word.startswith("-") or not (root / word).exists()
    )
    return replace(plan, arguments=(*options, *tests))
