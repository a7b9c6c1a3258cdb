"""Makes the proof of a bundle again, here, and says what came out differently.

Whoever wrote a bundle may have chosen everything in it so that a bad patch passes: a witness with
one attack, a test command that always succeeds, rows that mute the search. Only the key that signed
it can vouch for that. Without one that is known, nothing but the patch is taken from a bundle.
"""

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
from countermine.core.cases import Case, case_id
from countermine.core.coverage import CoverageRecord
from countermine.core.errors import (
    BadTargetError,
    BadUsageError,
    CountermineError,
    SandboxUnavailableError,
)
from countermine.core.patches import Patch, PatchOrigin
from countermine.core.runs import Run, RunState
from countermine.core.targets import TargetKind
from countermine.core.verdicts import Proven
from countermine.loop.cases import MAX_ATTEMPTS
from countermine.loop.means import Means, open_options
from countermine.loop.proofs import Proof, ProofTerms, ground_of
from countermine.loop.records import Opened, RunRequest
from countermine.loop.rerun import compared, rerun_request
from countermine.loop.stages import Stages
from countermine.target.open import open_target, open_with_inventory
from countermine.target.spec import GitSpec, TargetSpec, parse_spec


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
        CountermineError: If a signature does not hold, or nobody who is known vouches for a
            finding that is not made here.
    """
    bundle = read_bundle(asked.bundle, state_folder(), asked.signer)
    proof, trusted = bundle.proof, bool(bundle.envelope.held)
    request = rerun_request(
        proof,
        proof.terms if trusted else ProofTerms(),
        target=_place(proof, asked),
        python=asked.python,
        started=SystemClock().now_iso(),
    )
    with TemporaryDirectory(prefix="countermine-") as scratch, shown(screen) as progress:
        means = replace(means_for(request, Path(scratch)), progress=progress)
        if means.sandbox is None:
            raise SandboxUnavailableError(means.no_sandbox)
        opened = _same_tree(proof, asked, request, means)
        if trusted:
            # The environment is dated by the release that the bundle tells of.
            dated = replace(opened.target, released=proof.target.released)
            opened = replace(opened, target=dated)
        target = opened.target
        stages = Stages(means, request)
        known, given = _subject(bundle, stages, request, opened)
        progress.stage("prepare")
        prepared = stages.prepare(request, target)
        baseline = stages.baseline(target, prepared.environment)
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


def _subject(
    bundle: Bundle, stages: Stages, request: RunRequest, opened: Opened
) -> tuple[Known, Given]:
    """Return what is judged, and what of the bundle it is judged by."""
    proof = bundle.proof
    known = Known(
        request=request,
        target=opened.target,
        finding=proof.finding,
        coverage=CoverageRecord(files=0, lines=0, entries=()),
    )
    if bundle.envelope.held:
        return known, Given(patch=proof.patch, witness=proof.witness)
    found = stages.find(request, opened)
    everything = (*found.findings, *(one.finding for one in found.suppressed))
    ours = [one for one in everything if one.fingerprint == proof.finding.fingerprint]
    if not ours:
        message = (
            f"this version does not find {case_id(proof.finding)} in the tree, and no key that is "
            "known signed the bundle; name its signer with --signer to take its word for it"
        )
        raise CountermineError(message)
    known = replace(known, finding=ours[0], coverage=found.coverage)
    return known, Given(patch=_of_a_stranger(proof.patch, stages, known))


def _of_a_stranger(patch: Patch | None, stages: Stages, known: Known) -> Patch | None:
    """Return a patch as its reader made it, unless a remedy makes the very same here.

    A remedy may add a module beside the code; whoever only says that they are one may not.
    """
    if patch is None:
        return None
    tried: tuple[str, ...] = ()
    for _ in range(MAX_ATTEMPTS):
        ours = stages.fix(known.target, known.finding, tried).patch
        if ours == patch:
            return patch
        if ours is None:
            break
        tried = (*tried, ours.author)
    return replace(patch, origin=PatchOrigin.PERSON)


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
    taken = (
        "the finding, witness and settings are the bundle's, since a known key signed it"
        if bundle.envelope.held
        else "nothing but the patch was taken from the bundle"
    )
    return (
        f"{asked.bundle.name}: {vouched(bundle.envelope)}",
        agreement,
        taken,
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


def _same_tree(proof: Proof, asked: Rerun, request: RunRequest, means: Means) -> Opened:
    """Return the tree of a bundle, as it was, with the files that count in the rerun.

    Raises:
        BadTargetError: If it is another, or cannot be opened.
    """
    spec: TargetSpec = parse_spec(request.target)
    if asked.target is None and isinstance(spec, GitSpec):
        spec = replace(spec, ref=proof.target.revision)
    # The digest is over the files that counted there.
    there = replace(request, paths=proof.terms.paths, exclude=proof.terms.exclude)
    digest = open_target(spec, open_options(means, there)).digest
    if digest != proof.target.digest:
        message = (
            f"{request.target!r} is not the tree that the bundle is about: its digest is "
            f"{digest[:16]}, not {proof.target.digest[:16]}"
        )
        raise BadTargetError(message)
    target, inventory = open_with_inventory(spec, open_options(means, request))
    return Opened(target=target, inventory=inventory)
