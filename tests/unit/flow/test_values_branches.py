"""Branches, conditional expressions and ``match`` go only where a known value leads."""

import pytest

from tests.unit.find.conftest import Find, catalogue, find  # noqa: F401 - fixtures
from tests.unit.flow.twins import Twins, both

BRANCHES: Twins = {
    "if": (
        'num = 86\nif 7 * 42 - num > $:\n    bar = "safe"\nelse:\n    bar = param', "300", "200",
    ),
    "if without else": ('bar = "safe"\nif len("abc") > $:\n    bar = param', "2", "3"),
    "else if": (
        'n = $\nif n < 3:\n    bar = "a"\nelif n < 6:\n    bar = param\nelse:\n    bar = "c"',
        "4", "7",
    ),
    "nested": (
        'a, b = 1, $\nbar = "safe"\nif a:\n    if a < b:\n        bar = param', "2", "0",
    ),
    "test behind an unknown one": (
        'flag = $\nbar = "safe"\nif request.method == "POST" and flag:\n    bar = param',
        "1", "0",
    ),
    "flag set on the way": (
        'flag = False\nif request.method == "POST":\n    flag = $\nbar = param if flag else "safe"',
        "True", "False",
    ),
    "overwritten": ('bar = param\nif $:\n    bar = "safe"', "0", "1"),
    "conditional expression": ('bar = "safe" if "a" in "$" else param', "xyz", "cat"),
    "chained conditional expression": (
        'n = $\nbar = "a" if n == 1 else "b" if n == 2 else param', "3", "2",
    ),
    "early return": ('if $:\n    return "no"\nbar = param', "0", "1"),
    "early raise": ("if not $:\n    raise ValueError\nbar = param", "1", "0"),
    "assertion": ("assert $\nbar = param", "1 < 2", "2 < 1"),
    "constant of the module": (
        'DEBUG = $\n---\nbar = "safe"\nif DEBUG:\n    bar = param', "True", "False",
    ),
    "constant of a class": (
        'class Settings:\n    level = $\n---\nbar = param if Settings.level > 2 else "safe"',
        "3", "1",
    ),
    "constant of a function": (
        'def level():\n    return $\n---\nbar = param if level() > 2 else "safe"', "3", "1",
    ),
    "argument of a function": (
        ('def pick(flag, value):\n    if flag:\n        return value\n    return "safe"\n'
        "---\nbar = pick($, param)"),
        "True", "False",
    ),
    "default argument": (
        'def pick(value, flag=$):\n    return value if flag else "safe"\n---\nbar = pick(param)',
        "True", "False",
    ),
    "keyword argument": (
        ('def pick(value, *, flag):\n    return value if flag else "safe"\n'
        "---\nbar = pick(param, flag=$)"),
        "1", "0",
    ),
    "attribute": (
        ('class Box:\n    pass\n---\nbox = Box()\nbox.level = $\n'
        'bar = param if box.level else "safe"'),
        "1", "0",
    ),
    "value of a dictionary": (
        'levels = {"a": 0, "b": 1}\nbar = param if levels["$"] else "safe"', "b", "a",
    ),
    "element of a list": ('levels = [0, 1, 0]\nbar = param if levels[$] else "safe"', "1", "-1"),
    "walrus": ('bar = "safe"\nif (n := len("abc")) == $:\n    bar = param', "3", "4"),
    "walrus in a condition": ('bar = (n := $) and param or "safe"', "1", "0"),
}  # fmt: skip
MATCHES: Twins = {
    "letter of a text": (
        ('possible = "ABC"\nguess = possible[$]\nmatch guess:\n'
        '    case "A":\n        bar = "safe"\n'
        '    case "B":\n        bar = "bob"\n    case "C" | "D":\n        bar = param\n'
        '    case _:\n        bar = "other"'),
        "2", "1",
    ),
    "wildcard": (
        'match $:\n    case 1:\n        bar = "safe"\n    case _:\n        bar = param', "2", "1",
    ),
    "no case": ('bar = "safe"\nmatch $:\n    case "a" | "b":\n        bar = param', '"b"', '"c"'),
    "negative number": ('bar = "safe"\nmatch -1:\n    case $:\n        bar = param', "-1", "1"),
    "None": (
        'match $:\n    case None:\n        bar = "safe"\n    case _:\n        bar = param',
        "0", "None",
    ),
    "truth": (
        'match $:\n    case True:\n        bar = "safe"\n    case False:\n        bar = param',
        "False", "True",
    ),
    "capture": ("match $:\n    case thing:\n        bar = thing", "param", '"safe"'),
    "capture behind a literal": (
        'match $:\n    case "a":\n        bar = "safe"\n    case other:\n        bar = other',
        "param", '"a"',
    ),
    "guard": (
        'match 4:\n    case n if n > $:\n        bar = "safe"\n    case _:\n        bar = param',
        "5", "3",
    ),
    "as": (
        'match ("a", $):\n    case ("a", thing) as whole:\n        bar = whole[1]', "param", '"b"',
    ),
    "sequence": (
        'match [1, $]:\n    case [1, 2]:\n        bar = param\n    case _:\n        bar = "safe"',
        "2", "3",
    ),
    "captures of a sequence": (
        'pair = (param, "safe")\nmatch pair:\n    case ($):\n        bar = b', "b, a", "a, b",
    ),
    "length of a sequence": (
        'match ("a", "b"):\n    case ($):\n        bar = param\n    case _:\n        bar = "safe"',
        "x, y", "x, y, z",
    ),
    "star in a sequence": (
        'match ["safe", "b", param]:\n    case [first, *rest]:\n        bar = $',
        "rest[1]", "first",
    ),
    "mapping": (
        ('match {"kind": "$"}:\n    case {"kind": "a"}:\n        bar = param\n'
        '    case _:\n        bar = "safe"'),
        "a", "b",
    ),
    "captures of a mapping": (
        'match {"a": param, "b": "safe"}:\n    case {"$": thing}:\n        bar = thing', "a", "b",
    ),
    "class": (
        'match $:\n    case int():\n        bar = "safe"\n    case str():\n        bar = param',
        '"1"', "1",
    ),
    "class with attributes": (
        ("class Job:\n    def __init__(self, line, note):\n        self.line = line\n"
        '        self.note = note\n---\nmatch Job(param, "safe"):\n'
        "    case Job($=thing):\n        bar = thing\n    case _:\n        bar = 'none'"),
        "line", "note",
    ),
    "named constant": (
        ('class Mode:\n    FAST = 1\n    SLOW = 2\n---\nmode = 1\nmatch mode:\n'
        '    case Mode.$:\n        bar = param\n    case _:\n        bar = "safe"'),
        "FAST", "SLOW",
    ),
    "literal of an unknown value": (
        'bar = "safe"\nmatch param:\n    case $:\n        bar = param', "thing", '"a" | "b"',
    ),
    "tuple without parentheses": (
        'match 1, $:\n    case 1, 2:\n        bar = param\n    case _:\n        bar = "safe"',
        "2", "1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_that_is_not_taken_does_nothing(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, BRANCHES[name], "form", "sql") == (["sql"], [])


@pytest.mark.parametrize("name", MATCHES)
def test_a_match_takes_the_first_case_that_fits(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, MATCHES[name], "json", "command") == (["command"], [])
