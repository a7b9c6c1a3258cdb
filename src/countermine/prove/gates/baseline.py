"""Gate 0: the target's environment is there; its tests run twice, flaky ones are set aside."""

from dataclasses import replace
from pathlib import Path
from typing import assert_never

from countermine.core.environment import Environment, NoEnvironment, NoTests, TestPlan
from countermine.core.verdicts import Evidence
from countermine.prove.evidence import evidence, named
from countermine.prove.records import BaselineTests, Sighting, UnusableTests, UsableTests
from countermine.prove.setting import Setting
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.target_tests.reaching import MANY_TESTS, reaching
from countermine.prove.target_tests.twice import twice
from countermine.prove.trees import private_tree

MAX_WAYS = 4
"""Ways to run a target's tests that are tried: each costs a start, or the whole time bound."""


def baseline(setting: Setting) -> tuple[Step, BaselineTests]:
    """Run the target's tests twice on a private copy of the unpatched tree.

    A target whose tests say nothing does not stop the ladder: what they lack is recorded, and
    every verdict shows it.
    """
    environment = setting.environment
    if isinstance(environment, NoEnvironment):
        step = Unsettled(reason=f"no environment for the target: {environment.reason}")
        return step, UnusableTests(reason="the target has no environment")
    plan = environment.tests
    if isinstance(plan, NoTests):
        tests: BaselineTests = UnusableTests(reason=plan.reason)
    else:
        with private_tree(setting.root, setting.options) as tree:
            tests = _best(setting, environment, plan, tree)
    return _step(setting, environment, tests), tests


def with_reaching(
    setting: Setting, tests: BaselineTests, found: tuple[Sighting, ...]
) -> BaselineTests:
    """Return the tests of a large suite with which of them enter the files of the findings."""
    environment = setting.environment
    if isinstance(tests, UnusableTests) or isinstance(environment, NoEnvironment):
        return tests
    if len(tests.stable) < MANY_TESTS and not tests.cut:
        return tests
    files = tuple(sorted({one.path for one in found}))
    return replace(tests, reaching=reaching(setting, environment, tests, files))


def _best(setting: Setting, environment: Environment, plan: TestPlan, tree: Path) -> BaselineTests:
    """Run the tests in the likeliest way; in others only where hardly any passes in that."""
    best = twice(setting, environment, plan, tree)
    for other in environment.other_tests[: MAX_WAYS - 1]:
        if _mostly_passing(best):
            break
        tried = twice(setting, environment, other, tree)
        if isinstance(tried, UsableTests) and (
            isinstance(best, UnusableTests) or len(tried.stable) > len(best.stable)
        ):
            best = replace(tried, plan=other)
    return best


def _mostly_passing(tests: BaselineTests) -> bool:
    if isinstance(tests, UnusableTests):
        return False
    bad = len(tests.failing) + len(tests.flaky) + len(tests.unloaded)
    return len(tests.stable) >= bad


def _step(setting: Setting, environment: Environment, tests: BaselineTests) -> Step:
    seen = [_sandbox_evidence(setting)]
    if environment.missing:
        seen.append(evidence("requirements that are missing", "\n".join(environment.missing)))
    apart = "" if setting.sandbox.isolated else "; run WITHOUT isolation from this machine"
    match tests:
        case UnusableTests(reason=reason):
            text = f"the target has no usable tests: {reason}{apart}"
            return Passed(reason=text, evidence=tuple(seen), applicable=False)
        case UsableTests():
            if tests.flaky:
                seen.append(evidence("flaky tests, set aside", "\n".join(tests.flaky)))
            if tests.failing:
                seen.append(evidence("tests that do not pass", "\n".join(tests.failing)))
            if tests.unloaded:
                seen.append(evidence("could not be loaded", "\n".join(tests.unloaded)))
            return Passed(reason=_reason(tests) + apart, evidence=tuple(seen))
        case _:
            assert_never(tests)


def _reason(tests: UsableTests) -> str:
    count = len(tests.stable)
    parts = ["1 test passes twice" if count == 1 else f"{count} tests pass twice"]
    if tests.flaky:
        parts.append(f"{len(tests.flaky)} flaky set aside ({named(tests.flaky[:3])})")
    if tests.failing:
        parts.append(f"{len(tests.failing)} do not pass")
    if tests.unloaded:
        parts.append(f"{len(tests.unloaded)} files or classes of tests cannot be loaded")
    if tests.cut:
        parts.append("stopped at the time bound, the tests behind it are unknown")
    if tests.plain:
        parts.append("run without the options of the target's own configuration")
    return ", ".join(parts)


def _sandbox_evidence(setting: Setting) -> Evidence:
    how = "isolated" if setting.sandbox.isolated else "NOT isolated from this machine"
    return Evidence(title="sandbox", text=f"{setting.sandbox.name}, {how}")
