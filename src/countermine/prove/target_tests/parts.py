"""The target's tests in parts, all at once: for suites that are shown not to mind."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

from countermine.core.environment import Environment, TestPlan, TestRunner
from countermine.prove.records import TestRecord, UsableTests
from countermine.prove.setting import Setting
from countermine.prove.target_tests.naming import test_files
from countermine.prove.target_tests.results import TestRun
from countermine.prove.target_tests.run import Part, run_tests

MIN_FILES = 4
"""Test files that are worth parting: each part starts, and collects all, once more."""

_PARTED = frozenset({TestRunner.PYTEST, TestRunner.UNITTEST})
"""What can be told to run the tests of some files and leave out the others."""


def parts_for(setting: Setting, plan: TestPlan) -> int:
    """Return how many parts the tests of a target may be run in; 1 for the whole alone."""
    most = setting.options.test_shards
    if most == 1 or plan.runner not in _PARTED:
        return 1
    files = len(tuple(islice(test_files(setting.root), MIN_FILES)))
    return most if files == MIN_FILES else 1


def run_known(
    setting: Setting, environment: Environment, plan: TestPlan, tree: Path, known: UsableTests
) -> TestRun:
    """Run the tests as they were at baseline, on another tree.

    Raises:
        SandboxUnavailableError: If the sandbox could not run; says nothing of the tests.
    """
    return run_in_parts(setting, environment, plan, tree, plain=known.plain, parts=known.shards)


def run_in_parts(
    setting: Setting,
    environment: Environment,
    plan: TestPlan,
    tree: Path,
    *,
    plain: bool,
    parts: int,
) -> TestRun:
    """Run the tests in so many sandboxes at once and return what they came to together.

    Raises:
        SandboxUnavailableError: If the sandbox could not run; says nothing of the tests.
    """
    run = partial(run_tests, setting, environment, plan, tree, plain=plain)
    if parts == 1:
        return run()
    with ThreadPoolExecutor(max_workers=parts, thread_name_prefix="tests") as pool:
        begun = [pool.submit(run, part=Part(number=one, of=parts)) for one in range(parts)]
        return joined([one.result() for one in begun])


def joined(runs: Sequence[TestRun]) -> TestRun:
    """Return several runs as one.

    Of a test that is in several, as one may be that cannot be loaded, what is worse counts.
    """
    records: dict[str, TestRecord] = {}
    for record in (one for run in runs for one in run.records):
        if record.id not in records or records[record.id].outcome.good:
            records[record.id] = record
    errors = {one.id: one for run in runs for one in run.collection_errors}
    codes = [run.exit_code for run in runs]
    ended = [code for code in codes if code is not None]
    return TestRun(
        records=tuple(sorted(records.values())),
        collection_errors=tuple(sorted(errors.values())),
        stopped=next((run.stopped for run in runs if run.stopped is not None), None),
        trouble=next((run.trouble for run in runs if run.trouble is not None), None),
        exit_code=_code(ended) if len(ended) == len(codes) else None,
        output="\n".join(run.output for run in runs),
    )


_NO_TESTS = 5
"""Exit code of a run that had none, of pytest and of ours: a part may have none."""


def _code(codes: Sequence[int]) -> int:
    """Return the exit code of the whole: that there were no tests only where no part had any."""
    told = [code for code in codes if code != _NO_TESTS]
    return next((code for code in told if code), 0) if told else _NO_TESTS


def same(whole: TestRun, parts: TestRun) -> bool:
    """Tell whether the parts come to what the whole does, as far as both came."""
    one, other = whole.outcomes(), parts.outcomes()
    if parts.trouble is not None or _unloaded(whole) != _unloaded(parts):
        return False
    missing = one.keys() - other.keys() if parts.stopped is None else ()
    further = other.keys() - one.keys() if whole.stopped is None else ()
    both = one.keys() & other.keys()
    return not missing and not further and all(one[test] == other[test] for test in both)


def holds_in(stable: Sequence[str], parts: TestRun) -> bool:
    """Tell whether tests that pass in the whole do so in the parts."""
    now = parts.outcomes()
    return parts.trouble is None and all(test in now and now[test].good for test in stable)


def _unloaded(run: TestRun) -> set[str]:
    return {record.id for record in run.collection_errors}
