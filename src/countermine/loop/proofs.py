"""A proof as a value that can be carried elsewhere: what it was made of, and what it came to."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from countermine.core.cases import Case
from countermine.core.environment import BuiltEnvironment, NoEnvironment
from countermine.core.errors import BadUsageError
from countermine.core.findings import Finding
from countermine.core.levels import SourceLevel
from countermine.core.patches import Patch
from countermine.core.spans import TreePath, tree_path
from countermine.core.targets import Target, TargetKind
from countermine.core.verdicts import Verdict
from countermine.core.witnesses import Witness
from countermine.loop.codec import Json, from_json, to_json
from countermine.loop.records import RunRequest
from countermine.prove.records import BaselineTests
from countermine.target.installed import Package, installed


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTarget:
    """Which tree it is about; where it lay on the machine is not told."""

    kind: TargetKind
    spec: str
    name: str
    revision: str | None
    released: str | None
    digest: str
    """As ``Target.digest``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTerms:
    """What was asked, as far as it has a part in the verdict."""

    levels: tuple[SourceLevel, ...] = tuple(SourceLevel)
    include_tests: bool = False
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    catalogue: dict[str, object] = field(default_factory=dict)
    """Rows of the project's own, as in its configuration."""
    learnt: dict[str, object] = field(default_factory=dict)
    """Rows of models that the search was asked with besides."""
    install: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofGround:
    """What the target ran on."""

    python: tuple[int, int] | None
    """Major and minor version; ``None`` where there was no environment."""
    packages: tuple[Package, ...]
    missing: tuple[str, ...]
    sandbox: str
    isolated: bool
    tests: BaselineTests | None
    """``None`` where gate 0 did not come to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTool:
    """What made the proof."""

    version: str
    digest: str
    """SHA-256 over the texts of the program, in hex."""
    libraries: tuple[Package, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that a rerun needs, and what it is compared with."""

    made: str
    """UTC, ISO 8601: when the run began."""
    tool: ProofTool
    target: ProofTarget
    terms: ProofTerms
    ground: ProofGround
    finding: Finding
    witness: Witness
    patch: Patch | None
    regression_test: Patch | None
    verdict: Verdict


def proof_of(
    case: Case, request: RunRequest, target: Target, ground: ProofGround, tool: ProofTool
) -> Proof:
    """Return the proof of a case that was judged.

    Raises:
        BadUsageError: If the case has no witness or no verdict: nothing was run that could be
            run again.
    """
    if case.witness is None or case.verdict is None:
        why = case.no_witness or case.no_patch or "it was not judged"
        message = f"there is no proof of {case.id} to be written: {why}"
        raise BadUsageError(message)
    return Proof(
        made=request.started,
        tool=tool,
        target=ProofTarget(
            kind=target.kind,
            spec=target.spec,
            name=target.name,
            revision=target.revision,
            released=target.released,
            digest=target.digest,
        ),
        terms=ProofTerms(
            levels=request.levels,
            include_tests=request.include_tests,
            paths=request.paths,
            exclude=request.exclude,
            catalogue=request.catalogue,
            learnt=request.learnt,
            install=request.install,
            test=request.test,
        ),
        ground=ground,
        finding=case.finding,
        witness=case.witness,
        patch=case.patch,
        regression_test=case.regression_test,
        verdict=_without_times(case.verdict),
    )


def ground_of(
    environment: BuiltEnvironment, sandbox: str, *, isolated: bool, tests: BaselineTests | None
) -> ProofGround:
    """Return what a target ran on."""
    if isinstance(environment, NoEnvironment):
        return ProofGround(
            python=None, packages=(), missing=(), sandbox=sandbox, isolated=isolated, tests=tests
        )
    return ProofGround(
        python=environment.version,
        packages=installed(environment),
        missing=environment.missing,
        sandbox=sandbox,
        isolated=isolated,
        tests=tests,
    )


def to_document(proof: Proof) -> Json:
    """Return a proof as what JSON can say."""
    return to_json(proof, Proof)


def from_document(document: Json) -> Proof:
    """Return the proof that a document tells of; nothing in it is believed yet.

    Raises:
        BadUsageError: If it is none, or names files outside the tree.
    """
    try:
        proof = from_json(document, Proof)
        for path in _paths(proof):
            tree_path(path)
    except (ValueError, TypeError, RecursionError) as error:
        first = str(error).splitlines()[0]
        message = f"the bundle holds no proof that this version can read: {first}"
        raise BadUsageError(message) from error
    if proof.witness.fingerprint != proof.finding.fingerprint:
        message = "the bundle's witness is of another finding"
        raise BadUsageError(message)
    return proof


def _without_times(verdict: Verdict) -> Verdict:
    gates = tuple(replace(gate, duration_ms=0) for gate in verdict.gates)
    return replace(verdict, gates=gates)


def _paths(proof: Proof) -> Iterator[TreePath]:
    """Yield every path of a proof that files are read from or written to by."""
    finding, witness = proof.finding, proof.witness
    yield finding.location.path
    if finding.sink_argument is not None:
        yield finding.sink_argument.path
    yield from (step.span.path for trace in finding.traces for step in trace)
    entries = [witness.entry, *(way.entry for way in finding.alternatives)]
    yield from (one.path for one in (*entries, finding.entry) if one is not None)
    if witness.sink_path is not None:
        yield witness.sink_path
    for patch in (proof.patch, proof.regression_test):
        yield from patch.paths if patch is not None else ()
