"""Proves one case, of a run or of a fresh search, with parts that the user may give."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from countermine.cli.exits import ExitCode
from countermine.cli.outputs import Outputs, say, texts_of, write
from countermine.cli.progress import shown
from countermine.cli.requests import Aims, request_for
from countermine.cli.running import means_for, new_run_id
from countermine.cli.searching import Wishes, plan
from countermine.cli.surroundings import SystemClock, state_folder, terminal
from countermine.core.cases import Case, case_id
from countermine.core.coverage import CoverageRecord
from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import BuiltEnvironment
from countermine.core.errors import BadUsageError
from countermine.core.findings import Finding, FindingStatus
from countermine.core.patches import Patch
from countermine.core.runs import Run, RunState
from countermine.core.targets import Target
from countermine.core.verdicts import Proven
from countermine.core.witnesses import Stimulus, Witness, WitnessKind
from countermine.fix.unified import read_diff
from countermine.loop.folder import named
from countermine.loop.prefix import as_run, recorded
from countermine.loop.records import Opened, RunRequest
from countermine.loop.stages import Stages, refusal_error, unchanged
from countermine.prove.records import NotWitnessed, Witnessed
from countermine.report.explain import explain_case


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The case's ground: what it was asked, the target, the finding."""

    request: RunRequest
    target: Target
    finding: Finding
    coverage: CoverageRecord


def prove_one(subject: Subject, outputs: Outputs) -> ExitCode:
    """Prove a case and show what was seen.

    Raises:
        BadUsageError: If there is no such case, or a given file cannot be used.
        CountermineError: If the target cannot be opened, or was changed since the run.
    """
    known = _searched(subject) if subject.target is not None else _recorded(subject)
    known = replace(known, request=replace(known.request, prove=True))
    with (
        TemporaryDirectory(prefix="countermine-") as scratch,
        shown(
            quiet=outputs.quiet or outputs.json,
            verbose=outputs.verbose,
            no_color=outputs.no_color,
        ) as progress,
    ):
        means = replace(means_for(known.request, Path(scratch)), progress=progress)
        stages = Stages(means, known.request)
        progress.stage("prepare")
        prepared = stages.prepare(known.request, known.target)
        case = _case(stages, known, subject, prepared.environment)
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
        notes=prepared.notes,
    )
    if outputs.json:
        write(run, outputs)
    elif not outputs.quiet:
        width = terminal(no_color=outputs.no_color).width
        say(explain_case(run, case, texts_of(run), width=width), no_color=outputs.no_color)
    return ExitCode.CLEAN if isinstance(case.verdict, Proven) else ExitCode.NOT_PROVEN


def _case(stages: Stages, known: Known, subject: Subject, environment: BuiltEnvironment) -> Case:
    target, finding = known.target, known.finding
    baseline = stages.baseline(target, environment)
    if subject.witness is None:
        record = stages.witness(target, environment, finding, baseline)
    else:
        given = witness_from(subject.witness, finding)
        record = stages.drive(target, environment, given, finding, baseline)
    case = Case(
        id=case_id(finding), finding=finding, witness=record.witness, no_witness=record.no_witness
    )
    if isinstance(record.witnessing, NotWitnessed):
        case = replace(case, verdict=record.witnessing.verdict)
    patch, reason = _patch(stages, known, subject)
    case = replace(case, patch=patch, no_patch=reason)
    if not isinstance(record.witnessing, Witnessed):
        return case
    case = replace(case, finding=replace(finding, status=FindingStatus.WITNESSED))
    if patch is None:
        return case
    judgement = stages.judge(
        target=target,
        environment=environment,
        finding=finding,
        record=record,
        witnessed=record.witnessing,
        patch=patch,
        baseline=baseline,
    )
    return replace(case, verdict=judgement.verdict, regression_test=judgement.regression_test)


def _patch(stages: Stages, known: Known, subject: Subject) -> tuple[Patch | None, str | None]:
    if subject.patch is not None:
        diff = _text(subject.patch)
        return read_diff(diff, Path(known.target.root), author=subject.patch.name), None
    fixed = stages.fix(known.target, known.finding, ())
    return fixed.patch, fixed.no_patch


def witness_from(path: Path, finding: Finding) -> Witness:
    """Return a witness that runs a script of the user's.

    Raises:
        BadUsageError: If the file cannot be read, or does not define both functions.
    """
    source = _text(path)
    for function in ("attack", "control"):
        if f"def {function}(" not in source:
            message = f"{path} does not define {function}(); a witness has attack and control"
            raise BadUsageError(message)
    entry = finding.entry or EntryPoint(
        kind=EntryKind.FUNCTION,
        path=finding.location.path,
        qualname=finding.function,
        channel=Channel.PARAMETER,
    )
    return Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink=finding.sink,
        attacks=(Stimulus(name="attack", inputs=()),),
        controls=(Stimulus(name="control", inputs=()),),
        script=source,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read {str(path)!r}: {error}"
        raise BadUsageError(message) from error


def _recorded(subject: Subject) -> Known:
    record = recorded(named(state_folder(), subject.run))
    run = as_run(record)
    if isinstance(record.opened, Opened):
        unchanged(record.opened, record.request)
    finding = _finding(run.findings, subject.case, f"run {run.id}")
    return Known(request=record.request, target=run.target, finding=finding, coverage=run.coverage)


def _searched(subject: Subject) -> Known:
    clock = SystemClock()
    planned = plan(Wishes(target=subject.target or "", config=subject.config))
    aims = Aims(python=subject.python, prove=False)
    request = request_for(planned, aims, Outputs(), run=new_run_id(clock), started=clock.now_iso())
    stages = Stages(means_for(request, state_folder()), request)
    opened = stages.open(request)
    if not isinstance(opened, Opened):
        raise refusal_error(opened)
    found = stages.find(request, opened)
    finding = _finding(found.findings, subject.case, planned.target)
    return Known(request=request, target=opened.target, finding=finding, coverage=found.coverage)


def _finding(findings: tuple[Finding, ...], case: str, where: str) -> Finding:
    for finding in findings:
        if case in {case_id(finding), finding.fingerprint}:
            return finding
    known = ", ".join(case_id(finding) for finding in findings[:5]) or "none"
    message = f"{where} has no case {case!r}; its cases are: {known}"
    raise BadUsageError(message)
