"""What an XPath expression is made of."""

import pytest

from countermine.prove.drive.selections import selected, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("//user[@name='ann']", '//user[@name="ben or 1=1"]'),
        ("//user[@name=$name]", "//user[ @name = 'ann' ]"),
        ("//a[@b=1]", "//a[@b=2.5]"),
        ("//x:a/child::b[@c]", "// x:a / child::b [@c]"),
        ("//a[cmprobe-word]", "//a[cmcanaryword]"),
    ],
)
def test_constants_are_all_alike(one: str, other: str) -> None:
    assert words(one) is not None
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("//user[@name='ann']", "//user[@name='ann' or 'x'='x']"),
        ("//user[@name='ann']", "//user[@name='ann'] | //*['x']"),
        ("//user[@id=1]", "//user[@id=1 or 1]"),
        ("//user", "/user"),
        ("//user[@name='ann']", "//user[@mail='ann']"),
    ],
)
def test_words_that_are_added_are_seen(one: str, other: str) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize("text", ["//a[@b='x]", "//a[@b='x'']", "//a[@b=\u00a7]", "//a;b"])
def test_what_is_no_expression_has_no_words(text: str) -> None:
    assert words(text) is None
    assert selected(text, "{}") is None


def test_a_variable_says_what_the_constant_said() -> None:
    said = selected("//user[@name='cmprobe-word' and @old='1']", "{}")
    assert said == "// user [ @ name = cmprobe-word and @ old = ? ]"
    assert selected("//user[@name=$n and @old='1']", '{"n": "cmprobe-word"}') == said
    assert selected("//user[@name='none' and @old='1']", "no document") != said
