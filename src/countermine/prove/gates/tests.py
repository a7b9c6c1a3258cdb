"""Gate 8: none of the target's tests that passed at baseline now fails or is gone."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.verdicts import Evidence
from countermine.core.witnesses import Witness
from countermine.prove.evidence import clean, evidence, named
from countermine.prove.records import TestOutcome, UnusableTests, UsableTests
from countermine.prove.regression.along import likely_test, seen_along, with_test
from countermine.prove.regression.trying import FixedRun
from countermine.prove.steps import Broken, Passed, Step, Unsettled
from countermine.prove.target_tests.choosing import of_files, unseen
from countermine.prove.target_tests.naming import naming
from countermine.prove.target_tests.parts import run_known
from countermine.prove.target_tests.reaching import chosen
from countermine.prove.target_tests.results import TestRun
from countermine.prove.target_tests.run import run_tests
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial

MIN_RAN = 0.9
"""Least part of the tests that passed at baseline that a run cut at its bound must have reached."""

MAX_FIRST = 200
"""Tests that are run before the others: more would be no sooner than all."""


def tests(trial: Trial) -> tuple[Step, FixedRun | None]:
    """Run the target's tests on the patched tree and compare with gate 0.

    Returns:
        What the comparison says, and what the likeliest regression test did among them.
    """
    known, plan = trial.ground.tests, trial.environment.tests
    match known:
        case UnusableTests(reason=reason) if made_of_objects(trial.claim.witness):
            needed = "what is unpickled here cannot be made up, and no test shows it"
            return Unsettled(reason=f"{needed}: {clean(reason)}"), None
        case UnusableTests(reason=reason):
            return Passed(reason=f"no usable tests: {reason}", applicable=False), None
        case UsableTests():
            plan = known.plan or plan
            if not isinstance(plan, TestPlan):
                reason = "the environment no longer says how the tests are run"
                return Unsettled(reason=reason), None
            early = _those_that_reach(trial, known, plan) or behind_the_bound(trial, known, plan)
            if early is not None:
                return early, None
            step, along = _with_likely_test(trial, known, plan)
            if isinstance(step, Passed):
                return step, along
            # Nothing that is ours may be to blame: the target's tests by themselves decide.
            run = run_known(trial.setting, trial.environment, plan, trial.patched, known)
            return compare(known, run), None
        case _:
            assert_never(known)


_PICKLES = re.compile(r"pickle|dill|joblib|shelve|torch|numpy|pandas|marshal", re.IGNORECASE)


def made_of_objects(witness: Witness) -> bool:
    """Tell whether the sink reads objects of any class, as whoever wrote them left them.

    A legitimate use that is made up is plain data then, and a patch that lets nothing else through
    would pass for one that changes nothing.
    """
    return witness.weakness == "unsafe-deserialization" and bool(_PICKLES.search(witness.sink))


def _those_that_reach(trial: Trial, known: UsableTests, plan: TestPlan) -> Broken | None:
    """Run first, of a large suite, the tests that enter the files of the patch.

    Alone among few others a test may fail that passes in the whole: what fails here counts only
    where the same few pass on the unpatched tree. What passes here is run again with all.
    """
    setting, paths = trial.setting, set(trial.patch.paths)
    near = sorted({test for one in known.reaching if one.path in paths for test in one.tests})
    if not near:
        return None
    few = chosen(plan, tuple(near[:MAX_FIRST]), setting.root)

    def run(tree: Path) -> TestRun:
        return run_tests(setting, trial.environment, few, tree, plain=known.plain)

    patched = run(trial.patched)
    now = patched.outcomes()
    failed = [test for test in near if test in now and not now[test].good]
    if not failed:
        return None
    before = run(trial.original).outcomes()
    broken = [test for test in failed if test in before and before[test].good]
    return _broken("fails", broken, patched) if broken else None


def behind_the_bound(trial: Trial, known: UsableTests, plan: TestPlan) -> Step | None:
    """Run the test files that name a file of the patch by themselves, where the suite was cut.

    What stands behind the time bound is unknown, and the tests that could tell a wrong patch may
    stand there. ``None`` where nothing is left unknown by it, or nothing was broken.
    """
    files = naming(trial.original, trial.patch.paths) if known.cut else ()
    if not files:
        return None
    setting, few = trial.setting, of_files(plan, files, trial.original)
    if few is None:
        return Unsettled(reason=f"{_UNKNOWN}, and what runs them does not run a few of them")

    def run(tree: Path, few: TestPlan = few) -> TestRun:
        return run_tests(setting, trial.environment, few, tree, plain=known.plain)

    before, patched = run(trial.original), run(trial.patched)
    trouble = before.trouble or patched.trouble
    if trouble is not None:
        return Unsettled(reason=trouble, evidence=(evidence("output", patched.output),))
    now = patched.outcomes()
    passed = [test for test, how in before.outcomes().items() if how.good]
    broken = [test for test in passed if test in now and not now[test].good]
    if broken:
        # What failed by chance mostly passes the second time.
        again = run(trial.patched).outcomes()
        broken = [one for one in broken if one not in known.flaky and not _is_good(again, one)]
    if broken:
        return _broken("fails", broken, patched)
    if before.stopped is not None or any(test not in now for test in passed):
        return Unsettled(reason=f"{_UNKNOWN}, also by themselves")
    pytest = plan.runner is TestRunner.PYTEST
    left = [] if pytest else unseen(plan, files, trial.original, before.outcomes())
    reason = f"{_UNKNOWN}, and {named(left)} cannot be run alone"
    return Unsettled(reason=reason) if left else None


_UNKNOWN = "the tests that name the patched file were not all reached before the time bound"


def _is_good(outcomes: Mapping[str, TestOutcome], test: str) -> bool:
    return test in outcomes and outcomes[test].good


def _with_likely_test(
    trial: Trial, known: UsableTests, plan: TestPlan
) -> tuple[Step | None, FixedRun | None]:
    test = likely_test(trial)
    if test is None:
        return None, None
    setting = trial.setting
    with private_tree(setting.root, setting.options, trial.patch, test.patch) as tree:
        chosen = with_test(plan, test)
        run = run_known(setting, trial.environment, chosen, tree, known)
    return compare(known, run), seen_along(test, run)


def compare(known: UsableTests, run: TestRun) -> Step:
    """Say whether every test that passed at baseline still does."""
    now = run.outcomes()
    failed = [test for test in known.stable if test in now and not now[test].good]
    gone = [test for test in known.stable if test not in now]
    if failed:
        return _broken("fails", failed, run)
    if run.trouble is not None:
        return Unsettled(reason=run.trouble, evidence=(evidence("output", run.output),))
    if run.stopped is not None and (gone and not known.cut):
        reason = f"stopped at the {run.stopped.value} bound before {len(gone)} tests had run"
        return Unsettled(reason=reason, evidence=(evidence("output", run.output),))
    if gone and run.stopped is None:
        return _broken("is gone", gone, run)
    ran = len(known.stable) - len(gone)
    if ran < MIN_RAN * len(known.stable):
        many = f"{ran} of {len(known.stable)} tests that passed at baseline"
        return Unsettled(reason=f"only {many} ran before the time bound")
    note = f"; {len(gone)} were not reached before the time bound" if gone else ""
    aside = f"; {len(known.flaky)} flaky set aside" if known.flaky else ""
    count = "the 1 test that passed" if ran == 1 else f"all {ran} tests that passed"
    return Passed(reason=f"{count} at baseline still pass{'es' if ran == 1 else ''}{note}{aside}")


def _broken(what: str, names: list[str], run: TestRun) -> Broken:
    details = {record.id: record.detail for record in run.records}
    errors = "\n".join(f"{one.id}: {one.detail}" for one in run.collection_errors)
    shown: list[Evidence] = [
        evidence(name, details[name]) for name in names[:3] if details.get(name)
    ]
    if errors:
        shown.append(evidence("could not be loaded", errors))
    more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return Broken(
        reason=f"{named([names[0]])} passed at baseline and now {what}{more}",
        failures=tuple(names),
        evidence=tuple(shown),
    )
