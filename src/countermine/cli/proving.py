"""Proves one case, of a run or of a fresh search, with parts that the user may give."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from countermine.cli.exits import ExitCode
from countermine.cli.given import Given, read_given
from countermine.cli.options import Outputs, Proving, Screen, Wishes
from countermine.cli.outputs import say, texts_of, write
from countermine.cli.progress import shown
from countermine.cli.recalling import NoSuchCase, recall
from countermine.cli.requests import Aims, request_for
from countermine.cli.running import means_for, new_run_id
from countermine.cli.searching import plan
from countermine.cli.surroundings import SystemClock, state_folder, terminal
from countermine.core.cases import Case, case_id
from countermine.core.coverage import CoverageRecord
from countermine.core.environment import BuiltEnvironment
from countermine.core.errors import BadUsageError, SandboxUnavailableError
from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.runs import Run, RunState
from countermine.core.targets import Target
from countermine.core.verdicts import Proven
from countermine.loop.cases import MAX_ATTEMPTS, attempts, case_with, with_attempts
from countermine.loop.engines import PatchedCase
from countermine.loop.guesses import learnt_of
from countermine.loop.prefix import as_run
from countermine.loop.records import FixRecord, Opened, RunRequest
from countermine.loop.refusals import refusal_error, unchanged
from countermine.loop.restoring import restore
from countermine.loop.stages import Stages
from countermine.ports.sandbox import SandboxName
from countermine.prove.records import Baseline, Judgement, Witnessed
from countermine.report.explain import explain_case
from countermine.report.styled import wrapped
from countermine.report.wording import safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be proven, and with what."""

    case: str
    target: str | None
    run: str | None
    patch: Path | None
    witness: Path | None
    config: Path | None
    python: str | None
    sandbox: SandboxName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The case's ground: what it was asked, the target, the finding."""

    request: RunRequest
    target: Target
    finding: Finding
    coverage: CoverageRecord
    patch: Patch | None = None
    """The patch that the run's record tells of."""


def prove_one(subject: Subject, screen: Screen) -> ExitCode:
    """Prove a case and show what was seen.

    Raises:
        BadUsageError: If there is no such case, or a given file cannot be used.
        SandboxUnavailableError: If nothing can be run here.
        CountermineError: If the target cannot be opened, or was changed since the run.
    """
    known = _searched(subject) if subject.target is not None else _recorded(subject)
    known = replace(known, request=replace(known.request, prove=True))
    given = read_given(subject.patch, subject.witness, Path(known.target.root), known.finding)
    with (
        TemporaryDirectory(prefix="countermine-") as scratch,
        shown(screen) as progress,
    ):
        means = replace(means_for(known.request, Path(scratch)), progress=progress)
        if means.sandbox is None:
            raise SandboxUnavailableError(means.no_sandbox)
        stages = Stages(means, known.request)
        progress.stage("prepare")
        prepared = stages.prepare(known.request, known.target)
        baseline = stages.baseline(known.target, prepared.environment)
        case = judged(stages, known, given, prepared.environment, baseline)
    run = Run(
        id="prove",
        version=known.request.version,
        target=known.target,
        state=RunState.FINISHED,
        findings=(case.finding,),
        cases=(case,),
        coverage=known.coverage,
        sandbox=prepared.sandbox,
        isolated=prepared.isolated,
        notes=(*given.notes, *prepared.notes),
    )
    show(run, case, screen)
    return ExitCode.CLEAN if isinstance(case.verdict, Proven) else ExitCode.NOT_PROVEN


def show(run: Run, case: Case, screen: Screen) -> None:
    """Print what became of the one case of a run, as the user wants it."""
    if screen.json:
        write(run, Outputs(json=True))
    elif not screen.quiet:
        _explain(run, case, screen)


def _explain(run: Run, case: Case, screen: Screen) -> None:
    seen_on = terminal(no_color=screen.no_color)
    width = seen_on.width
    notes = [line for note in run.notes for line in wrapped(safe(f"Note: {note}"), width)]
    lines = explain_case(run, case, texts_of(run), width=width, room=seen_on.room)
    say((*lines, *([(), *notes] if notes else [])), no_color=screen.no_color)


def judged(
    stages: Stages,
    known: Known,
    given: Given,
    environment: BuiltEnvironment,
    baseline: Baseline,
) -> Case:
    """Witness and judge a case as a run does, beginning with the patch that is there."""
    target, finding = known.target, known.finding
    if given.witness is None:
        record = stages.witness(target, environment, finding, baseline)
    else:
        record = stages.drive(target, environment, given.witness, finding, baseline)
    case = case_with(finding, record)
    first = FixRecord(patch=given.patch or known.patch, no_patch=None)
    witness, witnessed = record.witness, record.witnessing
    if witness is None or not isinstance(witnessed, Witnessed):
        return replace(case, patch=first.patch)

    def fix(attempt: int, without: tuple[str, ...]) -> FixRecord:
        if attempt == 1 and first.patch is not None:
            return first
        return stages.fix(target, finding, without)

    def judge(_attempt: int, patch: Patch) -> Judgement:
        patched = PatchedCase(
            target=target,
            environment=environment,
            baseline=baseline,
            finding=finding,
            witness=witness,
            witnessed=witnessed,
            patch=patch,
        )
        return stages.judge(patched)

    # A patch of the user's is judged alone; a remedy of ours is no answer to it.
    most = MAX_ATTEMPTS if given.patch is None else 1
    return with_attempts(case, attempts(fix, judge, most=most))


def _recorded(subject: Subject) -> Known:
    if subject.config is not None:
        message = "--config goes with --target; a case of a run is proven with the run's settings"
        raise BadUsageError(message)
    found = recall(subject.case, subject.run)
    if isinstance(found, NoSuchCase):
        raise no_case(subject.case, f"run {found.run}", found.cases)
    record, run = found.record, as_run(found.record)
    if isinstance(record.opened, Opened):
        fetching = means_for(replace(record.request, prove=False), state_folder())
        restore(record.opened, record.request, fetching)
        unchanged(record.opened, record.request)
    patches = {case.id: case.patch for case in run.cases}
    return Known(
        request=replace(
            record.request,
            learnt=learnt_of(record.guesses),
            python=subject.python or record.request.python,
            sandbox=subject.sandbox or record.request.sandbox,
        ),
        target=run.target,
        finding=found.finding,
        coverage=run.coverage,
        patch=patches.get(case_id(found.finding)),
    )


def _searched(subject: Subject) -> Known:
    if subject.run is not None:
        message = "--run and --target exclude each other: a case is from a run or from a search"
        raise BadUsageError(message)
    clock = SystemClock()
    planned = plan(subject.target or "", Wishes(config=subject.config))
    aims = Aims(proving=Proving(python=subject.python, sandbox=subject.sandbox), prove=False)
    request = request_for(planned, aims, Outputs(), run=new_run_id(clock), started=clock.now_iso())
    stages = Stages(means_for(request, state_folder()), request)
    opened = stages.open(request)
    if not isinstance(opened, Opened):
        raise refusal_error(opened)
    found = stages.find(request, opened)
    for finding in found.findings:
        if subject.case in {case_id(finding), finding.fingerprint}:
            coverage = found.coverage
            return Known(request=request, target=opened.target, finding=finding, coverage=coverage)
    ids = tuple(case_id(finding) for finding in found.findings)
    raise no_case(subject.case, subject.target or planned.target, ids)


def no_case(case: str, where: str, cases: tuple[str, ...]) -> BadUsageError:
    """Return the error that names the cases there are instead of the one asked for."""
    known = ", ".join(cases[:5]) or "none"
    return BadUsageError(f"{where} has no case {case!r}; its cases are: {known}")
