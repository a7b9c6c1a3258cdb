"""The target's tests on the unpatched tree, run twice: which of them say something of a patch."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from countermine.core.environment import Environment, TestPlan, TestRunner
from countermine.prove.records import BaselineTests, UnusableTests, UsableTests
from countermine.prove.setting import Setting
from countermine.prove.target_tests.parts import holds_in, parts_for, run_in_parts, same
from countermine.prove.target_tests.results import TestRun

_Run: TypeAlias = Callable[[int], TestRun]
"""Runs all the tests once, in so many parts."""


def twice(setting: Setting, environment: Environment, plan: TestPlan, tree: Path) -> BaselineTests:
    """Run the tests twice, both at once: so they run beside the tests of other cases later.

    Of a suite with several files the second run is one in parts. Where that comes to the same, the
    parts are what a patch is judged by.

    Raises:
        SandboxUnavailableError: If the sandbox could not run; says nothing of the tests.
    """
    parts = parts_for(setting, plan)

    def runner(*, plain: bool) -> _Run:
        def run(count: int) -> TestRun:
            return run_in_parts(setting, environment, plan, tree, plain=plain, parts=count)

        return run

    run, plain = runner(plain=False), False
    pair = _pair(run, parts)
    if pair.is_unusable and plan.runner is TestRunner.PYTEST:
        without = runner(plain=True)
        again = _pair(without, parts)
        if not again.is_unusable:
            run, plain, pair = without, True, again
    return _settled(run, pair, plain=plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two runs on the unpatched tree."""

    whole: TestRun
    other: TestRun
    parts: int
    """In how many the other was run."""

    @property
    def is_unusable(self) -> bool:
        """Tell whether one of them says nothing."""
        return _unusable(self.whole) is not None or _unusable(self.other) is not None


def _pair(run: _Run, parts: int) -> _Pair:
    """Run the whole, and its parts, or the whole again where parts say nothing."""
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="tests") as pool:
        one, two = pool.submit(run, 1), pool.submit(run, parts)
        pair = _Pair(whole=one.result(), other=two.result(), parts=parts)
    if parts > 1 and _unusable(pair.other) is not None and _unusable(pair.whole) is None:
        return _Pair(whole=pair.whole, other=run(1), parts=1)
    return pair


def _settled(run: _Run, pair: _Pair, *, plain: bool) -> BaselineTests:
    """Return what both runs come to, and whether the parts may stand for the whole."""
    whole, other, parts = pair.whole, pair.other, pair.parts
    if parts == 1 or pair.is_unusable:
        return compare(whole, other, plain=plain)
    if not same(whole, other):
        known = compare(whole, run(1), plain=plain)
        fits = isinstance(known, UsableTests) and holds_in(known.stable, other)
        return _parted(known, parts) if fits else known
    # In parts more tests may come before the time bound than in the whole: those count, too.
    first = run(parts) if whole.stopped is not None else whole
    return _parted(compare(first, other, plain=plain), parts)


def _parted(known: BaselineTests, parts: int) -> BaselineTests:
    return replace(known, shards=parts) if isinstance(known, UsableTests) else known


def _unusable(run: TestRun) -> str | None:
    """Return why a run on the unpatched tree says nothing, or ``None``."""
    if run.trouble is not None:
        last = next((line for line in reversed(run.output.splitlines()) if line.strip()), "")
        return f"{run.trouble}; it last said {last!r}" if last and not run.records else run.trouble
    if not any(record.outcome.good for record in run.records):
        if run.stopped is not None:
            return f"no test passed before the {run.stopped.value} bound"
        count = len(run.records) + len(run.collection_errors)
        return f"none of {count} tests passes" if count else "no test was found"
    return None


def compare(first: TestRun, second: TestRun, *, plain: bool) -> BaselineTests:
    """Return the tests that passed in both runs, and apart from them those that did not."""
    troubles = [said for said in map(_unusable, (first, second)) if said is not None]
    if troubles:
        where = "in one of two runs, " if len(troubles) == 1 else ""
        return UnusableTests(reason=f"{where}{troubles[0]}")
    one, two = first.outcomes(), second.outcomes()
    cut = first.stopped is not None or second.stopped is not None
    stable = [t for t in one if t in two and one[t].good and two[t].good]
    if not stable:
        return UnusableTests(reason="no test passes twice in a row")
    unknown = {t for t in one.keys() ^ two.keys() if cut}
    flaky = [t for t in one.keys() | two.keys() if t not in unknown and one.get(t) != two.get(t)]
    failing = [t for t in one if one[t] == two.get(t) and not one[t].good]
    return UsableTests(
        stable=tuple(sorted(stable)),
        flaky=tuple(sorted(set(flaky) - set(stable))),
        failing=tuple(sorted(failing)),
        cut=cut,
        plain=plain,
        unloaded=tuple(sorted({e.id for run in (first, second) for e in run.collection_errors})),
    )
