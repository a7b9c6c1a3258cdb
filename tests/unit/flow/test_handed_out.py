"""What is handed out or dumped piece by piece is told apart: generators, models, registries."""

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


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_flawed_twin_is_found_and_the_quiet_one_is_not(find: Find, name: str) -> None:
    program: Twins = PROGRAMS[name]
    assert is_found(find, program.files(program.flawed))
    assert not is_found(find, program.files(program.quiet))
