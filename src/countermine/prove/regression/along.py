"""The likeliest regression test, run along with the target's own tests.

Gate 8 runs the target's tests on the patched tree. The test that gate 10 will most likely deliver
stands among them, so that its run with the fix need not be started again: a start costs more than
the test. It is also seen to live with the tests around it.
"""

from dataclasses import dataclass, replace

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.patches import Patch
from countermine.core.spans import TreePath
from countermine.prove.regression.candidates import (
    candidates,
    final_form,
    folder_for,
    probes_of,
)
from countermine.prove.regression.place import path_of_test, style
from countermine.prove.regression.read_entry import read_entry
from countermine.prove.regression.trying import FixedRun, as_patch
from countermine.prove.target_tests.results import TestRun
from countermine.prove.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A test that may be delivered, as a patch of one file."""

    path: TreePath
    patch: Patch


def likely_test(trial: Trial) -> Likely | None:
    """Return the first candidate of gate 10 in its final form; ``None`` where it takes a look."""
    witness, runner = trial.claim.witness, style(trial.environment, trial.ground.tests)
    if trial.claim.weakness.regression is None or runner is not TestRunner.PYTEST:
        return None
    described = read_entry(witness.entry, trial.original, trial.environment)
    if described is None:
        return None
    first = next(candidates(trial, described, probes_of(trial)), None)
    if first is None:
        return None
    path = path_of_test(trial.claim.finding, folder_for(trial), trial.original)
    return Likely(path=path, patch=as_patch(trial, {path: [final_form(first)]}))


def with_test(plan: TestPlan, test: Likely) -> TestPlan:
    """Return a plan that runs the test as well."""
    covered = any(
        argument in {"", "."} or test.path.startswith(f"{argument.rstrip('/')}/")
        for argument in plan.arguments
    )
    if covered or not plan.arguments:
        return plan
    return replace(plan, arguments=(*plan.arguments, test.path))


def seen_along(test: Likely, run: TestRun) -> FixedRun | None:
    """Return what a run of everything says of the test; ``None`` where it says nothing."""
    records = tuple(one for one in run.records if one.id.startswith(f"{test.path}::"))
    if run.trouble is not None or run.stopped is not None or not records:
        return None
    return FixedRun(patch=test.patch, run=replace(run, records=records, collection_errors=()))
