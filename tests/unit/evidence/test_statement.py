"""Statements: the same of the same, and only those about proofs are read."""

import json

import pytest

from countermine.core.errors import BadUsageError
from countermine.evidence.statement import Subject, read_statement, statement
from countermine.evidence.tool import libraries, program_digest

TREE = Subject(name="shop@1.0", algorithm="pythonFilesSha256", digest="ab" * 32)


def test_a_statement_is_an_in_toto_statement() -> None:
    document = json.loads(statement([TREE], {"verdict": "proven"}))
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["subject"] == [{"name": "shop@1.0", "digest": {"pythonFilesSha256": "ab" * 32}}]


def test_the_same_is_written_the_same() -> None:
    assert statement([TREE], {"a": 1, "b": "é"}) == statement([TREE], {"b": "é", "a": 1})


def test_what_was_written_is_read() -> None:
    assert read_statement(statement([TREE], {"a": [1]})) == ((TREE,), {"a": [1]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("_type", "https://in-toto.io/Statement/v0.1"),
        ("predicateType", "https://slsa.dev/provenance/v1"),
        ("subject", [{"name": "x"}]),
        ("subject", 7),
    ],
)
def test_another_statement_is_refused(field: str, value: object) -> None:
    document = json.loads(statement([TREE], {}))
    document[field] = value
    with pytest.raises(BadUsageError):
        read_statement(json.dumps(document).encode())


def test_the_program_is_known_by_its_texts_and_its_libraries() -> None:
    assert program_digest() == program_digest()
    named = dict(libraries())
    assert {"libcst", "securesystemslib", "typer"} <= named.keys()
