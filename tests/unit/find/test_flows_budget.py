"""What a budget cut short is not taken for what a function does: the next to ask is told all."""

import pytest

from countermine.catalogue.schema import Catalogue
from countermine.core.spans import TreePath
from countermine.flow.bounds import Bounds
from countermine.flow.engine import FlowEngine
from countermine.flow.index import Project
from countermine.flow.looks import FirstLook
from tests.unit.find.conftest import Find

HEAD = "import os\nfrom flask import request\n\n\n"
STEPS = HEAD + "".join(
    f"def f{n}(a):\n" + "    a = a + 1\n" * 9 + "    return a\n\n\n" for n in range(9)
)
CALLS = "".join(f"    a = f{n}(a)\n" for n in range(8))
READ = "def read():\n    return request.args['k']\n\n\n"
FETCH = READ + "def fetch():\n    f8(1)\n    return read()\n\n\n"
HELD = (
    READ + "class Held:\n    def __init__(self):\n        f8(1)\n        self.name = read()\n\n"
    "    def fetch(self):\n        return self.name\n\n\nheld = Held()\n\n\n"
)
SHARED = (
    READ + "name = ''\n\n\ndef keep():\n    global name\n    f8(1)\n    name = read()\n\n\n"
    "def fetch():\n    return name\n\n\n"
)


@pytest.mark.parametrize("steps", [84, 92, 100])
@pytest.mark.parametrize(
    ("text", "call"), [(FETCH, "fetch()"), (HELD, "held.fetch()"), (SHARED, "fetch()")]
)
def test_what_the_steps_of_one_function_cut_short_is_whole_for_the_next(
    find: Find, text: str, call: str, steps: int
) -> None:
    heavy = f"def heavy(a):\n{CALLS}    os.system('ls ' + {call})\n\n\n"
    light = f"def light():\n    os.system('ls ' + {call})\n"
    found = find(
        {"a.py": STEPS + text + heavy + light}, bounds=Bounds(root_steps=steps, look_steps=1)
    )
    assert "light" in {finding.function for finding in found.findings}


@pytest.mark.parametrize("steps", [1, 9, 21, 37])
@pytest.mark.parametrize(("value", "count"), [("fetch()", 1), ("str(f8(1))", 0)])
def test_a_look_that_is_cut_short_tells_nothing(
    find: Find, value: str, count: int, steps: int
) -> None:
    text = f"{STEPS}{FETCH}def look():\n{CALLS.replace('(a)', '(1)')}    os.system({value})\n"
    assert len(find({"a.py": text}, bounds=Bounds(look_steps=steps)).findings) == count


@pytest.mark.parametrize("steps", [1, 9, 21, 37])
def test_a_caller_whose_look_is_cut_short_is_followed(find: Find, steps: int) -> None:
    text = f"{STEPS}{FETCH}def run(a):\n    os.system('ls ' + a)\n\n\n"
    text += "def use():\n    run(fetch())\n"
    found = find({"a.py": text}, bounds=Bounds(look_steps=steps))
    assert [finding.level for finding in found.findings] == ["remote"]


def test_a_look_that_comes_to_its_bound_is_not_carried_on(catalogue: Catalogue) -> None:
    """What is left of it would be forgotten, and can cost more than all that went before."""
    rest = "    a = a + 1\n" * 900
    text = f"{STEPS}def long(a):\n{CALLS}{rest}    return a\n\n\n"
    text += "def look(a):\n    os.system(long(a))\n"
    cut, whole = (_steps_of_a_look(catalogue, text.encode(), bound) for bound in (50, 90_000))
    assert whole > 900
    assert cut < 200


def _steps_of_a_look(catalogue: Catalogue, text: bytes, bound: int) -> int:
    path = TreePath("a.py")
    project = Project([(path, True)], {path: text}.get, Bounds().nesting)
    engine = FlowEngine(project, catalogue, Bounds(look_steps=bound))
    module = project.module(path)
    assert module is not None
    root = next(one for one in module.functions if one.name == "look")
    FirstLook(engine).is_promising(root, [text.index(b"system")])
    return engine.steps
