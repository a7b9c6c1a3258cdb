"""Runs candidates for a regression test on trees without and with the fix.

A start of the test runner costs more than the tests, so as much as can be stands in one run: the
first candidate as it would be delivered, at its place, and beside it every payload of every
candidate as a test by itself. In the usual case the first candidate holds and nothing but the
run with the fix is left.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.patches import NewFile, Patch, PatchOrigin
from countermine.core.spans import TreePath, tree_path
from countermine.prove.records import TestOutcome
from countermine.prove.regression.candidates import MAX_PAYLOADS, final_form
from countermine.prove.regression.place import style
from countermine.prove.regression.render import TestText, as_pytest, as_unittest
from countermine.prove.target_tests.results import TestRun
from countermine.prove.target_tests.run import run_tests
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial

AUTHOR = "countermine"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRun:
    """What a test did on the patched tree."""

    patch: Patch
    """The test, as a patch that adds it."""
    run: TestRun
    """Its records alone."""


def tried(
    trial: Trial, path: TreePath, candidates: tuple[TestText, ...], along: FixedRun | None = None
) -> Iterator[tuple[TestText, Patch | str]]:
    """Yield each candidate with the test that only the fix passes, or with why it is none.

    Args:
        trial: The patch on trial.
        path: Where the test is to stand.
        candidates: The plainest first.
        along: A run with the fix that was made before.
    """
    if not candidates:
        return
    files: dict[TreePath, list[TestText]] = {path: [final_form(candidates[0])]}
    for number, text in enumerate(candidates):
        files[_beside(path, number)] = [
            replace(text, payloads=(payload,), suffix=f"_{number}_{place}")
            for place, payload in enumerate(text.payloads)
        ]
    run = _run(trial, files, fixed=False)
    final = files[path][0] if _failing(run, files[path]) else None
    for number, text in enumerate(candidates):
        showing = tuple(
            text.payloads[place] for place in _failing(run, files[_beside(path, number)])
        )
        if not showing:
            yield text, f"shows nothing without the fix: {_said(run)}"
            continue
        chosen = replace(text, payloads=showing[:MAX_PAYLOADS])
        if number == 0 and final is not None and set(final.payloads) <= set(showing):
            yield text, _passing(trial, path, final, along)
        else:
            yield text, _failing_then_passing(trial, path, chosen, along)


def _beside(path: TreePath, number: int) -> TreePath:
    pure = PurePosixPath(path)
    return tree_path(str(pure.with_name(f"{pure.stem}_alone_{number}.py")))


def _failing_then_passing(
    trial: Trial, path: TreePath, text: TestText, along: FixedRun | None
) -> Patch | str:
    without = _run(trial, {path: [text]}, fixed=False)
    if not _failing(without, [text]):
        return f"does not fail without the fix: {_said(without)}"
    return _passing(trial, path, text, along)


def _passing(trial: Trial, path: TreePath, text: TestText, along: FixedRun | None) -> Patch | str:
    """Return the test, which was seen failing without the fix, as a patch if the fix passes it."""
    test = as_patch(trial, {path: [text]})
    seen = along is not None and along.patch == test
    fixed = along.run if along is not None and seen else _run(trial, {path: [text]}, fixed=True)
    if fixed.trouble is not None or not fixed.records:
        return f"does not run with the fix: {_said(fixed)}"
    bad = [one for one in fixed.records if one.outcome is not TestOutcome.PASSED]
    if bad or fixed.collection_errors or fixed.stopped is not None:
        return f"does not pass with the fix: {_said(fixed)}"
    return test


def _run(trial: Trial, files: dict[TreePath, list[TestText]], *, fixed: bool) -> TestRun:
    setting, runner = trial.setting, style(trial.environment, trial.ground.tests)
    test = as_patch(trial, files)
    patches = (trial.patch, test) if fixed else (test,)
    plan = TestPlan(runner=runner, arguments=tuple(files))
    plain = getattr(trial.ground.tests, "plain", False)
    with private_tree(setting.root, setting.options, *patches) as tree:
        return run_tests(setting, trial.environment, plan, tree, plain=plain)


def _source(trial: Trial, texts: list[TestText]) -> str:
    pytest = style(trial.environment, trial.ground.tests) is TestRunner.PYTEST
    return as_pytest(texts) if pytest else as_unittest(texts)


def _failing(run: TestRun, texts: list[TestText]) -> list[int]:
    """Return which texts failed by their own assertion."""
    return [
        place
        for place, text in enumerate(texts)
        if any(
            record.outcome is TestOutcome.FAILED
            and text.probe.message in record.detail
            and record.id.partition("[")[0].endswith(text.name)
            for record in run.records
        )
    ]


def _said(run: TestRun) -> str:
    if run.trouble is not None:
        return run.trouble
    told = [*run.collection_errors, *(one for one in run.records if one.detail)]
    if told:
        lines = [line for line in told[0].detail.splitlines() if line.strip()]
        return lines[-1].strip() if lines else told[0].id
    return f"{len(run.records)} tests ran"


def as_patch(trial: Trial, files: dict[TreePath, list[TestText]]) -> Patch:
    """Return files of tests as a patch that adds them."""
    title = trial.claim.weakness.facts.title
    return Patch(
        edits=(),
        new_files=tuple(
            NewFile(path=path, text=_source(trial, texts)) for path, texts in files.items()
        ),
        origin=PatchOrigin.REMEDY,
        author=AUTHOR,
        summary=f"Test that {title.lower()} stays fixed"[:69],
    )
