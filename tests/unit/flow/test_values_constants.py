"""Expressions of constants have the value that Python gives them."""

import pytest

from tests.unit.find.conftest import Find, catalogue, find  # noqa: F401 - fixtures
from tests.unit.flow.twins import Twins, both

NUMBERS: Twins = {
    "sum and product": ('num = $\nbar = "safe" if 7 * 18 + num > 200 else param', "1", "106"),
    "difference": ('num = 86\nbar = "safe" if 7 * 42 - num > $ else param', "300", "200"),
    "true division": ('num = 10\nbar = "safe" if num / 4 == $ else param', "2", "2.5"),
    "floor division": ('num = 196\nbar = "safe" if (500 // 42) + num > $ else param', "300", "200"),
    "negative floor division": ('bar = "safe" if -7 // 2 == $ else param', "-3", "-4"),
    "modulo": ('num = 17\nbar = "safe" if num % 5 == $ else param', "3", "2"),
    "power": ('bar = "safe" if 2 ** 5 == $ else param', "10", "32"),
    "unary minus": ('num = 5\nbar = "safe" if -num < $ else param', "-9", "0"),
    "bitwise and": ('flags = 6\nbar = "safe" if flags & $ else param', "1", "4"),
    "bitwise or": ('bar = "safe" if (4 | $) == 5 else param', "2", "1"),
    "exclusive or": ('bar = "safe" if 6 ^ $ else param', "6", "3"),
    "inversion": ('bar = "safe" if ~5 == $ else param', "5", "-6"),
    "shifts": ('bar = "safe" if (1 << 4) >> 1 == $ else param', "16", "8"),
    "augmented": ('num = 1\nnum += $\nnum *= 3\nbar = "safe" if num > 10 else param', "1", "5"),
    "truth of a number": ('num = 3 - $\nbar = "safe" if num else param', "3", "2"),
    "float": ('bar = "safe" if 0.5 + 0.25 < $ else param', "0.5", "1.0"),
    "absolute": ('bar = "safe" if abs(-4) == $ else param', "-4", "4"),
    "rounded": ('bar = "safe" if round(2.6) == $ else param', "2", "3"),
    "largest": ('bar = "safe" if max(3, $) > 5 else param', "4", "7"),
    "smallest": ('bar = "safe" if min([3, $]) < 3 else param', "4", "1"),
    "total": ('bar = "safe" if sum((1, 2, $)) == 6 else param', "4", "3"),
    "quotient and rest": ('q, r = divmod(17, 5)\nbar = "safe" if r == $ else param', "3", "2"),
    "number of a text": ('bar = "safe" if int("12") + 1 == $ else param', "12", "13"),
    "number in a base": ('bar = "safe" if int("ff", 16) == $ else param', "15", "255"),
    "code of a letter": ('bar = "safe" if ord("a") == $ else param', "98", "97"),
    "letter of a code": ('bar = "safe" if chr(97) == "$" else param', "b", "a"),
    "truth as a number": ('bar = "safe" if True + True == $ else param', "1", "2"),
}
COMPARISONS: Twins = {
    "less": ('num = 3\nbar = "safe" if num < $ else param', "3", "4"),
    "at most": ('num = 3\nbar = "safe" if num <= $ else param', "2", "3"),
    "at least": ('num = 3\nbar = "safe" if num >= $ else param', "4", "3"),
    "unequal": ('num = 3\nbar = "safe" if num != $ else param', "3", "4"),
    "equal texts": ('name = "a"\nbar = "safe" if name == "$" else param', "b", "a"),
    "order of texts": ('bar = "safe" if "abc" < "$" else param', "abb", "abd"),
    "number and text": ('num = $\nbar = "safe" if num == "1" else param', "1", '"1"'),
    "is None": ('thing = $\nbar = "safe" if thing is None else param', "1", "None"),
    "is not None": ('thing = $\nbar = "safe" if thing is not None else param', "None", '"a"'),
    "is True": ('flag = $\nbar = "safe" if flag is True else param', "False", "True"),
    "chained": ('num = $\nbar = "safe" if 1 < num <= 9 else param', "10", "9"),
    "chained three times": ('n = $\nbar = "safe" if 0 < n < 5 < 9 else param', "6", "4"),
    "in a text": ('bar = "safe" if "$" in "abc" else param', "d", "bc"),
    "not in a text": ('bar = "safe" if "$" not in "abc" else param', "b", "d"),
    "in a tuple": ('num = $\nbar = "safe" if num in (1, 2, 3) else param', "4", "2"),
    "in a list": ('name = "$"\nbar = "safe" if name in ["a", "b"] else param', "c", "b"),
    "in a set": ('name = "$"\nbar = "safe" if name in {"a", "b"} else param', "c", "a"),
    "not in a tuple": ('name = "$"\nbar = "safe" if name not in ("a", "b") else param', "b", "c"),
    "in a range": ('num = $\nbar = "safe" if num in range(3) else param', "3", "2"),
    "in the keys": ('name = "$"\nbar = "safe" if name in {"a": 1, "b": 2} else param', "c", "b"),
    "equal tuples": ('bar = "safe" if (1, "a") == (1, "$") else param', "b", "a"),
    "kind of a value": ('thing = $\nbar = "safe" if isinstance(thing, str) else param', "1", '"a"'),
    "kind of a number": ('thing = $\nbar = "safe" if isinstance(thing, (int, float)) else param',
                         '"1"', "1"),
}  # fmt: skip
TEXTS: Twins = {
    "slice": ('bar = "safe" if "abcdef"[1:3] == "$" else param', "ab", "bc"),
    "slice from the end": ('bar = "safe" if "abcdef"[-2:] == "$" else param', "de", "ef"),
    "slice with a step": ('bar = "safe" if "abcdef"[::2] == "$" else param', "abc", "ace"),
    "backwards": ('bar = "safe" if "abc"[::-1] == "$" else param', "abc", "cba"),
    "index": ('bar = "safe" if "ABC"[1] == "$" else param', "A", "B"),
    "negative index": ('bar = "safe" if "ABC"[-1] == "$" else param', "A", "C"),
    "concatenation": ('bar = "safe" if "a" + "b" == "$" else param', "ba", "ab"),
    "repetition": ('bar = "safe" if "ab" * 2 == "$" else param', "ab2", "abab"),
    "f-string": ('n = 3\nbar = "safe" if f"v{n}" == "$" else param', "v4", "v3"),
    "f-string with a width": ('n = 3\nbar = "safe" if f"{n:03d}" == "$" else param', "3", "003"),
    "f-string with a conversion": ("""n = "a"\nbar = "safe" if f"{n!r}" == "$" else param""",
                                   "a", "'a'"),
    "percent": ('bar = "safe" if "%s-%d" % ("a", 2) == "$" else param', "a-%d", "a-2"),
    "percent with a width": ('bar = "safe" if "%03d" % 7 == "$" else param', "7", "007"),
    "percent with names": ('bar = "safe" if "%(a)s" % {"a": "x"} == "$" else param', "a", "x"),
    "format": ('bar = "safe" if "{}-{}".format("a", 2) == "$" else param', "a2", "a-2"),
    "format with names": ('bar = "safe" if "{b}{a}".format(a=1, b=2) == "$" else param',
                          "12", "21"),
    "format with a width": ('bar = "safe" if "{:>3}".format("a") == "$" else param', "a", "  a"),
    "length": ('bar = "safe" if len("abc") == $ else param', "4", "3"),
    "length of a tuple": ('bar = "safe" if len(("a", "b")) > $ else param', "2", "1"),
    "upper": ('bar = "safe" if "abc".upper() == "$" else param', "abc", "ABC"),
    "lower": ('bar = "safe" if "ABC".lower() == "$" else param', "ABC", "abc"),
    "title": ('bar = "safe" if "ab cd".title() == "$" else param', "Ab cd", "Ab Cd"),
    "strip": ('bar = "safe" if " a ".strip() == "$" else param', "a ", "a"),
    "strip of letters": ('bar = "safe" if "xxaxx".strip("x") == "$" else param', "xax", "a"),
    "split": ('bar = "safe" if "a,b,c".split(",")[1] == "$" else param', "a", "b"),
    "split at spaces": ('bar = "safe" if "a b c".split()[-1] == "$" else param', "b", "c"),
    "split once": ('bar = "safe" if "a.b.c".rsplit(".", 1)[0] == "$" else param', "a", "a.b"),
    "partition": ('k, _, v = "a=b".partition("=")\nbar = "safe" if v == "$" else param', "a", "b"),
    "lines": ('bar = "safe" if "a\\nb".splitlines()[1] == "$" else param', "a", "b"),
    "replace": ('bar = "safe" if "a-b".replace("-", "_") == "$" else param', "a-b", "a_b"),
    "starts": ('bar = "safe" if "abc".startswith("$") else param', "b", "ab"),
    "starts with one of": ('bar = "safe" if "abc".startswith(("x", "$")) else param', "b", "a"),
    "ends": ('bar = "safe" if "a.py".endswith("$") else param', ".txt", ".py"),
    "join": ('bar = "safe" if "-".join(["a", "b"]) == "$" else param', "ab", "a-b"),
    "count": ('bar = "safe" if "banana".count("a") == $ else param', "2", "3"),
    "find": ('bar = "safe" if "banana".find("n") == $ else param', "-1", "2"),
    "digits": ('bar = "safe" if "$".isdigit() else param', "1a", "12"),
    "filled with zeros": ('bar = "safe" if "7".zfill(3) == "$" else param', "7", "007"),
    "without a prefix": ('bar = "safe" if "a.b".removeprefix("a.") == "$" else param', "a.b", "b"),
    "as a text": ('bar = "safe" if str(12) == "$" else param', "1", "12"),
    "encoded and decoded": ('t = "a".encode().decode()\nbar = "safe" if t == "$" else param',
                            "b", "a"),
}  # fmt: skip
LOGIC: Twins = {
    "or gives the first that is true": ('bar = "$" or param', "", "safe"),
    "or with None": ("bar = $ or param", "None", '"safe"'),
    "and gives the first that is false": ('bar = "" and param$', " or param", ""),
    "and gives the last": ("bar = 1 and $", "param", '"safe"'),
    "and within or": ('flag = $\nbar = flag and param or "safe"', "True", "False"),
    "or decides": ('bar = "safe" if request.method == "GET" or $ else param', "False", "True"),
    "and decides": ('bar = param if request.method == "GET" and $ else "safe"', "True", "False"),
    "not": ('flag = $\nbar = "safe" if not flag else param', "True", "False"),
    "not of a text": ('bar = "safe" if not "$" else param', "a", ""),
    "truth of nothing": ('bar = param if $ else "safe"', '"0"', "None"),
    "bool": ('bar = param if bool($) else "safe"', '"False"', '""'),
    "negation of logic": ('a = True\nbar = "safe" if not (a and $) else param', "True", "False"),
    "three operands": ('bar = param if True and $ and 1 else "safe"', "2", "0"),
    "every one": ('bar = "safe" if all([1, $, "a"]) else param', "0", "2"),
    "any one": ('bar = "safe" if any((0, $, "")) else param', "None", "1"),
    "empty tuple": ('bar = param if $ else "safe"', "(0,)", "()"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_calculated(find: Find, name: str) -> None:  # noqa: F811 - fixture
    assert both(find, NUMBERS[name], "query", "sql") == (["sql"], [])


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons_are_decided(find: Find, name: str) -> None:  # noqa: F811 - fixture
    assert both(find, COMPARISONS[name], "form", "command") == (["command"], [])


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_made(find: Find, name: str) -> None:  # noqa: F811 - fixture
    assert both(find, TEXTS[name], "header", "code") == (["code"], [])


@pytest.mark.parametrize("name", LOGIC)
def test_logic_gives_its_operands(find: Find, name: str) -> None:  # noqa: F811 - fixture
    assert both(find, LOGIC[name], "cookie", "path") == (["path"], [])
