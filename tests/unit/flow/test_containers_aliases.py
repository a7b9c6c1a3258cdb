"""What is changed under one name is seen under every other name of the same thing."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

BOX = "class Box:\n    def __init__(self):\n        self.v = 'ls'\n"
CASES: dict[str, Twins] = {
    "list in one arm": twins(
        "a = []\nb = []\nif app.debug:\n    b = HOLE\nb.append(p)\nos.system(a[0] if a else 'ls')",
        "a",
        "[]",
    ),
    "instance in one arm": twins(
        "a = Job()\nb = Job()\nif app.debug:\n    b = HOLE\nb.v = p\nos.system(a.v)",
        "a",
        "Job()",
        "class Job:\n    v = 'ls'\n",
    ),
    "mapping of a choice": twins(
        "a = {}\nb = HOLE if app.debug else {}\nb['x'] = p\nos.system(a.get('x', 'ls'))", "a", "{}"
    ),
    "list or another": twins(
        "a = [app.name]\nb = HOLE or []\nb.append(p)\nos.system(a[-1])", "a", "list(a)"
    ),
    "list": twins('a = ["ls"]\nb = HOLE\nb[0] = p\nos.system(a[0])', "a", "list(a)"),
    "list appended": twins("a = []\nb = HOLE\nb.append(p)\nos.system(a[0])", "a", "a[:]"),
    "dictionary": twins('a = {"k": "ls"}\nb = HOLE\nb["k"] = p\nos.system(a["k"])', "a", "dict(a)"),
    "dictionary updated": twins(
        'a = {"k": "ls"}\nb = HOLE\nb.update(k=p)\nos.system(a["k"])', "a", "a.copy()"
    ),
    "cleared": twins('a = {"k": p}\nb = HOLE\nb["k"] = "ls"\nos.system(a["k"])', "{**a}", "a"),
    "three names": twins('a = b = c = ["ls"]\nHOLE[0] = p\nos.system(b[0])', "c", "['x']"),
    "rebound": twins('a = ["ls"]\nb = a\nHOLE\nb[0] = p\nos.system(a[0])', "pass", "b = ['id']"),
    "inside a list": twins(
        'a = ["ls"]\nb = [a, ["id"]]\nb[HOLE][0] = p\nos.system(a[0])', "0", "1"
    ),
    "inside a dictionary": twins(
        'a = []\nd = {"x": a, "y": []}\na.append(p)\nos.system(d["HOLE"][0])', "x", "y"
    ),
    "out of a dictionary": twins(
        'd = {"x": {"k": "ls"}, "y": {}}\ne = d["HOLE"]\ne["k"] = p\nos.system(d["x"]["k"])',
        "x",
        "y",
    ),
    "out of a list": twins(
        'a = [["ls"], ["id"]]\nb = a[HOLE]\nb[0] = p\nos.system(a[0][0])', "0", "1"
    ),
    "instance": twins("a = Box()\nb = HOLE\nb.v = p\nos.system(a.v)", "a", "Box()", BOX),
    "instance in a list": twins(
        "a = Box()\nb = [a, Box()]\nb[HOLE].v = p\nos.system(a.v)", "0", "1", BOX
    ),
    "instance in an instance": twins(
        "a = Box()\nb = Box()\nb.inner = HOLE\nb.inner.v = p\nos.system(a.v)", "a", "Box()", BOX
    ),
    "kept in an attribute": twins(
        "a = []\nb = Box()\nb.v = HOLE\na.append(p)\nos.system(b.v[0])", "a", "list(a)", BOX
    ),
    "method of an alias": twins(
        "a = Box()\nb = HOLE\nb.put(p)\nos.system(a.v)",
        "a",
        "Box()",
        BOX + "\n    def put(self, v):\n        self.v = v\n",
    ),
    "changed by a function": twins(
        "a = Box()\nput(HOLE, p)\nos.system(a.v)",
        "a",
        "Box()",
        BOX + "\n\ndef put(box, v):\n    box.v = v\n",
    ),
    "changed by a function of a function": twins(
        "a = Box()\nput(HOLE, p)\nos.system(a.v)",
        "a",
        "Box()",
        BOX + "\n\ndef put(box, v):\n    really(box, v)\n\n\ndef really(b, v):\n    b.v = v\n",
    ),
    "handed back by a function": twins(
        'a = ["ls"]\nb = same(HOLE)\nb[0] = p\nos.system(a[0])',
        "a",
        "[]",
        "def same(v):\n    return v\n",
    ),
    "changed and handed back": twins(
        'a = add({}, p)\nos.system(a["HOLE"])',
        "k",
        "j",
        'def add(d, v):\n    d["k"] = v\n    d["j"] = "ls"\n    return d\n',
    ),
    "loop over instances": twins(
        "a = Box()\nfor b in HOLE:\n    b.v = p\nos.system(a.v)", "[a]", "[Box()]", BOX
    ),
    "in the middle of a branch": twins(
        'a = ["ls"]\nb = a\nif app.debug:\n    print(a)\nHOLE[0] = p\nos.system(a[0])',
        "b",
        "['id']",
    ),
    "text is never changed": twins('a = "ls"\nb = a\nb += p\nos.system(HOLE)', "b", "a"),
    "list grows in place": twins('a = ["ls"]\nb = HOLE\nb += [p]\nos.system(a[-1])', "a", "a[:]"),
    "sorted in place": twins(
        "a = [p]\nb = HOLE\nb.clear()\nfor v in a:\n    os.system(v)", "[]", "a"
    ),
    "global": twins(
        "put(p)\nos.system(STATE['HOLE'])",
        "k",
        "j",
        "STATE = {'k': 'ls', 'j': 'id'}\n\n\ndef put(v):\n    STATE['k'] = v\n",
    ),
    "global rebound": twins(
        "put(p)\nos.system(HOLE)",
        "LAST",
        "FIRST",
        "LAST = FIRST = 'ls'\n\n\ndef put(v):\n    global LAST\n    LAST = v\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_change_is_seen_under_the_other_name(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_change_of_something_else_is_not(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
