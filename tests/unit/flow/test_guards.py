"""A pattern says of a text what its alphabet does, where it says everything of the whole text."""

import pytest

from countermine.flow.patterns import (
    FULL,
    MATCH,
    SEARCH,
    beginnings,
    kinds_of_groups,
    kinds_when_matched,
    kinds_when_missed,
)
from countermine.flow.values import EVERY_KIND


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"^\w+\Z", MATCH),
        ("[A-Za-z0-9_]{1,8}", FULL),
        (r"(?:\d+)", FULL),
        (r"\A(a|b)\Z", SEARCH),
        ("a|b", FULL),
    ],
)
def test_a_narrow_alphabet_is_safe(pattern: str, use: str) -> None:
    assert EVERY_KIND in kinds_when_matched(pattern, 0, use)


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        ("^[a-z]+", MATCH), (".*", FULL), ("[a-z]+$", SEARCH), ("", SEARCH), ("^a|b$", MATCH),
        ("(?m)^[a-z]+$", SEARCH), ("(", MATCH),
    ],
)  # fmt: skip
def test_a_wide_alphabet_or_an_open_end_is_not(pattern: str, use: str) -> None:
    assert not kinds_when_matched(pattern, 0, use)


def test_an_alphabet_is_safe_for_the_kinds_that_it_has_no_characters_for() -> None:
    assert "path" in kinds_when_matched("[^/]+", 0, FULL) | kinds_when_matched(r"[\w.-]+", 0, FULL)
    assert "path" not in kinds_when_matched("[a-z/]+", 0, FULL)
    assert "command" in kinds_when_matched("[a-z/ .]+", 0, FULL)
    assert "url" not in kinds_when_matched(r"[\w.]+", 0, FULL)
    assert "option" not in kinds_when_matched("[a-z-]+", 0, FULL)


def test_an_end_before_a_line_break_leaves_one() -> None:
    assert "path" in kinds_when_matched("^[a-z]+$", 0, MATCH)
    assert "header" not in kinds_when_matched("^[a-z]+$", 0, MATCH)
    assert EVERY_KIND in kinds_when_matched("^[a-z]+$", 0, FULL)


@pytest.mark.parametrize("pattern", [r"^\\\w+$", r"\\[a-z]", r"\w+\\([0-9]+)"])
def test_a_pair_with_a_backslash_does_not_end_a_literal(pattern: str) -> None:
    assert "code" in kinds_when_matched(pattern, 0, FULL)
    assert "path" not in kinds_when_matched(pattern, 0, FULL)


@pytest.mark.parametrize("pattern", [r"\w+\\", r"\\\w*", r"\\.", r"\\[\"n]", r"(\\)?\w", r"\\+n"])
def test_a_backslash_before_anything_else_may_take_the_quote_behind_it(pattern: str) -> None:
    assert "code" not in kinds_when_matched(pattern, 0, FULL)


def test_what_is_found_nowhere_is_not_in_the_text() -> None:
    assert EVERY_KIND in kinds_when_missed(r"\W", 0)
    assert EVERY_KIND in kinds_when_missed("[^a-z]+", 0)
    assert "path" in kinds_when_missed(r"[/\\]", 0)
    assert not kinds_when_missed("a/b", 0)


def test_groups_have_alphabets_of_their_own() -> None:
    groups = kinds_of_groups(r"(\d+)-(.*)", 0)
    assert EVERY_KIND in groups[1]
    assert EVERY_KIND not in groups[0] | groups[2]


def test_a_pattern_may_begin_in_a_few_ways() -> None:
    assert beginnings(r"https?://a\.b/", 0, MATCH) == ("http://a.b/", "https://a.b/")
    assert beginnings("https?://a.b/", 0, MATCH) == ("http://a", "https://a")
    assert beginnings("(a|b)c", 0, MATCH) == ("ac", "bc")
    assert beginnings("a", 0, SEARCH) == ()
    assert beginnings("^/[a-z]+", 0, MATCH) == ("/\1",)
    assert beginnings("^/.+", 0, MATCH) == ("/",)
