"""Comments of long runs are blank to the parser; nothing else changes, and nothing moves."""

import pytest

from countermine.syntax.long_runs import without_long_runs
from countermine.syntax.python import parse

COMMENTS = b'# it\'s "so"\n' * 50


@pytest.mark.parametrize(
    "before", [b"", b"x = 1\n", b"def f():\n    pass\n", b"x = 'a#'\n", b"''\n"]
)
def test_a_long_run_is_blank_and_what_is_around_it_stays(before: bytes) -> None:
    text = before + COMMENTS + b"import os  # why\n"
    blank = without_long_runs(text)
    assert len(blank) == len(text)
    assert blank.count(b"\n") == text.count(b"\n")
    assert blank.split() == [*before.split(), b"import", b"os", b"#", b"why"]


@pytest.mark.parametrize("quotes", [b'"""', b"'''"])
def test_lines_of_a_text_are_no_comments(quotes: bytes) -> None:
    text = b"x = " + quotes + b"\\" + quotes + b"\n" + b"# one\n" * 50 + quotes + b"\n"
    assert without_long_runs(text) == text


def test_short_runs_stay() -> None:
    text = b"x = 1\n" + b"# one\n" * 20 + b"y = 2\n"
    assert without_long_runs(text) == text


def test_the_tree_of_a_function_full_of_comments_is_the_same() -> None:
    body = b"def f():\n" + b"    # one\n" * 60 + b"    return 1\n"
    (function,) = parse(body).root.named_children
    assert (function.start_byte, function.end_byte) == (0, len(body) - 1)
    assert not parse(body).has_errors
    assert parse(body).text == body


def test_thousands_of_comments_are_read_at_once() -> None:
    text = b"x = 1\n" + b"# a line of a comment\n" * 200_000 + b"y = 2\n"
    assert [node.type for node in parse(text).root.named_children] == ["expression_statement"] * 2


def test_thousands_of_continuations_are_read_at_once() -> None:
    text = b"x = \\\n" + b"\\\n" * 200_000 + b"1\ny = 2\n"
    assert parse(text).root.named_children[-1].start_byte == len(text) - 6
