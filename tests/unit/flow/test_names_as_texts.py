"""Things that are told by their names as texts, and what an iterator hands out one by one."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

PAIR = "\n\ndef run(v):\n    os.system(v)\n\n\ndef idle(v):\n    pass\n"
HELPER = PAIR + "\n\ndef named(n):\n    return globals()[n]\n"
CASES: dict[str, Twins] = {
    "name of the module": twins("globals()['HOLE'](p)", "run", "idle", PAIR),
    "name of the module, got": twins("globals().get('HOLE')(p)", "run", "idle", PAIR),
    "name handed to a function": twins("named('HOLE')(p)", "run", "idle", HELPER),
    "module by its own name": twins(
        "getattr(sys.modules[__name__], 'HOLE')(p)", "run", "idle", "import sys\n" + PAIR
    ),
    "local variables": twins("fixed = 'ls'\nos.system('%(HOLE)s' % locals())", "p", "fixed"),
    "local variables, spread": twins(
        "fixed = 'ls'\nos.system('{HOLE}'.format(**locals()))", "p", "fixed"
    ),
    "second of a generator": twins(
        "g = each(p)\nHOLE\nos.system(next(g))",
        "next(g)",
        "pass",
        "def each(v):\n    yield 'ls'\n    yield v\n",
    ),
    "first of a generator": twins(
        "os.system(next(each(p)))", "v, 'ls'", "'ls', v", "def each(v):\n    yield from [HOLE]\n"
    ),
    "second of an iterator": twins(
        "i = iter(['ls', p])\nHOLE\nos.system(next(i))", "next(i)", "pass"
    ),
    "list that an iterator was made of": twins(
        "given = ['ls', p]\ni = iter(given)\nnext(i)\nos.system(given[HOLE])", "1", "0"
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_a_name_or_an_iterator_gives_is_told_apart(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
