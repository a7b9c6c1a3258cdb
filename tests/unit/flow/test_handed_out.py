"""What is handed out or dumped piece by piece is told apart: generators, models and rows."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

_PAIR = "def pair(v):\n    yield v\n    yield 'x'\n"
_MODEL = "from pydantic import BaseModel\nclass M(BaseModel):\n    a: str\n    b: str\n"
PROGRAMS = {
    "a generator taken apart": twins(
        "a, b = pair(p)\nos.system(HOLE)", flawed="a", quiet="b", top=_PAIR
    ),
    "a list of a generator": twins(
        "l = list(pair(p))\nos.system(l[HOLE])", flawed="0", quiet="1", top=_PAIR
    ),
    "a generator handed on": twins(
        "a, b = both(p)\nos.system(HOLE)",
        flawed="a",
        quiet="b",
        top=f"{_PAIR}def both(v):\n    yield from pair(v)\n",
    ),
    "a generator within a context": twins(
        "a, b = both(p)\nos.system(HOLE)",
        flawed="b",
        quiet="a",
        top="def both(v):\n    with open('f') as f:\n        yield 'x'\n        yield v\n",
    ),
    "a generator that may end before": twins(
        "for a in some(p):\n    os.system(a)",
        flawed="v",
        quiet="'y'",
        top="def some(v):\n    if v:\n        yield HOLE\n    yield 'x'\n",
    ),
    "a generator that goes round": twins(
        "for a in some(p):\n    os.system(a)",
        flawed="v",
        quiet="'y'",
        top="def some(v):\n    for _ in range(len(v)):\n        yield 'x'\n        yield HOLE\n",
    ),
    "a model dumped": twins(
        "os.system(M(a=p, b='x').model_dump()['HOLE'])", flawed="a", quiet="b", top=_MODEL
    ),
    "a model dumped under its old name": twins(
        "d = M(a=p, b='x').dict()\nos.system(d['HOLE'])", flawed="a", quiet="b", top=_MODEL
    ),
    "a model spread over parameters": twins(
        "f(**M(a=p, b='x').model_dump())",
        flawed="a",
        quiet="b",
        top=_MODEL + "def f(a, b):\n    os.system(HOLE)\n",
    ),
    "a field that is left out": twins(
        "d = M(a=p, b='x').model_dump(exclude={'HOLE'})\nos.system(d.get('a', ''))",
        flawed="b",
        quiet="a",
        top=_MODEL,
    ),
    "the only field that is dumped": twins(
        "d = M(a=p, b='x').model_dump(include={'HOLE'})\nos.system(d.get('a', ''))",
        flawed="a",
        quiet="b",
        top=_MODEL,
    ),
}
_ROWS = """import os
from django.db import models
from django.http import HttpResponse
class Row(models.Model):
    a = models.CharField(max_length=9)
    b = models.CharField(max_length=9)
def show(request):
    {body}
    return HttpResponse("")
"""
_GIVEN = "a=request.GET['p'], b='x'"
PROGRAMS |= {
    "a row that is made": Twins(
        _ROWS.format(body=f"os.system(Row.objects.create({_GIVEN}).HOLE)"), "a", "b"
    ),
    "a row that is made unless it is there": Twins(
        _ROWS.format(
            body="r, new = Row.objects.get_or_create(b='x', defaults={'a': request.GET['p']})\n"
            "    os.system(r.HOLE)"
        ),
        "a",
        "b",
    ),
    "whether a row was made": Twins(
        _ROWS.format(body=f"r, new = Row.objects.update_or_create({_GIVEN})\n    os.system(HOLE)"),
        "r.a",
        "str(new)",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_flawed_twin_is_found_and_the_quiet_one_is_not(find: Find, name: str) -> None:
    program: Twins = PROGRAMS[name]
    assert is_found(find, program.files(program.flawed))
    assert not is_found(find, program.files(program.quiet))
