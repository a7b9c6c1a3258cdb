"""A rewritten expression is attacked by texts of its own, and compared by texts that match."""

from countermine.core.entrypoints import Channel
from countermine.core.spans import tree_path
from countermine.core.witnesses import Input, Stimulus
from countermine.prove.drive.pumping import Written, pump_of
from countermine.prove.drive.repumping import expressions, repumped
from countermine.regexes.matcher import matches
from countermine.regexes.program import program
from countermine.regexes.samples import fitting
from countermine.regexes.tree import read

PATH = tree_path("app.py")
ATTACK = Stimulus(
    name="match-0-pumped-24-of-30",
    inputs=(Input(channel=Channel.PARAMETER, key="text", text="a" * 24 + "!"),),
)


def fresh(before: str, after: str) -> tuple[Stimulus, ...]:
    head = "import re\nKNOWN = re.compile({!r})\n"
    return repumped(
        ATTACK, {PATH: head.format(before).encode()}, {PATH: head.format(after).encode()}
    )


def test_an_expression_that_still_costs_too_much_is_attacked_by_its_own_weakness() -> None:
    made = fresh("(?:a+)+$", r"(?:ab|[ab]+,?)+$")
    assert made
    assert all(times and pump * times in one.inputs[0].text
               for one in made for pump, times in [pump_of(one)])  # fmt: skip
    assert len({one.name for one in made}) == len(made)


def test_expressions_that_the_patch_left_alone_are_not_attacked_anew() -> None:
    assert fresh("(?:a+)+$", "(?:a+)+$") == ()


def test_an_attack_without_an_input_has_no_fresh_ones() -> None:
    bare = Stimulus(name="bare", inputs=())
    assert repumped(bare, {}, {PATH: b"import re\nre.match('(?:a+)+$', x)\n"}) == ()


def test_the_expressions_of_a_module_are_read_off_its_calls() -> None:
    source = b"import re\nA = 'a'\nre.match(A + '+', x)\nB = re.compile(r'b', re.I)\nother('c')\n"
    assert expressions(source) == [Written(pattern="a+", flags=0), Written(pattern="b", flags=2)]
    assert expressions(b"def") == []


def test_texts_of_the_legitimate_use_match_and_some_of_them_are_long() -> None:
    tree = read(r"^(?:\w+\s?)*$")
    texts = fitting(tree, 40)
    found = [one for one in texts if matches(program(tree), one)]
    assert len(texts) - len(found) == 1
    assert sum(len(one) > 500 for one in found) == 2
    assert all(any(sign in one for one in found) for sign in "\u00e9\n\t 5_Z")
    assert fitting(tree, 3) == texts[:3]


def test_an_expression_that_matches_nothing_has_no_texts() -> None:
    assert fitting(read(r"a(?!)"), 6) == ()
