"""Makes the proof of a bundle again, here, and says what came out differently."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from countermine.cli.bundles import Bundle, read_bundle, tool_here, vouched
from countermine.cli.exits import ExitCode
from countermine.cli.given import Given
from countermine.cli.options import Screen
from countermine.cli.progress import shown
from countermine.cli.proving import Known, judged, show
from countermine.cli.running import means_for
from countermine.cli.surroundings import SystemClock, state_folder
from countermine.core.cases import Case
from countermine.core.coverage import CoverageRecord
from countermine.core.errors import BadTargetError, BadUsageError, SandboxUnavailableError
from countermine.core.runs import Run, RunState
from countermine.core.targets import Target, TargetKind
from countermine.core.verdicts import Proven
from countermine.loop.proofs import Proof, ground_of
from countermine.loop.records import RunRequest
from countermine.loop.rerun import compared, rerun_request
from countermine.loop.stages import Means, Stages, open_options
from countermine.target.open import open_target
from countermine.target.spec import GitSpec, parse_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What is to be made again, and with what."""

    bundle: Path
    target: str | None
    """Where the tree is; ``None`` for releases and repositories, which are fetched again."""
    signer: Path | None
    python: str | None


def rerun(asked: Rerun, screen: Screen) -> ExitCode:
    """Make the proof of a bundle again and compare.

    Raises:
        BadUsageError: If the file is no bundle, or does not say where its tree is.
        BadTargetError: If the tree is another than the bundle is about.
        SandboxUnavailableError: If nothing can be run here.
        CountermineError: If a signature does not hold.
    """
    bundle = read_bundle(asked.bundle, state_folder(), asked.signer)
    proof = bundle.proof
    started = SystemClock().now_iso()
    request = rerun_request(
        proof, target=_place(proof, asked), python=asked.python, started=started
    )
    with TemporaryDirectory(prefix="countermine-") as scratch, shown(screen) as progress:
        means = replace(means_for(request, Path(scratch)), progress=progress)
        if means.sandbox is None:
            raise SandboxUnavailableError(means.no_sandbox)
        target = _same_tree(proof, asked, request, means)
        stages = Stages(means, request)
        progress.stage("prepare")
        prepared = stages.prepare(request, target)
        baseline = stages.baseline(target, prepared.environment)
        known = Known(
            request=request,
            target=target,
            finding=proof.finding,
            coverage=CoverageRecord(files=0, lines=0, entries=()),
        )
        given = Given(patch=proof.patch, witness=proof.witness)
        case = judged(stages, known, given, prepared.environment, baseline)
        ground = ground_of(
            prepared.environment,
            prepared.sandbox or "none",
            isolated=prepared.isolated,
            tests=baseline.tests,
        )
    differences = compared(proof, case, ground, tool_here())
    run = Run(
        id="prove",
        version=request.version,
        target=target,
        state=RunState.FINISHED,
        findings=(case.finding,),
        cases=(case,),
        coverage=known.coverage,
        sandbox=prepared.sandbox,
        isolated=prepared.isolated,
        notes=(*_told(asked, bundle, case, differences), *prepared.notes),
    )
    show(run, case, screen)
    same = case.verdict is not None and case.verdict.kind == proof.verdict.kind
    return ExitCode.CLEAN if same and isinstance(case.verdict, Proven) else ExitCode.NOT_PROVEN


def _told(
    asked: Rerun, bundle: Bundle, case: Case, differences: tuple[str, ...]
) -> tuple[str, ...]:
    there = bundle.proof.verdict.kind
    here = "none" if case.verdict is None else case.verdict.kind
    agreement = (
        f"the bundle says {there}, and so does this rerun"
        if here == there
        else f"the bundle says {there}, this rerun says {here}"
    )
    own_witness = bundle.proof.witness.script is not None
    return (
        f"{asked.bundle.name}: {vouched(bundle.envelope)}",
        agreement,
        *(("its witness is a script that came with the bundle",) if own_witness else ()),
        *(f"differs: {one}" for one in differences),
    )


def _place(proof: Proof, asked: Rerun) -> str:
    if asked.target is not None:
        return asked.target
    if proof.target.kind is TargetKind.DIRECTORY:
        message = (
            f"the bundle is about a directory ({proof.target.name}); say where that tree is "
            "with --target"
        )
        raise BadUsageError(message)
    return proof.target.spec


def _same_tree(proof: Proof, asked: Rerun, request: RunRequest, means: Means) -> Target:
    """Return the tree of a bundle, as it was.

    Raises:
        BadTargetError: If it is another, or cannot be opened.
    """
    spec = parse_spec(request.target)
    if asked.target is None and isinstance(spec, GitSpec):
        spec = replace(spec, ref=proof.target.revision)
    target = open_target(spec, open_options(means, request))
    if target.digest != proof.target.digest:
        message = (
            f"{request.target!r} is not the tree that the bundle is about: its digest is "
            f"{target.digest[:16]}, not {proof.target.digest[:16]}"
        )
        raise BadTargetError(message)
    # The environment is dated by the release, and told of as there.
    return replace(target, released=proof.target.released, name=proof.target.name)
