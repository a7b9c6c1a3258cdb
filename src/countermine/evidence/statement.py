"""The statement in an envelope: which things it is about, and what is said of them.

Source: in-toto attestation framework, Statement v1 (https://in-toto.io/Statement/v1).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from countermine.core.errors import BadUsageError

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"

PREDICATE_TYPE = "urn:countermine:proof:1"
"""What is said is a proof; raised when its form changes in a way that old readers misread."""

Json: TypeAlias = Any
"""What JSON can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing that a statement is about, known by its digest."""

    name: str
    algorithm: str
    """``sha256`` for bytes; another name where it is not simply the hash of a file."""
    digest: str
    """In hex."""


def statement(subjects: Sequence[Subject], predicate: Json) -> bytes:
    """Return a statement as canonical JSON: the same of the same, byte for byte."""
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": one.name, "digest": {one.algorithm: one.digest}} for one in subjects],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


def read_statement(payload: bytes) -> tuple[tuple[Subject, ...], Json]:
    """Return what a statement is about, and what it says.

    Raises:
        BadUsageError: If it is no statement, or not one about a proof.
    """
    try:
        document = json.loads(payload)
        told, said = document["predicateType"], document["predicate"]
        subjects = tuple(
            Subject(name=str(one["name"]), algorithm=str(name), digest=str(value))
            for one in document["subject"]
            for name, value in sorted(one["digest"].items())
        )
        is_statement = document["_type"] == STATEMENT_TYPE
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "this is no evidence bundle: there is no in-toto statement in it"
        raise BadUsageError(message) from error
    if not is_statement or told != PREDICATE_TYPE:
        message = f"this statement is not about a proof that can be rerun here, but {told!r}"
        raise BadUsageError(message)
    return subjects, said
