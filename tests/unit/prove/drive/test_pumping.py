"""Expressions are read off the source, and attacks are long enough to be told from others."""

import ast
import time
from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel
from countermine.core.spans import Span, tree_path
from countermine.core.weakness import WeaknessId
from countermine.core.witnesses import (
    Event,
    Input,
    NoWitness,
    Observation,
    Shown,
    Stimulus,
    Witness,
)
from countermine.prove.drive.pumping import PumpedMaker, Written, pump_of, written
from countermine.prove.harness import rewriting, sinks_regexes
from countermine.prove.regression.pumped import slow_texts
from countermine.testing.findings import finding_at

PATH = "app.py"
HEAD = """
import re
WORD = r"(?:\\w+"
FLAGS = re.I | re.X
class Name:
    KNOWN = re.compile(WORD + r"\\s?)*$", FLAGS)
    def check(self, text):
        return self.KNOWN.match(text)
"""


OTHER = b"import re\nKNOWN = re.compile('(a|a)*$', re.I)\n"
MATCHED = b"from .words import KNOWN\n\ndef check(text):\n    return KNOWN.findall(text)\n"


@pytest.mark.parametrize("imported", [b"from .words import KNOWN", b"from shop.words import KNOWN"])
def test_an_expression_is_read_off_the_module_that_it_is_imported_from(imported: bytes) -> None:
    source = MATCHED.replace(b"from .words import KNOWN", imported)
    texts = {tree_path("shop/app.py"): source, tree_path("shop/words.py"): OTHER}
    finding = finding_at("shop/app.py", source, b"KNOWN.findall(text)")
    assert written(finding, texts) == Written(pattern="(a|a)*$", flags=2)
    alone = {tree_path("shop/app.py"): source}
    assert written(finding, alone) is None


def found(source: str, place: str) -> Written | None:
    finding = finding_at(PATH, source.encode(), place.encode())
    return written(finding, {tree_path(PATH): source.encode()})


@pytest.mark.parametrize(
    ("source", "place", "pattern", "flags"),
    [
        ("import re\nA = re.compile('a+')", "re.compile('a+')", "a+", 0),
        ("import re\nre.match('a', t, re.I)", "re.match('a', t, re.I)", "a", 2),
        ("import re\nre.sub('a', '', t, flags=2)", "re.sub('a', '', t, flags=2)", "a", 2),
        ("import re\nre.split('a', t, 0, re.X)", "re.split('a', t, 0, re.X)", "a", 64),
        (HEAD, 're.compile(WORD + r"\\s?)*$", FLAGS)', r"(?:\w+\s?)*$", 66),
        (HEAD, "self.KNOWN.match(text)", r"(?:\w+\s?)*$", 66),
        ("import re\nre.match(b'a', t)", "re.match(b'a', t)", "a", 0),
    ],
)
def test_an_expression_is_read_off_the_source(
    source: str, place: str, pattern: str, flags: int
) -> None:
    assert found(source, place) == Written(pattern=pattern, flags=flags)


@pytest.mark.parametrize(
    "source",
    [
        "import re\nre.match(a, t)",
        "import re\nre.match('a' % b, t)",
        "import re\nre.match('a%d' % (b,), t)",
    ],
)
def test_an_expression_that_is_not_written_out_is_not_guessed(source: str) -> None:
    assert found(source, source.partition("\n")[2]) is None


def made(pattern: str) -> Witness | NoWitness:
    source = f"import re\n\ndef run(text):\n    return re.match({pattern!r}, text)\n".encode()
    finding = finding_at(PATH, source, f"re.match({pattern!r}, text)".encode())
    finding = replace(
        finding, weakness=WeaknessId("exponential-regular-expression"), function="run"
    )
    assert isinstance(finding.location, Span)
    return PumpedMaker().make(finding, {tree_path(PATH): source})


def test_a_cheap_expression_has_no_witness() -> None:
    assert isinstance(made("ab?c"), NoWitness)


def test_what_an_attack_repeats_is_told_from_its_text() -> None:
    witness = made("(?:ab?)+(?:ab?)+!")
    assert isinstance(witness, Witness)
    pump, times = pump_of(witness.attacks[0])
    assert pump * times in witness.attacks[0].inputs[0].text
    assert pump_of(Stimulus(name="other", inputs=())) == ("", 0)


def test_a_pump_of_signs_that_are_alike_is_not_taken_for_one_of_them() -> None:
    witness = made(r"'(?:''|\\\\|\\'|[^'])*'")
    assert isinstance(witness, Witness)
    pump, times = pump_of(witness.attacks[0])
    assert pump * times in witness.attacks[0].inputs[0].text
    assert len(pump) * times > len(witness.attacks[0].inputs[0].text) // 2


def test_growth_is_told_where_half_of_a_text_costs_more_than_is_counted() -> None:
    pattern = r"'(''|\\\\|\\'|[^'])*'"
    witness = made(pattern)
    assert isinstance(witness, Witness)
    attack = witness.attacks[0]
    long = replace(attack.inputs[0], text="'" + "\\\\" * 60 + "a")
    attack = replace(attack, name="match-0-pumped-60", inputs=(long,))
    effect = PumpedMaker().judge(witness, attack, *(_matched(attack, pattern) for _ in range(2)))
    assert isinstance(effect, Shown)
    linear = _matched(attack, "'[^']*'")
    assert not isinstance(PumpedMaker().judge(witness, attack, linear, linear), Shown)


def _matched(attack: Stimulus, pattern: str) -> Observation:
    facts = {"method": "match", "pattern": pattern, "flags": "32", "text": attack.inputs[0].text}
    event = Event(sequence=1, name="regex", detail=tuple(sorted(facts.items())))
    return Observation(
        stimulus=attack.name, events=(event,), reached=True, probes_held=True, closed=True
    )


def test_what_a_proposed_text_repeats_is_its_longest_stretch() -> None:
    value = Input(channel=Channel.PARAMETER, key=None, text="/" * 8 + "x.y" + ";, " * 40 + "end")
    assert pump_of(Stimulus(name="proposed-1", inputs=(value,))) == (";, ", 40)
    plain = replace(value, text="nothing that is repeated")
    assert pump_of(Stimulus(name="proposed-1", inputs=(plain,))) == ("", 0)


def test_a_text_that_is_taken_apart_at_blanks_has_others_without_any() -> None:
    witness = made(r"^(\(*)(.*?)([.,]*)$")
    assert isinstance(witness, Witness)
    others = [one.inputs[0].text for one in witness.attacks if "-other-" in one.name]
    assert any("...." in one or ",,,," in one for one in others)
    assert not any(char.isspace() for one in others for char in one)


def test_a_test_of_the_target_waits_for_texts_that_take_seconds() -> None:
    witness = made("(?:a+b?)+$")
    assert isinstance(witness, Witness)
    for probe in slow_texts(witness):
        assert "a" in ast.literal_eval(probe.payloads[0].split(" * ")[0].split(" + ")[-1])
        assert probe.never.startswith("time.process_time()")
    assert time.process_time() >= 0


def test_modules_with_patterns_of_match_statements_are_compiled_all_the_same() -> None:
    source = b"""
match kind:
    case words.match:
        found = "one"
    case other.search():
        found = "two"
    case _:
        found = kind.split("-")[0]
"""
    code = rewriting.telling(source, "app.py", sinks_regexes.NAME, sinks_regexes.METHODS)
    assert sinks_regexes.NAME in code.co_names


def test_an_attack_whose_ending_is_taken_off_before_the_match_is_tried_with_others() -> None:
    # What stands behind ``#`` is no part of an address any more: without it the text matches.
    witness = made(r"(?:(.*)@)?[^\[\]#]*$")
    assert isinstance(witness, Witness)
    texts = {one.name: one.inputs[0].text for one in witness.attacks}
    assert texts[next(name for name in texts if "match-0-" in name)].endswith("#")
    ended = [text for name, text in texts.items() if "-ended-" in name]
    assert [text[-1] for text in ended] == ["[", "]"]
    assert all("#" not in text for text in ended)


def test_an_ending_that_stays_is_tried_with_no_others() -> None:
    witness = made(r"(?:\w+\s?)*$")
    assert isinstance(witness, Witness)
    assert not [one.name for one in witness.attacks if "-ended-" in one.name]


def test_what_was_cut_at_the_bound_is_not_compared_with_what_was_not() -> None:
    # 128 pumps cost more than is counted, 64 more than a third of the bound: 32 and 64 tell.
    pattern = r"(?:(.*)@)?(?:[^\[\]%:/?#]|%[a-fA-F0-9]{2})*(?::([0-9]{0,5}))?$"
    witness = made(pattern)
    assert isinstance(witness, Witness)
    long = replace(witness.attacks[0].inputs[0], text="a" + "@a" * 128 + "[")
    attack = replace(witness.attacks[0], name="match-0-ended-0-pumped-128", inputs=(long,))
    seen = _matched(attack, pattern)
    assert isinstance(PumpedMaker().judge(witness, attack, seen, seen), Shown)
    linear = _matched(attack, "[^\\[]*$")
    assert not isinstance(PumpedMaker().judge(witness, attack, linear, linear), Shown)
