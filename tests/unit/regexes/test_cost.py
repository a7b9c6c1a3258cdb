import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.regexes.cost import Growth, Use, cost
from countermine.regexes.matcher import matches, steps
from countermine.regexes.program import program
from countermine.regexes.tree import UnreadableError, read

EXPONENTIAL = [
    r"^(a+)+$",
    r"(a*)*b",
    r"(?:a|a)*b",
    r"(a|b|ab)*c",
    r"(\w+\s?)*$",
    r"(x+x+)+y",
    r"^(([\w-])+\.?)+$",
    r'"(?:[^"\\]|\\.|[^"])*"',
    r"(?:.*,)*[ \t]*realm=",
    r"^(?:[a-z0-9]+-?)+\.$",
    r"(?:\\.|[^)])*\)(?<=x)|(?:(?:b|b)*)c",
    r"(?=(c+)+d)c",
    r"(?i)^(?:kx|KX)+$",
    r"^(?P<local>[^@]*[^@.])@(?P<server>[^@]+(?:\.[^@]+)*)$",
    r"^(?:localhost|::1|[a-z])*$",
    r"^(?:keep-alive|[a-z]+-?)*$",
]
NOT_EXPONENTIAL = [
    r"^a+$",
    r"(?>a+)+b",
    r"(?:a++)+b",
    r"(?:ab|cd)*e",
    r"(\w+\s)*$",
    r"(\w+\s?)*",
    r"^([\w-]+\.)+[a-z]{2,}$",
    r'"(?:[^"\\]|\\.)*"',
    r"^(?:[a-z0-9]+-)*[a-z0-9]+$",
    r"(?:a{1,3}){1,3}$",
    r"(a|b)*c",
    r"a^(?:b+)+$",
    r"^(?:localhost)*(?:localhost)*(?:localhost)*(?:localhost)*(?:localhost)*$",
    r"^(?:(?:abcdefghijkl)*,?){6}(?:abcdefghijkl)*$",
]
POLYNOMIAL = [
    (r"a*a*b", Use.MATCH),
    (r"\s+$", Use.SEARCH),
    (r"[a-z]+@[a-z]+", Use.SEARCH),
    (r"\s*(\d+)\s*(\S+) (.*)", Use.MATCH),
    (r"^\S+@[a-z._-]+\.[a-z._-]+$", Use.MATCH),
    (r".*,.*;", Use.FULL),
    (r"x{0,500}x{0,500}y", Use.MATCH),
]
LINEAR = [
    (r"^\s+$", Use.SEARCH),
    (r"\s+$", Use.MATCH),
    (r"[a-z]+@[a-z]+", Use.MATCH),
    (r"a+b", Use.FULL),
    (r"\d{1,3}\.\d{1,3}", Use.SEARCH),
    (r"\s*,\s*\Z|.*", Use.MATCH),
    (r"abc", Use.SEARCH),
]


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_ways_that_double_with_each_character_are_exponential(pattern: str) -> None:
    found = cost(pattern)
    assert found.growth is Growth.EXPONENTIAL
    code = program(read(pattern))
    counted = [steps(code, found.text(times), searches=False, bound=500_000) for times in (2, 12)]
    assert counted[1] > 100 * counted[0]


@pytest.mark.parametrize("pattern", NOT_EXPONENTIAL)
def test_expressions_that_only_look_like_it_are_not(pattern: str) -> None:
    assert cost(pattern).growth is not Growth.EXPONENTIAL


@pytest.mark.parametrize(("pattern", "use"), POLYNOMIAL)
def test_ways_that_grow_with_the_length_are_polynomial(pattern: str, use: Use) -> None:
    assert cost(pattern, 0, use).growth is Growth.POLYNOMIAL


@pytest.mark.parametrize(("pattern", "use"), LINEAR)
def test_where_a_match_may_begin_and_end_decides(pattern: str, use: Use) -> None:
    assert cost(pattern, 0, use).growth is Growth.LINEAR


def test_flags_count() -> None:
    assert cost(r"(ab | AB)+ $", re.VERBOSE).growth is Growth.LINEAR
    assert cost(r"(ab | AB)+ $", re.VERBOSE | re.IGNORECASE).growth is Growth.EXPONENTIAL
    assert cost(r"(?:.|\n)*x").growth is not Growth.EXPONENTIAL
    assert cost(r"(?:.|\n)*x", re.DOTALL).growth is Growth.EXPONENTIAL


def test_powers_can_be_left_out() -> None:
    assert cost(r"a*a*b", powers=False).growth is Growth.LINEAR


@pytest.mark.parametrize("pattern", ["(", "a" * 5000, "(?:a|b){500}c*", "(?P<a>x)(?P<a>y)"])
def test_what_cannot_be_read_is_unknown(pattern: str) -> None:
    assert cost(pattern + "*(b*)").growth is Growth.UNKNOWN


PIECES = st.recursive(
    st.sampled_from(["a", "b", "[ab]", ".", r"\w", r"\s", "^", "$", r"\b", "(?=a)", "(?!b)"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{1,2}", "*+"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"(?>{one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(PIECES, st.text("ab \n", max_size=7))
def test_the_counting_matcher_matches_what_python_matches(pattern: str, text: str) -> None:
    try:
        code = program(read(f"(?:{pattern})\\Z"))
    except UnreadableError:
        return
    assert matches(code, text) == (re.match(f"(?:{pattern})\\Z", text) is not None)


@settings(max_examples=50, deadline=None)
@given(PIECES)
def test_any_expression_gets_an_answer_and_the_same_again(pattern: str) -> None:
    first = cost(pattern, 0, Use.SEARCH)
    cost.cache_clear()
    assert cost(pattern, 0, Use.SEARCH) == first


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    assert cost(text).growth in set(Growth)


def test_a_round_that_passes_the_end_of_the_match_is_not_the_only_one() -> None:
    # By way of a quote the match would end early; by backslashes alone it never does.
    found = cost(r"'(''|\\\\|\\'|[^'])*'", powers=False)
    assert found.growth is Growth.EXPONENTIAL
    assert "'" not in found.pump
    assert cost(r"'(''|\\'|[^'\\])*'", powers=False).growth is Growth.LINEAR
