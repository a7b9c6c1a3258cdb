import unicodedata
from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel
from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import Input, Stimulus
from countermine.prove.drive.archives import as_text, zipped
from countermine.prove.drive.drive import SCRATCH
from countermine.prove.mutations import MAX_TEXT_CHARS, UNDONE_BY, mutated
from countermine.testing.findings import finding_at
from countermine.testing.proving import stimulus, witness_for

TEXT = b"def view(text):\n    return eval(text)\n"
FINDING = finding_at("app.py", TEXT, b"eval(text)")
WITNESS = witness_for(FINDING)


def texts(attack: Stimulus, most: int = 1000) -> set[str]:
    witness = witness_for(FINDING, attacks=(attack,))
    return {one.inputs[0].text for one in mutated(witness, witness.attacks, most)}


@pytest.mark.parametrize(
    ("text", "respelled"),
    [
        ("../etc", "%2E%2E%2Fetc".replace("%2E", ".")),
        ("../etc", "....//etc"),
        ("../etc", "..././etc"),
        ("../etc", "..\\etc"),
        ("../etc", "%2e%2e/etc"),
        ("../etc", "../etc\x00.txt"),
        ("x; id", "x&& id"),
        ("x; id", "x\n id"),
        ("x; id", "x;${IFS}id"),
        ("$(id)", "`id`"),
        ("' or 1", '" or 1'),
        ("' or 1", "'/**/or/**/1"),
        ("<script>", "<s<script>cript>"),
        ("<script>", "<SCRIPT>"),
        ("<script>", "<ScRiPt>"),
        ("<img src=x>", "<img/src=x>"),
        ("{{7}}", "{% print(7) %}"),
        ("<{canary}>", "\uff1c{canary}\uff1e"),
        ("' or 1", "\uff07 or 1"),
        ("__import__('sys')", "_\uff3f\uff49\uff4d\uff50\uff4f\uff52\uff54\uff3f\uff3f('sys')"),
        ("<b>", "&#60;b&#62;"),
        ("../a", "\\u002e\\u002e\\u002fa"),
        ("../a", ".\u00e9.\u00e9/a"),
        ("../a", ".\u200b.\u200b/a"),
        ("../a", ". . /a"),
        ("abc", "abc\u00e9"),
        ("abc", " abc"),
        ("abc", "/abc"),
    ],
)
def test_an_attack_is_respelled(text: str, respelled: str) -> None:
    assert respelled in texts(stimulus("a", text))


def test_signs_that_fold_back_are_tried_whatever_the_finding() -> None:
    for digest in "0123456789abcdef":
        witness = witness_for(FINDING, attacks=(stimulus("a", "../{base}/x"),))
        witness = replace(witness, fingerprint=Fingerprint(digest * 64))
        (first, *_) = mutated(witness, witness.attacks, 4)
        assert first.name == "a-full-width"
        assert unicodedata.normalize("NFKC", first.inputs[0].text) == f"../{SCRATCH}/x"
        assert not set("./") & set(first.inputs[0].text)


def test_spellings_that_a_patch_undoes_go_before_the_others() -> None:
    witness = witness_for(FINDING, attacks=(stimulus("a", "../x"),))
    made = mutated(witness, witness.attacks, 8, UNDONE_BY["unquote"])
    assert [one.name for one in made[1:4]] == [f"a-{how}" for how in UNDONE_BY["unquote"]]


def test_members_of_archives_are_respelled() -> None:
    packed = as_text(zipped(("cm-legit.txt", "../cm-member.txt")))
    assert as_text(zipped(("cm-legit.txt", "..\\cm-member.txt"))) in texts(stimulus("a", packed))


def test_placeholders_are_kept_whole() -> None:
    for text in texts(stimulus("a", "x; touch {base}/{canary}")):
        assert "{base}" in text or "\uff0fscratch" in text
        assert "{canary}" in text


def test_attacks_that_gate_6_ran_are_not_run_again() -> None:
    both = (stimulus("a", "abc"), stimulus("b", "ABC"))
    witness = witness_for(FINDING, attacks=both)
    assert not {"abc", "ABC"} & {
        one.inputs[0].text for one in mutated(witness, witness.attacks, 1000)
    }


def test_each_spelling_is_made_once() -> None:
    witness = witness_for(FINDING, attacks=(stimulus("a", "1"), stimulus("b", "1 ")))
    made = mutated(witness, witness.attacks, 1000)
    assert len({one.inputs for one in made}) == len(made)
    assert len({one.name for one in made}) == len(made)


def test_the_order_is_the_same_for_a_finding_and_another_for_another() -> None:
    witness = witness_for(FINDING, attacks=(stimulus("a", "../x"),))
    other = replace(witness, fingerprint=Fingerprint("0" * 64))
    names = [one.name for one in mutated(witness, witness.attacks, 1000)]
    assert names == [one.name for one in mutated(witness, witness.attacks, 1000)]
    assert names != [one.name for one in mutated(other, other.attacks, 1000)]
    assert set(names) == {one.name for one in mutated(other, other.attacks, 1000)}


def test_the_number_is_bounded() -> None:
    assert len(mutated(WITNESS, WITNESS.attacks, 5)) == 5


def test_inputs_are_respelled_one_at_a_time() -> None:
    values = (
        Input(channel=Channel.QUERY, key="a", text="../x"),
        Input(channel=Channel.QUERY, key="b", text="fine"),
    )
    witness = witness_for(FINDING, attacks=(Stimulus(name="two", inputs=values),))
    for one in mutated(witness, witness.attacks, 1000):
        assert [now == then for now, then in zip(one.inputs, values, strict=True)].count(False) == 1


def test_too_long_a_text_is_not_made_longer() -> None:
    assert all(len(text) <= MAX_TEXT_CHARS for text in texts(stimulus("a", "/" * MAX_TEXT_CHARS)))


def test_an_attack_of_files_alone_has_no_other_spelling() -> None:
    witness = witness_for(FINDING, attacks=(Stimulus(name="file", inputs=()),))
    assert mutated(witness, witness.attacks, 10) == ()
