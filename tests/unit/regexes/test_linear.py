"""Costly expressions are written anew only where they match the same."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from countermine.regexes.cost import Growth, Use, cost
from countermine.regexes.linear import linear
from countermine.regexes.sameness import Asked, is_same, original
from countermine.regexes.spelled import spell, text_of
from countermine.regexes.tree import UnreadableError

TABLE = Path(__file__).parent / "rewritten.toml"
ROWS: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["expression"]


def asked(row: dict[str, Any]) -> Asked:
    return Asked(anywhere=row.get("anywhere", False), groups=row.get("groups", True))


def test_the_table_holds_costly_harmless_and_hopeless_expressions() -> None:
    assert sum("new" in row for row in ROWS) >= 60
    assert sum(row.get("harmless", False) for row in ROWS) >= 4
    assert sum("new" not in row for row in ROWS) >= 12


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.get("quick")], ids=lambda row: str(row["old"])
)
def test_an_expression_is_written_as_the_table_says(row: dict[str, Any]) -> None:
    new = linear(row["old"], row.get("flags", 0), {Use(row["use"])}, asked(row))
    assert new == row.get("new")


@pytest.mark.parametrize("row", [row for row in ROWS if "new" in row], ids=lambda r: str(r["old"]))
def test_what_an_expression_is_written_as_costs_no_more_than_its_text(row: dict[str, Any]) -> None:
    assert cost(row["new"], row.get("flags", 0), Use(row["use"])).growth is Growth.LINEAR
    assert cost(row["old"], row.get("flags", 0), Use(row["use"])).growth is not Growth.LINEAR


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(?:a+)+", "(?:a)+?"),
        (r'"(?:\\.|[^"])*"', r'"(?:\\.|[^"\\])*"'),
        (r"\s*=\s*x", r"\s{0,99}=\s{0,99}x"),
        (r"(a+)+$", r"(?:a+)$"),
        (r"^(\w+\s?)*$", r"^(\w\s?)*$"),
        (r"(.*?)\s*$", r"(.*)\s*$"),
        (r"\d+x", r"[0-9]+x"),
        (r"\w*[ \t]*!", r"\w*[ ]*!"),
        (r"\s+$", r"(?<!\s)\s+$"),
        (r"(?i)k+k*!", r"(?i)[Kk]+!(?i:)x?"),
        (r"[\x00-\xff]*\s*x", r"[\x00-\xff]*x"),
        (r"a|ab", r"ab|a"),
        (r"(?P<a>x)+y", r"(?P<b>x)+y"),
    ],
)
def test_an_expression_that_matches_otherwise_is_told_from_the_first(one: str, other: str) -> None:
    assert not is_same(original(one, 0), other)


def test_a_look_behind_is_the_same_only_where_nobody_begins_in_the_middle() -> None:
    assert is_same(original(r"\s+$", 0, Asked(anywhere=False)), r"(?<!\s)\s+$")


def test_groups_may_change_only_where_nobody_looks_at_them() -> None:
    pattern = r"^(\d+\.?)+$"
    assert linear(pattern, 0, {Use.MATCH}) is None
    assert linear(pattern, 0, {Use.MATCH}, Asked(groups=False)) == r"^(\d\.?)+$"


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<a>b)+?(?P=a)*\1{2,3}|[^]a\]](?:\x41|\u0041|\0|\N{EM DASH})?(?<!x)(?i:y)",
        "a{,3}{x}{}{,}"[:5],
        r"a{2}b{2,}c{2,3}?(?#note)d",
        r"|a||b",
        r"(?=a)(?!b)(?<=c)$^\b\B\A\Z.",
    ],
)
def test_the_parts_of_an_expression_give_it_back(pattern: str) -> None:
    re.compile(pattern)
    assert text_of(spell(pattern)) == pattern


def test_a_verbose_expression_keeps_its_comments() -> None:
    pattern = "\n (?: \\w+ # a | word\n \\s? )* # end\n"
    assert text_of(spell(pattern, re.VERBOSE)) == pattern


@pytest.mark.parametrize("pattern", ["(a", "[a", "(?(1)a|b)", "a)"])
def test_what_is_not_known_is_not_spelled(pattern: str) -> None:
    with pytest.raises(UnreadableError):
        spell(pattern)
