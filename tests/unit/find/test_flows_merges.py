"""Dictionaries that are put together from the pairs of others are still told apart by key."""

import pytest

from tests.unit.find.conftest import Find

HEAD = """
import os
from flask import request

DEFAULTS = {"mode": "ls"}


def set_defaults(given):
    for name, value in given.items():
        DEFAULTS[name] = value


def merge(a, b):
    %s


def run(**given):
    both = merge(given, DEFAULTS)
    os.system(both["%s"])


def view():
    run(title=request.args["title"])
"""
WAYS = [
    "return dict(a.items())",
    "return dict(list(a.items()) + list(b.items()))",
    "return dict(sorted(a.items()))",
    "if not a:\n        return b or {}\n    return dict(list(a.items()) + list(b.items()))",
    "inner = lambda c, d: dict(list(c.items()) + list(d.items()))\n    return inner(a, b)",
    "return dict(a)",
    "return dict(p for p in a.items() if p[0] != 'x')",
    "return dict([*a.items(), *b.items()])",
]


@pytest.mark.parametrize("way", WAYS)
def test_a_key_of_a_merge_is_that_of_the_dictionary_that_has_it(find: Find, way: str) -> None:
    found = find({"a.py": HEAD % (way, "title")}).findings
    assert [f.level for f in found] == ["remote"]


@pytest.mark.parametrize("way", WAYS)
def test_another_key_of_a_merge_is_not(find: Find, way: str) -> None:
    found = find({"a.py": HEAD % (way, "mode")}).findings
    assert "remote" not in [f.level for f in found]
