"""What a patch newly asks of values, read off its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.spans import tree_path
from countermine.core.witnesses import Input, Stimulus
from countermine.prove.conditions import MOST_OF_A_KIND, Conditions, conditions
from countermine.prove.search import directed
from countermine.testing.findings import finding_at
from countermine.testing.proving import stimulus, witness_for

PATH = tree_path("app.py")
WITNESS = witness_for(finding_at("app.py", b"eval(text)", b"eval(text)"))


def asked(new: str, old: str = "") -> Conditions:
    return conditions({PATH: old.encode()}, {PATH: new.encode()})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x.startswith('ean:')", Conditions(prefixes=("ean:",), calls=("startswith",))),
        ("x.endswith((b'-a', '-b'))", Conditions(suffixes=("-a", "-b"), calls=("endswith",))),
        ("x in {'.png', '.jpg'}", Conditions(suffixes=(".png", ".jpg"))),
        ("len(x) > 2000", Conditions(lengths=(2000,), calls=("len",))),
        ("len(x) > 4 * 1024", Conditions(lengths=(4096,), calls=("len",))),
        ("x[:255]", Conditions(lengths=(255,))),
        ("unicodedata.normalize('NFKC', x)", Conditions(calls=("normalize",))),
        ("len(x) > 10 ** 9 or len(x) > 99999999", Conditions(calls=("len",))),
        ("'one sentence.' + 'etc.'", Conditions()),
        ("if x: not python", Conditions()),
    ],
)
def test_conditions_are_read(text: str, found: Conditions) -> None:
    assert asked(text) == found


def test_what_was_asked_before_is_not_new() -> None:
    assert asked("a.endswith('.png')\nlen(x) > 5\n", "b.endswith('.png')\nlen(y) > 5\n") == (
        Conditions()
    )


def test_of_a_kind_only_some_are_used() -> None:
    many = "\n".join(f"x.startswith('p{number}')" for number in range(20))
    assert len(asked(many).prefixes) == MOST_OF_A_KIND


def test_an_attack_meets_all_conditions_at_once_first() -> None:
    wanted = Conditions(prefixes=("ean:",), suffixes=(".png",), lengths=(30,))
    made = directed(WITNESS, (stimulus("a", "../x"),), wanted, (), 18, set())
    texts = [one.inputs[0].text for one in made]
    assert texts[0].startswith("ean:../x")
    assert texts[0].endswith(".png")
    assert len(texts[0]) > 30
    assert {"ean:../x", "../x.png", "ean:../x.png"} <= set(texts)


def test_where_short_texts_are_let_through_attacks_are_cut_short() -> None:
    wanted = Conditions(lengths=(20,))
    made = directed(WITNESS, (stimulus("a", "cmprobe' OR '1'='1' -- "),), wanted, (), 18, set())
    assert "'{canary}" in [one.inputs[0].text for one in made]


def test_of_a_patch_that_asks_nothing_nothing_is_made() -> None:
    assert directed(WITNESS, (stimulus("a", "../x"),), Conditions(), ("word",), 18, set()) == ()


@given(
    st.lists(st.text(min_size=1, max_size=5), max_size=3),
    st.lists(st.integers(min_value=2, max_value=300), max_size=3),
    st.integers(min_value=1, max_value=20),
)
def test_what_meets_conditions_is_new_and_within_the_bound(
    ends: list[str], lengths: list[int], most: int
) -> None:
    wanted = Conditions(prefixes=tuple(ends), suffixes=tuple(ends), lengths=tuple(lengths))
    parents = (stimulus("a", "../x"), Stimulus(name="b", inputs=()))
    tried: set[tuple[Input, ...]] = {parents[0].inputs}
    made = directed(WITNESS, parents, wanted, (), most, set(tried))
    assert len(made) <= most
    assert not tried & {one.inputs for one in made}
    assert made == directed(WITNESS, parents, wanted, (), most, set(tried))
