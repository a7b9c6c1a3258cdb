"""Where a regression test goes, and in which style it is written."""

import ast
from itertools import takewhile
from pathlib import Path, PurePosixPath

from countermine.core.environment import Environment, TestPlan, TestRunner
from countermine.core.findings import Finding
from countermine.core.spans import TreePath, tree_path
from countermine.prove.records import BaselineTests, UsableTests

_FOLDERS = ("tests", "test")
_CLIENTS = ("client", "test_client", "app_client", "http_client")


def style(environment: Environment, tests: BaselineTests) -> TestRunner:
    """Return how the test is written and run: as the target's tests run, else with unittest.

    Of several ways to run them it is the one that gate 0 kept.
    """
    kept = tests.plan if isinstance(tests, UsableTests) else None
    plan = kept or environment.tests
    if isinstance(plan, TestPlan) and plan.runner is TestRunner.PYTEST:
        return TestRunner.PYTEST
    return TestRunner.UNITTEST


def folder_of_tests(
    environment: Environment, tree: Path, finding: Finding, tests: BaselineTests
) -> PurePosixPath:
    """Return the folder for a new test, relative to the tree; it need not exist.

    Best is a folder of tests that run, the nearest to the flaw; then what the plan names.
    """
    plan = environment.tests
    ids = tests.stable if isinstance(tests, UsableTests) else ()
    files = {PurePosixPath(one.partition("::")[0]) for one in ids if "::" in one}
    near = PurePosixPath(finding.location.path)
    running = sorted(
        {file.parent for file in files if (tree / file).is_file()},
        key=lambda folder: (-_shared(folder, near), len(folder.parts), str(folder)),
    )
    if running:
        return running[0]
    arguments = plan.arguments if isinstance(plan, TestPlan) else ()
    if isinstance(plan, TestPlan) and plan.runner is TestRunner.COMMAND:
        arguments = ()
    for argument in (*arguments, *_FOLDERS):
        pure = PurePosixPath(argument.partition("::")[0])
        if pure.is_absolute() or ".." in pure.parts or pure == PurePosixPath():
            continue
        here = tree / pure
        if here.is_dir():
            return pure
        if here.is_file() and pure.suffix == ".py":
            return pure.parent
    return PurePosixPath(_FOLDERS[0])


def _shared(folder: PurePosixPath, near: PurePosixPath) -> int:
    """Return how many leading folders two paths share."""
    return sum(
        1
        for _ in takewhile(
            lambda pair: pair[0] == pair[1], zip(folder.parts, near.parts, strict=False)
        )
    )


def path_of_test(finding: Finding, folder: PurePosixPath, tree: Path) -> TreePath:
    """Return a path for a new test that no file of the tree has, by folder or by name."""
    pure = PurePosixPath(finding.location.path)
    module = pure.parent.name if pure.name == "__init__.py" else pure.stem
    stem = f"test_{module}_{finding.weakness.replace('-', '_')}"
    taken = {found.name for found in tree.rglob(f"{stem}*.py")}
    name = f"{stem}.py"
    count = 1
    while name in taken:
        count += 1
        name = f"{stem}_{count}.py"
    return tree_path((folder / name).as_posix())


def client_fixture(folder: PurePosixPath, tree: Path) -> str | None:
    """Return the name of a fixture of the target's tests that gives a test client."""
    for conftest in (tree / folder / "conftest.py", tree / "conftest.py"):
        if not conftest.is_file():
            continue
        try:
            parsed = ast.parse(conftest.read_bytes())
        except (SyntaxError, ValueError, RecursionError):
            continue
        names = {one.name for one in parsed.body if isinstance(one, ast.FunctionDef)}
        for client in _CLIENTS:
            if client in names:
                return client
    return None
