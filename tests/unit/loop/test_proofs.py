"""Proofs that are carried elsewhere: whole, without times or folders, not believed blindly."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countermine.core.cases import Case
from countermine.core.errors import BadUsageError
from countermine.core.levels import SourceLevel
from countermine.core.verdicts import StillExploitable
from countermine.loop.proofs import (
    Proof,
    ProofGround,
    ProofTerms,
    ProofTool,
    from_document,
    proof_of,
    to_document,
)
from countermine.loop.records import RunRequest
from countermine.loop.rerun import compared, rerun_request
from countermine.prove.records import UnusableTests
from countermine.target.installed import Package
from countermine.testing.run_proven import path_traversal
from countermine.testing.runs import sample_run

TOOL = ProofTool(
    version="0.1.0", digest="aa" * 32, libraries=(Package(name="libcst", version="1.8.0"),)
)
GROUND = ProofGround(
    python=(3, 11),
    packages=(Package(name="flask", version="3.1.2"), Package(name="jinja2", version="3.1.6")),
    missing=(),
    sandbox="bubblewrap",
    isolated=True,
    tests=UnusableTests(reason="there are none"),
)
REQUEST = RunRequest(
    run="20260131-120000-0a1b",
    version="0.1.0",
    target="/srv/shop",
    started="2026-01-31T12:00:00Z",
    levels=(SourceLevel.REMOTE,),
    catalogue={"sink": [{"name": "shop.run"}]},
    install=("flask<4",),
)


@pytest.fixture
def case() -> Case:
    return path_traversal()


@pytest.fixture
def proof(case: Case) -> Proof:
    return proof_of(case, REQUEST, sample_run().target, GROUND, TOOL)


def test_a_proof_comes_back_as_it_was(proof: Proof) -> None:
    document = json.loads(json.dumps(to_document(proof)))
    assert from_document(document) == proof


def test_where_the_tree_lay_and_how_long_it_took_is_not_told(proof: Proof) -> None:
    text = json.dumps(to_document(proof))
    assert "/srv/shop" not in text
    assert all(gate.duration_ms == 0 for gate in proof.verdict.gates)


def test_what_was_asked_is_asked_again(proof: Proof) -> None:
    again = rerun_request(
        proof, proof.terms, target="/home/me/shop", python=None, started="2026-02-01T00:00:00Z"
    )
    assert (again.target, again.levels) == ("/home/me/shop", (SourceLevel.REMOTE,))
    assert (again.catalogue, again.install) == (REQUEST.catalogue, ("flask<4",))


def test_a_stranger_has_no_say_in_what_is_asked(proof: Proof) -> None:
    again = rerun_request(
        proof, ProofTerms(), target="/home/me/shop", python=None, started="2026-02-01T00:00:00Z"
    )
    assert (again.levels, again.catalogue, again.install) == (tuple(SourceLevel), {}, ())


def test_a_case_that_was_never_run_has_no_proof(case: Case) -> None:
    bare = replace(case, witness=None, verdict=None, no_witness="no entry point is known")
    with pytest.raises(BadUsageError, match="no entry point is known"):
        proof_of(bare, REQUEST, sample_run().target, GROUND, TOOL)


def test_the_same_again_differs_in_nothing(proof: Proof, case: Case) -> None:
    assert compared(proof, case, GROUND, TOOL) == ()


def test_what_came_out_differently_is_named(proof: Proof, case: Case) -> None:
    assert case.verdict is not None
    other = StillExploitable(gates=case.verdict.gates[:7], after="absolute")
    here = replace(case, verdict=other, regression_test=None)
    ground = replace(GROUND, python=(3, 12), packages=GROUND.packages[:1], sandbox="podman")
    tool = replace(TOOL, digest="bb" * 32)
    told = "\n".join(compared(proof, here, ground, tool))
    for part in (
        "the verdict was proven there, is still-exploitable here",
        "gate 7 (control again): passed there, not run here",
        "another regression test",
        "Python 3.11 there, on 3.12 here",
        "package jinja2 3.1.6 there, absent here",
        "bubblewrap there, is podman here",
        "another program judged it",
    ):
        assert part in told


def test_many_packages_are_counted_and_not_listed(proof: Proof, case: Case) -> None:
    many = tuple(Package(name=f"p{number:02}", version="1") for number in range(20))
    told = compared(proof, case, replace(GROUND, packages=many), TOOL)
    assert len(told) == 6
    assert "17 more" in told[-1]


def altered(document: Any, old: str, new: str) -> Any:
    return json.loads(json.dumps(document).replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1]))


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "a/../../b", ""])
@pytest.mark.parametrize("of", ["shop/documents.py", "tests/test_invoices_stay_below.py"])
def test_a_bundle_cannot_name_files_outside_the_tree(proof: Proof, path: str, of: str) -> None:
    with pytest.raises(BadUsageError, match="no proof that this version can read"):
        from_document(altered(to_document(proof), of, path))


@pytest.mark.parametrize(
    "field", ["finding", "witness", "verdict", "target", "terms", "ground", "tool", "made"]
)
def test_a_part_that_is_missing_or_odd_is_told_in_one_line(proof: Proof, field: str) -> None:
    document = to_document(proof)
    for odd in ({**document, field: [7]}, {k: v for k, v in document.items() if k != field}):
        with pytest.raises(BadUsageError, match="no proof") as refused:
            from_document(odd)
        assert "\n" not in str(refused.value)


def test_a_witness_of_another_finding_is_refused(proof: Proof) -> None:
    document = to_document(proof)
    document["witness"]["fingerprint"] = "0" * 64
    with pytest.raises(BadUsageError, match="of another finding"):
        from_document(document)
