"""The search of gate 9: it learns from the patch's own words and from the lines that ran."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin
from countermine.core.spans import Span, tree_path
from countermine.core.verdicts import Gate, GateOutcome, Proven, StillExploitable
from countermine.core.witnesses import Input, Observation, Stimulus
from countermine.prove.driving import sandbox_drive
from countermine.prove.ladder import ProveRequest, prove
from countermine.prove.options import ProveOptions
from countermine.prove.records import ProveResult
from countermine.prove.search import MOST_WORDS, offspring, words
from countermine.sandbox.detect import choose
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    ScriptedDrive,
    as_text_detector,
    own_environment,
    rewrite,
    seen,
    setting_for,
    stimulus,
    weakness,
    witness_for,
    write_tree,
)
from countermine.weaknesses.code_injection.regression import regressions
from tests.unit.prove.test_ladder_real import UNITTEST, CodeMaker

APP = '''"""Prices."""


def total(text):
    """Return what a number costs."""
    return eval(text)
'''
FINDING = finding_at("app.py", APP.encode(), b"eval(text)")
WITNESS = witness_for(
    replace(
        FINDING,
        function="total",
        entry=EntryPoint(
            kind=EntryKind.FUNCTION,
            path=tree_path("app.py"),
            qualname="total",
            channel=Channel.PARAMETER,
            key="text",
        ),
    ),
    attacks=(stimulus("call", "str('{canary}')"),),
    controls=(stimulus("number", "3"),),
)

BEHIND_A_WORD = """if text.startswith("ean:"):
        text = text[4:]
    elif not text.isdigit():
        raise ValueError(text)
    value = eval(text)
    return value"""
BEHIND_TWO_WORDS = """if text[:4] == "ean:":
        text = text[4:]
        if text[-5:] == "@shop":
            text = text[:-5]
        elif not text.isdigit():
            raise ValueError(text)
    elif not text.isdigit():
        raise ValueError(text)
    value = eval(text)
    return value"""
SOUND = """if not text.isdigit() or text in ("ean:", "@shop"):
        raise ValueError(text)
    return int(text)"""


def patched(new: str) -> Patch:
    return rewrite("app.py", APP.encode(), "return eval(text)", new)


def judged(root: Path, new: str, *, rounds: int = 5, lines: bool = True) -> ProveResult:
    root.chmod(0o755)
    tests = "import unittest\n\nfrom app import total\n\n\nclass Total(unittest.TestCase):\n"
    tests += "    def test_total(self):\n        self.assertEqual(total('3'), 3)\n"
    write_tree(root, {"app.py": APP, "tests/__init__.py": "", "tests/test_app.py": tests})
    environment, sandbox = own_environment(UNITTEST), choose()
    options = ProveOptions(reattack_stimuli=4, green_rounds=2, search_rounds=rounds)
    setting = setting_for(
        root,
        environment=environment,
        sandbox=sandbox,
        drive=sandbox_drive(environment, sandbox, options),
        detector=as_text_detector(FINDING, "return eval(text)"),
        options=options,
    )
    search = sandbox_drive(environment, sandbox, options, lines=lines)
    return prove(
        ProveRequest(
            finding=FINDING,
            witness=WITNESS,
            weakness=replace(weakness(regressions), witness=CodeMaker()),
            patch=patched(new),
            setting=replace(setting, search=search),
        )
    )


def test_a_way_in_behind_a_word_of_the_patch_is_found(tmp_path: Path) -> None:
    result = judged(tmp_path, BEHIND_A_WORD)
    assert isinstance(result.verdict, StillExploitable)
    assert result.gates[-1].gate is Gate.REATTACK
    assert any("ean:" in one.text for one in result.gates[-1].evidence)


def test_lines_that_ran_lead_behind_a_second_word(tmp_path: Path) -> None:
    result = judged(tmp_path, BEHIND_TWO_WORDS)
    assert isinstance(result.verdict, StillExploitable)
    (inputs,) = [one.text for one in result.gates[-1].evidence if one.title == "inputs"]
    assert "ean:" in inputs
    assert "@shop" in inputs


def test_without_the_lines_the_second_word_is_not_come_to(tmp_path: Path) -> None:
    result = judged(tmp_path, BEHIND_TWO_WORDS, lines=False)
    assert not isinstance(result.verdict, StillExploitable)


def test_a_sound_patch_that_names_words_is_proven_and_the_search_ends(tmp_path: Path) -> None:
    result = judged(tmp_path, SOUND)
    assert isinstance(result.verdict, Proven)
    gate = result.gates[Gate.REATTACK]
    assert gate.outcome is GateOutcome.PASSED
    assert "made with the patch's own words, in 1 round" in gate.reason


def test_the_search_is_bounded_however_many_lines_are_new() -> None:
    known = iter(range(10**6))

    def always_further(_tree: Path, one: Stimulus) -> Observation:
        return replace(seen(one.name), lines=frozenset({next(known)}))

    drive = ScriptedDrive(always_further)
    setting = setting_for(Path("/nowhere"), drive=drive)
    made: set[tuple[Input, ...]] = set()
    parents: tuple[Stimulus, ...] = WITNESS.attacks
    for _ in range(20):
        parents = offspring(WITNESS, parents, ("ean:",), setting.options.search_stimuli, made)
        assert len(parents) <= setting.options.search_stimuli


def patch_with(text: str) -> Patch:
    path = tree_path("app.py")
    return Patch(
        edits=(Edit(span=Span(path=path, start_byte=0, end_byte=0), before="", after=text),),
        new_files=(NewFile(path=tree_path("b.py"), text="WORD = b'from a new file'\n"),),
        origin=PatchOrigin.PERSON,
        author="me",
        summary="Patch",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('if value == "one":\n    pass\n', "one"),
        ("    elif value in ('one', \"two\"):\n", "two"),
        ("r'raw\\d'", "raw\\d"),
        ('f(b"bytes")', "bytes"),
        ("x = 1\n", "from a new file"),
    ],
)
def test_the_constants_of_a_patch_are_its_words(text: str, found: str) -> None:
    assert found in words(patch_with(text), WITNESS)


def test_the_legitimate_use_is_a_word() -> None:
    assert words(patch_with(""), WITNESS)[-1] == "3"


def test_many_constants_do_not_crowd_out_the_legitimate_use() -> None:
    found = words(patch_with("x = [" + ", ".join(f"'{n}w'" for n in range(50)) + "]"), WITNESS)
    assert len(found) == MOST_WORDS + 1
    assert found[-1] == "3"


@given(st.text())
def test_no_patch_is_too_odd_to_be_read(text: str) -> None:
    for word in words(patch_with(text), WITNESS):
        assert "\n" not in word


@given(st.lists(st.text(max_size=10), max_size=4), st.integers(min_value=1, max_value=40))
def test_offspring_are_new_within_the_bound_and_the_same_again(
    spelled: list[str], most: int
) -> None:
    tried = {one.inputs for one in WITNESS.attacks}
    made = offspring(WITNESS, WITNESS.attacks, spelled, most, set(tried))
    assert len(made) <= most
    assert not tried & {one.inputs for one in made}
    assert len({one.name for one in made}) == len({one.inputs for one in made}) == len(made)
    assert made == offspring(WITNESS, WITNESS.attacks, spelled, most, set(tried))
