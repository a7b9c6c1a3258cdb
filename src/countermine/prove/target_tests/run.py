"""One run of the target's tests in the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from countermine.core.environment import Environment, TestPlan, TestRunner
from countermine.ports.sandbox import Limits, Mount
from countermine.prove.commands import OUT, RESULTS_FILE, SCRIPTS, command, out_folder, script
from countermine.prove.setting import Setting
from countermine.prove.target_tests.results import TestRun, read_run
from countermine.prove.trees import private_tree

_RESULTS = f"{OUT}/{RESULTS_FILE}"

_PYTEST = (
    "-m", "pytest", "-q", "--tb=short", "--maxfail=0", "--continue-on-collection-errors",
    "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:random_order",
    "-p", "countermine_results", "--countermine-results", _RESULTS,
)  # fmt: skip
"""Every test, always in the same order, none left out for another's failure."""

_REACH_FILE = "reach.jsonl"

_NO_OPTIONS = ("-o", "addopts=")
"""Leaves out the options of the target's own configuration, such as a plugin's that is missing."""


_NOT_THE_PROJECTS = (
    "COUNTERMINE",
    "COVERAGE",
    "GIT_",
    "LD_",
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "TMP",
)
"""Variables that say how tests are run here, and not what they test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the target's tests, told by the files that they stand in."""

    number: int
    """From 0."""
    of: int

    @property
    def word(self) -> str:
        """Return it as what runs the tests reads it."""
        return f"{self.number}/{self.of}"


def run_tests(
    setting: Setting,
    environment: Environment,
    plan: TestPlan,
    tree: Path,
    *,
    plain: bool = False,
    part: Part | None = None,
) -> TestRun:
    """Run tests from the root of a tree; what they write there is gone afterwards.

    Args:
        setting: The means.
        environment: The target's.
        plan: Which tests, and how.
        tree: On the host.
        plain: Without the options of the target's own pytest configuration.
        part: The part of the tests that is run; ``None`` for all of them.

    Raises:
        SandboxUnavailableError: If the sandbox could not run; says nothing of the tests.
    """
    limits = Limits(wall_s=setting.options.tests_wall_s, memory_bytes=setting.options.memory_bytes)
    with out_folder() as out:
        asked = command(
            environment,
            tree,
            _arguments(plan, plain=plain, part=part),
            mounts=(out.mount, *_mounts(plan.runner)),
            limits=limits,
        )
        if plan.runner is TestRunner.COMMAND:
            asked = replace(asked, argv=("/bin/sh", "-c", 'exec "$@"', "sh", *plan.arguments))
        told = {**asked.env, **project_variables(asked.env, plan)}
        if plan.runner is TestRunner.SCRIPT:
            told["PYTEST_ADDOPTS"] = f"-p countermine_results --countermine-results {_RESULTS}"
        asked = replace(asked, env=told)
        outcome = setting.sandbox.run(asked)
        return read_run(out.read(), outcome, plan.runner)


def run_reach(
    setting: Setting,
    environment: Environment,
    plan: TestPlan,
    files: tuple[str, ...],
    *,
    plain: bool,
) -> bytes:
    """Run tests with pytest on the unpatched tree and return what each entered, as it was told.

    The run says nothing else: what is looked at runs slower, and may fail for it.

    Raises:
        SandboxUnavailableError: If the sandbox could not run.
    """
    limits = Limits(wall_s=setting.options.tests_wall_s, memory_bytes=setting.options.memory_bytes)
    looked = (f"--countermine-reached={name}" for name in files)
    reach = (*_arguments(plan, plain=plain), "--countermine-reach", f"{OUT}/{_REACH_FILE}", *looked)
    with out_folder() as out, private_tree(setting.root, setting.options) as tree:
        mounts = (out.mount, *_mounts(plan.runner), script("reach", "countermine_reach"))
        asked = command(environment, tree, reach, mounts=mounts, limits=limits)
        told = {**asked.env, **project_variables(asked.env, plan)}
        setting.sandbox.run(replace(asked, env=told))
        return out.read(_REACH_FILE)


def project_variables(own: Mapping[str, str], plan: TestPlan) -> dict[str, str]:
    """Return the variables that the project sets for its tests, without those that we must set."""
    found: dict[str, str] = {}
    for name, value in plan.env:
        if name == "PYTHONPATH":
            found[name] = f"{own[name]}:{value}"
        elif name not in own and not name.startswith(_NOT_THE_PROJECTS):
            found[name] = value
    return found


def _mounts(runner: TestRunner) -> tuple[Mount, ...]:
    match runner:
        case TestRunner.PYTEST:
            return (script("pytest_results", "countermine_results"),)
        case TestRunner.UNITTEST:
            return (script("unittest_results"),)
        case TestRunner.SCRIPT:
            return (
                script("script_results"),
                script("pytest_results", "countermine_results"),
            )
        case TestRunner.COMMAND:
            return ()
        case _:
            assert_never(runner)


def _arguments(plan: TestPlan, *, plain: bool, part: Part | None = None) -> tuple[str, ...]:
    match plan.runner:
        case TestRunner.PYTEST:
            mine = () if part is None else (f"--countermine-part={part.word}",)
            return (*_PYTEST, *mine, *(_NO_OPTIONS if plain else ()), *plan.arguments)
        case TestRunner.UNITTEST:
            mine = () if part is None else (f"--part={part.word}",)
            return (f"{SCRIPTS}/unittest_results.py", *mine, _RESULTS, *plan.arguments)
        case TestRunner.SCRIPT:
            return (f"{SCRIPTS}/script_results.py", _RESULTS, *plan.arguments)
        case TestRunner.COMMAND:
            return plan.arguments
        case _:
            assert_never(plan.runner)
