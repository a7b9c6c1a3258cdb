"""Loops over known sequences run as often as they say, and with the elements they say."""

import pytest

from tests.unit.find.conftest import Find, catalogue, find  # noqa: F401 - fixtures
from tests.unit.flow.twins import Twins, both

LOOPS: Twins = {
    "last element": ('for bar in ["a", $]:\n    pass', "param", '"b"'),
    "chosen element": (
        ('bar = "safe"\nfor name, value in [("a", "x"), ("b", param)]:\n'
        '    if name == "$":\n        bar = value'),
        "b", "a",
    ),
    "tuple": ('bar = "safe"\nfor n in (1, 2, 3):\n    if n == $:\n        bar = param', "3", "4"),
    "range": ('bar = "safe"\nfor n in range(4):\n    if n > $:\n        bar = param', "2", "3"),
    "range with a start": (
        'bar = "safe"\nfor n in range(2, 6, 2):\n    if n == $:\n        bar = param', "4", "3",
    ),
    "text": ('bar = "safe"\nfor c in "abc":\n    if c == "$":\n        bar = param', "b", "d"),
    "enumerate": (
        ('bar = "safe"\nfor n, value in enumerate(["a", param, "c"]):\n'
        "    if n == $:\n        bar = value"),
        "1", "2",
    ),
    "zip": (
        ('bar = "safe"\nfor key, value in zip(["a", "b"], ["x", param]):\n'
        '    if key == "$":\n        bar = value'),
        "b", "a",
    ),
    "items of a dictionary": (
        ('bar = "safe"\nfor key, value in {"a": "x", "b": param}.items():\n'
        '    if key == "$":\n        bar = value'),
        "b", "a",
    ),
    "keys of a dictionary": (
        ('table = {"a": "x", "b": param}\nbar = "safe"\nfor key in table:\n'
        '    if key == "$":\n        bar = table[key]'),
        "b", "a",
    ),
    "values of a dictionary": ('for bar in {"a": "x", "b": $}.values():\n    pass',
                               "param", '"y"'),
    "break": (
        ('bar = "safe"\nfor n in [1, 2, 3]:\n    if n == $:\n        break\n'
        "    if n == 2:\n        bar = param"),
        "3", "2",
    ),
    "continue": (
        ('bar = "safe"\nfor n in [1, 2, 3]:\n    if n == $:\n        continue\n'
        "    if n == 2:\n        bar = param"),
        "3", "2",
    ),
    "else": (
        ('for n in [1, 2, 3]:\n    if n == $:\n        bar = "safe"\n        break\n'
        "else:\n    bar = param"),
        "4", "2",
    ),
    "sum over a loop": (
        'total = 0\nfor n in [1, 2, 3]:\n    total += n\nbar = param if total == $ else "safe"',
        "6", "5",
    ),
    "text over a loop": (
        'word = ""\nfor c in "abc":\n    word = c + word\nbar = param if word == "$" else "safe"',
        "cba", "abc",
    ),
    "list over a loop": (
        ('rows = []\nfor n in range(3):\n    rows.append(n)\n'
        'bar = param if rows[2] == $ else "safe"'),
        "2", "1",
    ),
    "nested": (
        ('bar = "safe"\nfor a in (1, 2):\n    for b in (3, 4):\n        if a * b == $:\n'
        "            bar = param"),
        "6", "7",
    ),
    "break of the inner loop": (
        ('bar = "safe"\nfor a in (1, 2):\n    for b in (3, 4):\n        if b == 3:\n'
        "            break\n        bar = param\n    $"),
        "bar = param", "a = 0",
    ),
    "return": (
        ("def pick(value):\n    for n in (1, 2, 3):\n        if n == $:\n"
        '            return "safe"\n'
        "    return value\n---\nbar = pick(param)"),
        "4", "2",
    ),
    "nothing": ('bar = "safe"\nfor n in $:\n    bar = param', "[1]", "[]"),
    "while": (
        'n = 0\nbar = "safe"\nwhile n < $:\n    n += 1\n    if n == 3:\n        bar = param',
        "3", "2",
    ),
    "while counts down": (
        'n = 5\nwhile n > 2:\n    n -= 1\nbar = param if n == $ else "safe"', "2", "5",
    ),
    "while not at all": ('bar = "safe"\nwhile $:\n    bar = param\n    break', "1", "0"),
    "while with a break": (
        ('n = 0\nbar = "safe"\nwhile True:\n    n += 1\n    if n > 3:\n        break\n'
        'if n == $:\n    bar = param'),
        "4", "3",
    ),
    "while with else": (
        ('n = 0\nwhile n < 3:\n    n += 1\n    if n == $:\n        bar = "safe"\n        break\n'
        "else:\n    bar = param"),
        "9", "2",
    ),
    "while with continue": (
        ('n = 0\nbar = "safe"\nwhile n < 4:\n    n += 1\n    if n == $:\n        continue\n'
        "    if n == 3:\n        bar = param"),
        "2", "3",
    ),
    "turn about": (
        'a, b = param, "safe"\nfor n in range($):\n    a, b = b, a\nbar = a', "2", "3",
    ),
    "list comprehension": ('bar = "".join([c for c in ["a", $]])', "param", '"b"'),
    "condition of a comprehension": (
        'rows = [("a", "x"), ("b", param)]\nbar = [v for k, v in rows if k == "$"][0]', "b", "a",
    ),
    "comprehension of a dictionary": (
        'bar = {k: v for k, v in [("a", "x"), ("b", param)]}["$"]', "b", "a",
    ),
    "comprehension of numbers": (
        'bar = param if sum([n * n for n in range(4) if n % 2]) == $ else "safe"', "10", "14",
    ),
    "nested comprehension": (
        'bar = param if [a * b for a in (1, 2) for b in (3, 4)][3] == $ else "safe"', "8", "6",
    ),
    "generator expression": (
        'bar = param if any(n > $ for n in (1, 2, 3)) else "safe"', "2", "3",
    ),
    "next of a generator expression": (
        'bar = next(v for k, v in [("a", "x"), ("b", param)] if k == "$")', "b", "a",
    ),
}  # fmt: skip
UNKNOWN: Twins = {
    "over what is not known": (
        'bar = "safe"\nfor n in request.args:\n    bar = $', "param", '"b"',
    ),
    "left by chance": (
        ('bar = "safe"\nfor n in (1, 2, 3):\n    if n == $:\n        bar = param\n'
        "    if request.method == str(n):\n        break"),
        "3", "4",
    ),
    "state of many steps": (
        (
            'state = 0\nbar = "safe"\nfor line in request.files:\n    if state == 0:\n'
            "        state = 1\n    elif state == 1:\n        state = 2\n    elif state == 2:\n"
            "        bar = $"
        ),
        "param", '"b"',
    ),
    "what one turn leaves for the third": (
        (
            'a, b, bar = 0, 0, "safe"\nfor line in request.files:\n    if b == 1:\n'
            "        bar = $\n    if a == 1:\n        b = 1\n    a = 1"
        ),
        "param", '"b"',
    ),
    "very long": (
        'bar = "safe"\nfor n in range(100000):\n    if n == 99999:\n        bar = $',
        "param", '"a"',
    ),
    "without an end": (
        ('bar = "safe"\nn = 0\nwhile n >= 0:\n    n += 1\n    if n == 5000:\n        bar = $\n'
        "        break"),
        "param", '"a"',
    ),
    "list of unknown length": (
        ('rows = []\nfor line in request.files:\n    rows.append(line)\n'
        'bar = param if $ else "safe"'),
        "rows", "0",
    ),
    "list filled elsewhere": (
        ("def fill(rows):\n    rows.append(1)\n---\n"
        'rows = []\nfill(rows)\nbar = param if len(rows) > 0 and $ else "safe"'),
        "1", "0",
    ),
    "list under two names": (
        'rows = []\nother = rows\nother.append(1)\nbar = param if rows and $ else "safe"',
        "1", "0",
    ),
    "list in an attribute": (
        ("class Box:\n    def __init__(self):\n        self.rows = []\n\n    def add(self):\n"
        "        self.rows.append(1)\n---\n"
        'box = Box()\nbox.add()\nbar = param if box.rows and $ else "safe"'),
        "1", "0",
    ),
    "element taken away": (
        'rows = [1]\nrows.pop()\nbar = "safe" if rows or $ else param', "0", "1",
    ),
    "element deleted": (
        'rows = [1]\ndel rows[0]\nbar = "safe" if rows or $ else param', "0", "1",
    ),
    "counter changed within a loop": (
        ('n = 0\nbar = "safe"\nfor line in request.files:\n    n += 1\nif n == 1 and $:\n'
        "    bar = param"),
        "1", "0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_over_known_elements_is_followed(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, LOOPS[name], "query", "sql") == (["sql"], [])


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_may_be_anything(find: Find, name: str) -> None:  # noqa: F811
    found, quiet = both(find, UNKNOWN[name], "query", "path")
    assert found == ["path"]
    assert quiet == []
