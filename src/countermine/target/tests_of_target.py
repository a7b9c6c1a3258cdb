"""How a target's own tests are run: by pytest, unittest or a program, or not at all and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from countermine.core.environment import NoTests, TestPlan, TestRunner
from countermine.core.inventory import FileRole, Inventory
from countermine.core.spans import TreePath
from countermine.target.django_tests import django_plans
from countermine.target.pytest_config import PytestConfig, read_pytest_config
from countermine.target.test_commands import told_plans
from countermine.target.texts import read_texts

MAX_FILES_LOOKED_INTO = 400
"""Test files that are read to tell the style; larger suites are of one style."""

_TEST_FILE = re.compile(r"(?:test_[^/]*|[^/]*_test|tests?)\.py")
_PYTEST = re.compile(
    rb"^[ \t]*(?:import pytest\b|from _?pytest\b)|^(?:async )?def test_\w*\(|^@pytest\.",
    re.MULTILINE,
)
_UNITTEST = re.compile(rb"\bunittest\b|\bTestCase\b")
_DJANGO = re.compile(rb"^\s*from django\.test import|^\s*import django\.test\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suite:
    """The files that hold tests, and what their contents show."""

    files: tuple[TreePath, ...]
    pytest: bool
    unittest: bool
    django: bool


def plan_tests(
    root: Path, inventory: Inventory, command: tuple[str, ...] = (), *, wants_pytest: bool = False
) -> TestPlan | NoTests:
    """Say how the tests of a tree are run; nothing of it is run for that.

    Args:
        root: The tree.
        inventory: Its files.
        command: What the user says; runs as it is.
        wants_pytest: Whether the project names pytest among what its tests need.
    """
    plans = plans_of_tests(root, inventory, command, wants_pytest=wants_pytest)
    return plans if isinstance(plans, NoTests) else plans[0]


def plans_of_tests(
    root: Path, inventory: Inventory, command: tuple[str, ...] = (), *, wants_pytest: bool = False
) -> tuple[TestPlan, ...] | NoTests:
    """Say in which ways the tests of a tree may be run, the likeliest first.

    Arguments are those of ``plan_tests``. What the user says is the only way.
    """
    if command:
        return (TestPlan(runner=TestRunner.COMMAND, arguments=command),)
    suite = _look(root, inventory)
    if not suite.files:
        return NoTests(reason="the tree holds no tests")
    config = read_pytest_config(root)
    told = told_plans(root)
    programs = tuple(plan for plan in told if plan.runner is TestRunner.SCRIPT)
    django = (*programs, *django_plans(root, inventory)) if suite.django else programs
    named = any(plan.runner is TestRunner.PYTEST for plan in told)
    native: tuple[TestPlan, ...] = ()
    if config.present or suite.pytest or wants_pytest or named:
        native = _pytest_plans(root, config, suite, told)
    starts = _unittest_starts(root, suite.files)
    units = tuple(
        TestPlan(runner=TestRunner.UNITTEST, arguments=arguments)
        # One by one: as a program that lies in the folder of tests, and imports what is beside it.
        for arguments in (starts, tuple(suite.files))
    )
    if suite.django and not config.django:
        plans: tuple[TestPlan, ...] = (*django, *native)
    elif native:
        plans = (*native, *django, *(units if suite.unittest else ()))
    elif suite.unittest:
        plans = (*programs, *units)
    else:
        plans = programs
    if not plans and suite.django:
        return NoTests(
            reason="Django's tests need settings, and none are there; "
            "name the command of the tests as target.test"
        )
    if not plans:
        return NoTests(reason="the test files are neither for pytest nor for unittest")
    return tuple(dict.fromkeys(plans))


def _pytest_plans(
    root: Path, config: PytestConfig, suite: _Suite, told: tuple[TestPlan, ...]
) -> tuple[TestPlan, ...]:
    """Return pytest's way with what the configuration says, then as the project's commands say."""
    paths = tuple(path for path in config.paths if _is_there(root, path))
    said = [plan for plan in told if plan.runner is TestRunner.PYTEST]
    guessed = TestPlan(
        runner=TestRunner.PYTEST,
        arguments=paths or _starts(suite.files),
        env=said[0].env if said else (),
    )
    return (guessed, *(plan for plan in said if plan.arguments))


def _look(root: Path, inventory: Inventory) -> _Suite:
    named = [
        file.path
        for file in inventory.files
        if file.role is FileRole.TEST and _TEST_FILE.fullmatch(file.path.rpartition("/")[2])
    ]
    texts = read_texts(root, named[:MAX_FILES_LOOKED_INTO])
    conftest = any(
        file.path.rpartition("/")[2] == "conftest.py" and file.role is FileRole.TEST
        for file in inventory.files
    )
    holding = [
        path
        for path in named
        if path not in texts
        or _PYTEST.search(texts[path])
        or _UNITTEST.search(texts[path])
        or b"def test" in texts[path]
    ]
    return _Suite(
        files=tuple(holding),
        pytest=(conftest and bool(holding)) or any(map(_PYTEST.search, texts.values())),
        unittest=any(map(_UNITTEST.search, texts.values())),
        django=any(map(_DJANGO.search, texts.values())),
    )


def _starts(files: Iterable[TreePath]) -> tuple[str, ...]:
    """Return the outermost folders named for tests, and files that lie in none."""
    starts: dict[str, None] = {}
    for path in files:
        folders = path.split("/")[:-1]
        for depth, folder in enumerate(folders, start=1):
            if folder.lower() in {"test", "tests"}:
                starts["/".join(folders[:depth])] = None
                break
        else:
            starts[path] = None
    return tuple(sorted(starts))


def _unittest_starts(root: Path, files: tuple[TreePath, ...]) -> tuple[str, ...]:
    """Return folders to discover in, and files whose names discovery would not take."""
    starts: dict[str, None] = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        if name.startswith("test"):
            starts[_start_of(root, folder)] = None
        else:
            starts[path] = None
    return tuple(sorted(starts))


def _start_of(root: Path, folder: str) -> str:
    """Return the outermost package that a folder belongs to; discovery goes down from there."""
    best = folder or "."
    parts = folder.split("/") if folder else []
    for depth in range(len(parts), 0, -1):
        here = "/".join(parts[:depth])
        if parts[depth - 1].lower() in {"test", "tests"}:
            best = here
        if not (root / here / "__init__.py").is_file():
            break
    return best


def _is_there(root: Path, path: str) -> bool:
    inside = (root / path).resolve()
    return not path.startswith("-") and inside.exists() and inside.is_relative_to(root.resolve())
