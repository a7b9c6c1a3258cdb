"""Twice the code takes about twice the work, counted in lines that run and not by a clock."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from countermine.catalogue.loader import load
from countermine.regexes.cost import Use, cost
from tests.unit.find.conftest import Find

HEAD = "import os\nfrom flask import request\n\n\n"
MOST = 2.4
"""Times the work for twice the code: squares come near four where they count."""


def functions(size: int) -> str:
    return "".join(f"def f{n}(a):\n    os.system('ls ' + a)\n\n\n" for n in range(size))


def secrets(size: int) -> str:
    return "".join(f"password{n} = 'aK9z{n}Qw7xLp2'\n" for n in range(size))


def table_of_secrets(size: int) -> str:
    rows = "".join(f"    'password{n}': 'aK9z{n}Qw7xLp2',\n" for n in range(size))
    return f"TABLE = {{\n{rows}}}\n"


def attributes(size: int) -> str:
    one = "    def m{0}(self, a):\n        self.x{0} = a\n        os.system(self.x{1})\n\n"
    methods = "".join(one.format(n, n * 7 % size) for n in range(size))
    return f"class C:\n{methods}"


def assignments(size: int) -> str:
    lines = "".join(f"    v{n + 1} = v{n}\n" for n in range(size))
    return f"def g(v0):\n{lines}    os.system('ls ' + v{size})\n"


def attempts(size: int) -> str:
    one = "    try:\n        a = str(a)\n    except {0} as e:\n        os.system('ls ' + a)\n"
    return "def g(a):\n" + "".join(one.format(f"E{n}") for n in range(size))


def imports(size: int) -> str:
    views = "".join(
        f"class C{n}(View):\n    def get(self, a):\n        eval(a)\n" for n in range(size)
    )
    return "".join(f"import m{n}\n" for n in range(size)) + views


def findings(size: int) -> str:
    return "".join(f"def f{n}():\n    os.system('ls ' + request.args['a'])\n" for n in range(size))


SHAPES = (
    functions,
    findings,
    secrets,
    table_of_secrets,
    attributes,
    assignments,
    attempts,
    imports,
)


def work(task: Callable[[], object]) -> int:
    """Return how many lines of the program run."""
    lines = 0

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(lambda _frame, _event, _argument: line)
    try:
        task()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_twice_the_code_takes_about_twice_the_work(find: Find, shape: Callable[[int], str]) -> None:
    load()
    find({"a.py": HEAD + shape(4)})
    nothing = work(lambda: find({"a.py": HEAD}))
    one, two = (
        work(lambda size=size: find({"a.py": HEAD + shape(size)})) - nothing  # type: ignore[misc]  # a default that is bound
        for size in (150, 300)
    )
    assert two < MOST * one


def test_twice_as_many_views_of_one_name_take_about_twice_the_work(find: Find) -> None:
    view = "import os\n\n\ndef run(a):\n    os.system('ls ' + a)\n\n\ndef go(x):\n    x.run(1)\n"

    def searched(size: int) -> int:
        return work(lambda: find({f"m{n}.py": view for n in range(size)}))

    nothing = searched(1)
    assert searched(120) - nothing < MOST * (searched(60) - nothing)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|b)*" * 200,
        "(" * 150 + "a" + ")*" * 150,
        "(a{1,99}b{1,99}){1,99}$",
    ],
    ids=["many loops", "nested loops", "many copies"],
)
def test_the_cost_of_a_hostile_expression_is_told_with_little_work(pattern: str) -> None:
    cost.cache_clear()
    assert work(lambda: cost(pattern, 0, Use.SEARCH)) < 12_000_000
