"""Writes the evidence of a run's cases as bundles, and reads bundles back."""

from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from countermine.core.cases import Case
from countermine.core.environment import NoEnvironment
from countermine.core.errors import BadUsageError, CountermineError
from countermine.core.runs import Run
from countermine.evidence.envelope import Opened, seal, unseal
from countermine.evidence.keys import own_key, own_public_key, read_public_key
from countermine.evidence.statement import Subject, read_statement, statement
from countermine.evidence.tool import libraries, program_digest
from countermine.loop.guesses import learnt_of
from countermine.loop.prefix import Recorded
from countermine.loop.proofs import (
    Proof,
    ProofTool,
    from_document,
    ground_of,
    proof_of,
    to_document,
)
from countermine.loop.records import PreparedRecord
from countermine.prove.records import Baseline
from countermine.target.installed import Package

MAX_BUNDLE_BYTES = 16 << 20
"""Largest file that is read as a bundle; those of this program have some ten to hundred kB."""

TREE_DIGEST = "pythonFilesSha256"
"""What the digest of a target is: SHA-256 over the paths and contents of its Python files, and
over the paths and sizes of what may be templates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle that was read."""

    proof: Proof
    envelope: Opened


def tool_here() -> ProofTool:
    """Return what this program is."""
    stands_on = tuple(Package(name=name, version=found) for name, found in libraries())
    return ProofTool(version=version("countermine"), digest=program_digest(), libraries=stands_on)


def bundle_text(run: Run, record: Recorded, case: Case, state: Path) -> str:
    """Return the signed bundle of a case of a run.

    Raises:
        BadUsageError: If nothing was run for the case, so that there is nothing to run again.
        CountermineError: If there is no key to sign with and none can be made.
    """
    prepared = record.step("prepare", PreparedRecord)
    baseline = record.step("baseline", Baseline)
    ground = ground_of(
        prepared.environment if prepared else NoEnvironment(reason="not prepared"),
        run.sandbox or "none",
        isolated=run.isolated,
        tests=baseline.tests if baseline else None,
    )
    request = replace(record.request, learnt=learnt_of(record.guesses))
    return sealed(proof_of(case, request, run.target, ground, tool_here()), state)


def sealed(proof: Proof, state: Path) -> str:
    """Return a proof as a signed bundle.

    Raises:
        CountermineError: If there is no key to sign with and none can be made.
    """
    named = f"{proof.target.name}@{proof.target.revision}" if proof.target.revision else ""
    tree = Subject(
        name=named or proof.target.name, algorithm=TREE_DIGEST, digest=proof.target.digest
    )
    return seal(statement([tree], to_document(proof)), own_key(state))


def read_bundle(path: Path, state: Path, signer: Path | None) -> Bundle:
    """Return what a bundle's file holds.

    Args:
        path: The file.
        state: The state folder, for the key of this machine.
        signer: File of the key that must have signed it, if one must.

    Raises:
        BadUsageError: If it cannot be read, or is no bundle of a proof.
        CountermineError: If a signature does not hold, or that of ``signer`` is not there.
    """
    own = own_public_key(state)
    asked = read_public_key(signer) if signer is not None else None
    keys = [key for key in (own, asked) if key is not None]
    envelope = unseal(_content(path), keys)
    if envelope.false:
        message = f"{path}: the signature of key {envelope.false[0][:16]} does not hold"
        raise CountermineError(message)
    if asked is not None and asked.keyid not in envelope.held:
        message = f"{path}: it is not signed by the key of {signer} ({asked.keyid[:16]})"
        raise CountermineError(message)
    subjects, document = read_statement(envelope.payload)
    proof = from_document(document)
    if proof.target.digest not in {one.digest for one in subjects if one.algorithm == TREE_DIGEST}:
        message = f"{path}: the statement is about another tree than the proof in it"
        raise CountermineError(message)
    return Bundle(proof=proof, envelope=envelope)


def vouched(envelope: Opened) -> str:
    """Return who vouches for a bundle, in a few words."""
    if envelope.held:
        return f"signed by key {envelope.held[0][:16]}, and the signature holds"
    if envelope.claimed:
        return (
            f"says that key {envelope.claimed[0][:16]} signed it, which is not known here "
            "(--signer names its file)"
        )
    return "not signed"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        message = f"cannot read the bundle {str(path)!r}: {error.strerror}"
        raise BadUsageError(message) from error
    if len(content) > MAX_BUNDLE_BYTES:
        message = f"{str(path)!r} is larger than a bundle can be ({MAX_BUNDLE_BYTES >> 20} MiB)"
        raise BadUsageError(message)
    return content
