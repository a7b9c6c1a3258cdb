"""A collection that decorators fill: what is looked up there by a known key is told apart."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

_REGISTRY = """KNOWN = {}
def known(name):
    def put(function):
        KNOWN[name] = function
        return function
    return put
"""
_FUNCTIONS = """@known("bad")
def first(v):
    os.system(v)
@known("good")
def second(v):
    print(v)
"""
_METHOD = _REGISTRY.replace("KNOWN[name] = function", "KNOWN.setdefault(name, function)")
PROGRAMS = {
    "an item": twins("KNOWN['HOLE'](p)", "bad", "good", top=_REGISTRY + _FUNCTIONS),
    "an item that may be missing": twins(
        "run = KNOWN.get('HOLE')\nif run is not None:\n    run(p)",
        "bad",
        "good",
        top=_REGISTRY + _FUNCTIONS,
    ),
    "any of them": twins("KNOWN[request.args['k']](HOLE)", "p", "'ls'", top=_REGISTRY + _FUNCTIONS),
    "beside what stands there from the start": twins(
        "KNOWN['HOLE'](p)",
        "bad",
        "plain",
        top=f"def third(v):\n    return v\n{_REGISTRY}{_FUNCTIONS}".replace(
            "KNOWN = {}", "KNOWN = {'plain': third}"
        ),
    ),
    "set unless it is there": twins("KNOWN['HOLE'](p)", "bad", "good", top=_METHOD + _FUNCTIONS),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_registered_under_a_key_is_what_is_called(find: Find, name: str) -> None:
    program: Twins = PROGRAMS[name]
    assert is_found(find, program.files(program.flawed))
    assert not is_found(find, program.files(program.quiet))
