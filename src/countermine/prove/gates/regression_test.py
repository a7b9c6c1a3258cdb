"""Gate 10: a test in the target's own style fails without the fix and passes with it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

from countermine.core.entrypoints import Channel
from countermine.core.environment import TestPlan, TestRunner
from countermine.core.patches import NewFile, Patch, PatchOrigin
from countermine.core.regressions import RegressionProbe
from countermine.core.spans import TreePath, tree_path
from countermine.prove.evidence import evidence
from countermine.prove.module_names import module_name
from countermine.prove.records import TestOutcome
from countermine.prove.regression.calls import Call, FunctionCall, function_call
from countermine.prove.regression.entry import DescribedEntry, describe
from countermine.prove.regression.flask_calls import flask_call
from countermine.prove.regression.place import client_fixture, folder_of_tests, path_of_test, style
from countermine.prove.regression.render import TestText, as_pytest, as_unittest
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.target_tests.results import TestRun
from countermine.prove.target_tests.run import run_tests
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial

MAX_PAYLOADS = 3
"""Payloads in a delivered test: a maintainer reads them all."""

AUTHOR = "countermine"


def regression_test(trial: Trial) -> tuple[Step, Patch | None]:
    """Write a test, and show that it fails without the fix and passes with it.

    A case without such a test is not proven: the fix could be lost again unseen. See
    docs/decisions/0010-no-proof-without-a-regression-test.md.
    """
    maker = trial.claim.weakness.regression
    if maker is None:
        reason = f"no regression test can be written for {trial.claim.weakness.facts.id} yet"
        return Unsettled(reason=reason), None
    entry = trial.claim.witness.entry
    described = describe(trial.setting, trial.environment, entry, trial.original)
    if isinstance(described, str):
        return Unsettled(reason=f"no regression test could be written: {described}"), None
    probes = maker(trial.claim.finding, trial.claim.witness)
    most = trial.setting.options.regression_candidates
    candidates = tuple(islice(_candidates(trial, described, probes), most))
    path = path_of_test(trial.claim.finding, _folder(trial), trial.original)
    problems: list[str] = []
    for text, showing in _shown_alone(trial, path, candidates):
        tried = _tried(trial, path, text, showing) if isinstance(showing, tuple) else showing
        if isinstance(tried, Patch):
            return _passed(tried), tried
        problems.append(f"{text.name}: {tried}")
    seen = (evidence("candidates", "\n".join(problems)),) if problems else ()
    reason = "no regression test could be written that fails without the fix and passes with it"
    return Unsettled(reason=reason, evidence=seen), None


def _passed(patch: Patch) -> Passed:
    new = patch.new_files[0]
    return Passed(
        reason=f"{new.path} fails without the fix and passes with it",
        evidence=(evidence(new.path, new.text),),
    )


def _candidates(
    trial: Trial, described: DescribedEntry, probes: tuple[RegressionProbe, ...]
) -> Iterator[TestText]:
    facts, finding = trial.claim.weakness.facts, trial.claim.finding
    place = f"``{finding.function}``" if finding.function != "<module>" else "the module"
    title = f"Guards {place} in {finding.location.path} against {facts.title} (CWE-{facts.cwe})."
    for probe in probes:
        for call in _calls(trial, described, probe):
            if "database" in probe.never and not any("database" in one for one in call.setup):
                continue
            yield TestText(title=title, call=call, probe=probe, payloads=probe.payloads)


def _calls(trial: Trial, described: DescribedEntry, probe: RegressionProbe) -> Iterator[Call]:
    witness, environment = trial.claim.witness, trial.environment
    entry = witness.entry
    if isinstance(described, FunctionCall):
        module = module_name(entry.path, environment) or ""
        first = next(iter(witness.controls[0].inputs), None)
        if first is not None and first.channel is Channel.FILE_CONTENT:
            name = first.file_name or probe.file_name
            probe = replace(probe, by_file=True, file_name=name)
        call = function_call(described, module, entry.qualname, entry.key, probe)
        if call is not None:
            yield call
        return
    fixtures: list[str | None] = [None]
    if style(environment) is TestRunner.PYTEST:
        fixture = client_fixture(_folder(trial), trial.original)
        fixtures = [fixture, None] if fixture is not None else [None]
    for fixture in fixtures:
        others = witness.controls[0].inputs
        call = flask_call(described, entry, others, probe, fixture=fixture)
        if call is not None:
            yield call


def _shown_alone(
    trial: Trial, path: TreePath, candidates: tuple[TestText, ...]
) -> Iterator[tuple[TestText, tuple[str, ...] | str]]:
    """Yield each candidate with the payloads that show the flaw without the fix, or why none does.

    Every payload is a test by itself and every candidate a file by itself, all in one run: a start
    of the test runner costs more than the tests.
    """
    pure = PurePosixPath(path)
    files: dict[TreePath, list[TestText]] = {
        tree_path(str(pure.with_name(f"{pure.stem}_alone_{number}.py"))): [
            replace(text, payloads=(payload,), suffix=f"_{number}_{place}")
            for place, payload in enumerate(text.payloads)
        ]
        for number, text in enumerate(candidates)
    }
    if not files:
        return
    run = _run(trial, files, fixed=False)
    for text, singles in zip(candidates, files.values(), strict=True):
        showing = tuple(text.payloads[place] for place in _failing(run, singles))
        yield text, showing or f"shows nothing without the fix: {_said(run)}"


def _tried(trial: Trial, path: TreePath, text: TestText, showing: tuple[str, ...]) -> Patch | str:
    """Return the test as a patch, or why it is none."""
    chosen = replace(text, payloads=showing[:MAX_PAYLOADS])
    without = _run(trial, {path: [chosen]}, fixed=False)
    if not _failing(without, [chosen]):
        return f"does not fail without the fix: {_said(without)}"
    fixed = _run(trial, {path: [chosen]}, fixed=True)
    if fixed.trouble is not None or not fixed.records:
        return f"does not run with the fix: {_said(fixed)}"
    bad = [one for one in fixed.records if one.outcome is not TestOutcome.PASSED]
    if bad or fixed.collection_errors or fixed.stopped is not None:
        return f"does not pass with the fix: {_said(fixed)}"
    return _patch(trial, {path: _source(trial, [chosen])})


def _folder(trial: Trial) -> PurePosixPath:
    tests = trial.ground.tests
    return folder_of_tests(trial.environment, trial.original, trial.claim.finding, tests)


def _run(trial: Trial, files: dict[TreePath, list[TestText]], *, fixed: bool) -> TestRun:
    setting, runner = trial.setting, style(trial.environment)
    test = _patch(trial, {path: _source(trial, texts) for path, texts in files.items()})
    patches = (trial.patch, test) if fixed else (test,)
    plan = TestPlan(runner=runner, arguments=tuple(files))
    plain = getattr(trial.ground.tests, "plain", False)
    with private_tree(setting.root, setting.options, *patches) as tree:
        return run_tests(setting, trial.environment, plan, tree, plain=plain)


def _source(trial: Trial, texts: list[TestText]) -> str:
    pytest = style(trial.environment) is TestRunner.PYTEST
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


def _patch(trial: Trial, sources: dict[TreePath, str]) -> Patch:
    title = trial.claim.weakness.facts.title
    return Patch(
        edits=(),
        new_files=tuple(NewFile(path=path, text=text) for path, text in sources.items()),
        origin=PatchOrigin.REMEDY,
        author=AUTHOR,
        summary=f"Test that {title.lower()} stays fixed"[:69],
    )
