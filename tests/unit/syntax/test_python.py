"""Parsing is tolerant, and literals read as Python reads them."""

import ast

import pytest

from countermine.syntax.python import parse, unescape


def test_a_file_with_an_error_still_has_its_functions() -> None:
    parsed = parse(b"def good():\n    return 1\n\ndef bad(:\n    pass\n")
    assert parsed.has_errors
    assert parsed.root.named_children[0].type == "function_definition"


@pytest.mark.parametrize(
    "literal",
    [r"a\nb", r"\x41\u00e9", r"tab\there", r"quote\'s", r"back\\slash", r"\\n", r"a\\", r"\0"],
)
def test_escapes_denote_what_python_says(literal: str) -> None:
    assert unescape(literal) == ast.literal_eval(f'"{literal}"')


@pytest.mark.parametrize("literal", [r"\d+", r"\x4", r"\U99999999"])
def test_an_escape_that_python_does_not_know_stays_as_it_is(literal: str) -> None:
    assert unescape(literal) == literal
