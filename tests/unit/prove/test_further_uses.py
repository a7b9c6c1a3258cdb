"""Legitimate uses made from the known one: others of its kind must work as before, too."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.verdicts import Gate, Regressed
from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import Encoding, Event, Observation, Stimulus, WitnessKind
from countermine.prove.gates.control import control
from countermine.prove.legitimate import changes_statement, further_uses, with_uses
from countermine.prove.options import ProveOptions
from countermine.prove.records import Claim
from countermine.testing.proving import (
    ScriptedDrive,
    seen,
    setting_for,
    stimulus,
    weakness,
    witness_for,
)
from tests.unit.prove.test_guided_search import FINDING, WITNESS, judged

ONLY_THE_KNOWN = """if text != "3":
        raise ValueError(text)
    return int(text)"""
ONLY_ITS_RESULT = """if not text.isdigit():
        raise ValueError(text)
    return 3"""


def stated(text: str | None) -> Observation:
    """Return what a drive showed in which a statement was made."""
    detail = () if text is None else (("sql", text),)
    return replace(seen("use"), events=(Event(sequence=0, name="sql", detail=detail),))


@pytest.mark.parametrize(
    ("known", "statement", "changes"),
    [
        ("SAVEPOINT 1", "SAVEPOINT cmab", False),
        ("SAVEPOINT 1", "SAVEPOINT cmab c, a.b", True),
        ("SELECT '1'", "SELECT 'cmab c, a.b'", False),
        ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = cmab c, a.b", True),
        ("SELECT 1", "SELECT 2, 3", False),
        (None, "SAVEPOINT cmab c, a.b", False),
    ],
)
def test_a_use_that_changes_the_statement_is_none(
    known: str | None, statement: str, *, changes: bool
) -> None:
    use = stimulus("like", "cmab c, a.b" if "," in statement else "cmab")
    assert changes_statement(use, stated(statement), stated(known)) is changes


def uses(text: str, most: int = 6) -> list[str]:
    witness = witness_for(FINDING, controls=(stimulus("known", text),))
    return [one.inputs[0].text for one in further_uses(witness, most)]


@pytest.mark.parametrize("new", [ONLY_THE_KNOWN, ONLY_ITS_RESULT])
def test_a_patch_that_serves_the_known_use_alone_is_refused(tmp_path: Path, new: str) -> None:
    result = judged(tmp_path, new)
    assert isinstance(result.verdict, Regressed)
    assert result.gates[-1].gate is Gate.CONTROL_AGAIN
    assert "number-like-" in result.gates[-1].reason


def test_numbers_are_made_from_numbers() -> None:
    made = uses("3")
    assert len(set(made)) == 6
    assert all(text.isdecimal() and text != "3" for text in made)


def test_words_are_made_from_words() -> None:
    assert all(text.isalpha() and text.startswith("cm") for text in uses("cmprobe"))


def test_literals_are_made_from_literals() -> None:
    for text in uses("[1, 2]"):
        assert isinstance(ast.literal_eval(text), list | dict)


@pytest.mark.parametrize("text", ["", "1 + 1", "a.txt", "../a", "é", "²", "'quoted'", "f()", "{"])
def test_where_the_kind_is_not_plain_nothing_is_guessed(text: str) -> None:
    assert uses(text) == []


def test_encoded_scripted_and_structural_uses_are_left_alone() -> None:
    encoded = stimulus("known", "3")
    encoded = replace(encoded, inputs=(replace(encoded.inputs[0], encoding=Encoding.HEX),))
    for witness in (
        witness_for(FINDING, controls=(encoded,)),
        replace(WITNESS, script="def attack(canary): ..."),
        replace(WITNESS, kind=WitnessKind.STRUCTURAL),
    ):
        assert further_uses(witness, 6) == ()


@given(st.text(alphabet="0123456789abcdef", min_size=1), st.integers(min_value=0, max_value=30))
def test_the_same_finding_has_the_same_uses(fingerprint: str, most: int) -> None:
    witness = replace(WITNESS, fingerprint=Fingerprint(fingerprint))
    made = further_uses(witness, most)
    assert made == further_uses(witness, most)
    assert len({one.inputs for one in made}) == len({one.name for one in made}) == most


def test_uses_that_do_not_work_on_the_unpatched_tree_are_left_out() -> None:
    changing = iter(range(1000))

    def drive(_tree: Path, one: Stimulus) -> Observation:
        if "-like-1" in one.name:
            return seen(one.name, error="FileNotFoundError: no")
        if "-like-2" in one.name:
            return seen(one.name, result=str(next(changing)))
        return seen(one.name)

    claim = Claim(finding=FINDING, witness=WITNESS, weakness=weakness())
    setting = setting_for(Path("/nowhere"), drive=ScriptedDrive(drive))
    step, records = control(setting, claim)
    assert "the legitimate use works on the unpatched tree, and 4 more like it" in step.reason
    assert [one.name for one in records] == ["number", *(f"number-like-{n}" for n in (3, 4, 5, 6))]


def test_no_further_uses_are_driven_as_attacks() -> None:
    made = further_uses(WITNESS, ProveOptions().further_uses)
    assert with_uses(WITNESS, made).controls == (*WITNESS.controls, *made)
    assert with_uses(WITNESS, made).attacks == WITNESS.attacks
