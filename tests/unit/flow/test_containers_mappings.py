"""What lies under a known key of a mapping is told apart from what lies under the others."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

CASES: dict[str, Twins] = {
    "literal": twins('d = {"a": "ls", "b": p}\nos.system(d["HOLE"])', "b", "a"),
    "assignment": twins('d = {}\nd["a"] = "ls"\nd["b"] = p\nos.system(d["HOLE"])', "b", "a"),
    "number as key": twins("d = {}\nd[1] = p\nd[2] = 'ls'\nos.system(d[HOLE])", "1", "2"),
    "key in a variable": twins(
        'k = "b"\nd = {"a": "ls"}\nd[k] = p\nos.system(d["HOLE"])', "b", "a"
    ),
    "key of the module": twins(
        'd = {KEY: p, "a": "ls"}\nos.system(d[HOLE])', "KEY", '"a"', 'KEY = "b"\n'
    ),
    "overwritten": twins('d = {"a": p}\nd["HOLE"] = "ls"\nos.system(d["a"])', "b", "a"),
    "update with a mapping": twins(
        'd = {"a": "ls"}\nd.update({"b": p})\nos.system(d["HOLE"])', "b", "a"
    ),
    "update with keywords": twins('d = {"a": "ls"}\nd.update(b=p)\nos.system(d["HOLE"])', "b", "a"),
    "update that overwrites": twins(
        'd = {"a": p}\nd.update({"HOLE": "ls"})\nos.system(d["a"])', "b", "a"
    ),
    "get": twins('d = {"a": "ls", "b": p}\nos.system(d.get("HOLE"))', "b", "a"),
    "get with a default": twins(
        'd = {"a": "ls", "b": p}\nos.system(d.get("HOLE", "ls"))', "b", "a"
    ),
    "default that is sent": twins('d = {"a": "ls"}\nos.system(d.get("HOLE", p))', "b", "a"),
    "get of a missing key": twins('d = {"a": p}\nos.system(d.get("HOLE", "ls"))', "a", "b"),
    "pop": twins('d = {"a": "ls", "b": p}\nos.system(d.pop("HOLE"))', "b", "a"),
    "pop with a default": twins('d = {"a": "ls"}\nos.system(d.pop("HOLE", p))', "b", "a"),
    "setdefault": twins('d = {"a": "ls"}\nd.setdefault("HOLE", p)\nos.system(d["HOLE"])', "b", "a"),
    "result of setdefault": twins('d = {"a": "ls"}\nos.system(d.setdefault("HOLE", p))', "b", "a"),
    "setdefault of a list": twins(
        'd = {}\nd.setdefault("a", []).append(p)\nd.setdefault("b", []).append("ls")\n'
        'os.system(d["HOLE"][0])',
        "a",
        "b",
    ),
    "union": twins('d = {"a": "ls"} | {"b": p}\nos.system(d["HOLE"])', "b", "a"),
    "union in place": twins('d = {"a": "ls"}\nd |= {"b": p}\nos.system(d["HOLE"])', "b", "a"),
    "constructor with keywords": twins('d = dict(a="ls", b=p)\nos.system(d["HOLE"])', "b", "a"),
    "constructor with a mapping": twins(
        'd = dict({"a": "ls"}, b=p)\nos.system(d["HOLE"])', "b", "a"
    ),
    "spread": twins('c = {"b": p}\nd = {"a": "ls", **c}\nos.system(d["HOLE"])', "b", "a"),
    "spread that overwrites": twins(
        'c = {"a": p}\nd = {**c, "HOLE": "ls"}\nos.system(d["a"])', "b", "a"
    ),
    "copy": twins('d = {"a": "ls", "b": p}.copy()\nos.system(d["HOLE"])', "b", "a"),
    "copy is another one": twins(
        'd = {"a": "ls"}\nc = d.copy()\nc["a"] = p\nos.system(HOLE["a"])', "c", "d"
    ),
    "copied by the library": twins(
        'd = {"a": "ls"}\nc = copy.deepcopy(d)\nc["a"] = p\nos.system(HOLE["a"])',
        "c",
        "d",
        "import copy\n",
    ),
    "nested": twins('d = {"x": {"a": "ls", "b": p}}\nos.system(d["x"]["HOLE"])', "b", "a"),
    "nested assignment": twins(
        'd = {"x": {}, "y": {"a": "ls"}}\nd["x"]["a"] = p\nos.system(d["HOLE"]["a"])', "x", "y"
    ),
    "values": twins(
        'd = {"a": "ls", "b": HOLE}\nfor v in d.values():\n    os.system(v)', "p", '"id"'
    ),
    "values of items": twins(
        'd = {"a": HOLE}\nfor k, v in d.items():\n    os.system(v)', "p", '"id"'
    ),
    "items are no values": twins(
        'd = {"a": p}\nfor k, v in d.items():\n    os.system(HOLE)', "v", "k"
    ),
    "iteration gives keys": twins('d = {"a": p}\nfor k in d:\n    os.system(HOLE)', "d[k]", "k"),
    "list of the values": twins(
        'd = {"a": "ls", "b": p}\nos.system(list(d.HOLE())[1])', "values", "keys"
    ),
    "ordered": twins(
        'd = OrderedDict()\nd["a"] = "ls"\nd["b"] = p\nos.system(d["HOLE"])',
        "b",
        "a",
        "from collections import OrderedDict\n",
    ),
    "default dictionary": twins(
        'd = defaultdict(list)\nd["a"].append(p)\nd["b"].append("ls")\nos.system(d["HOLE"][0])',
        "a",
        "b",
        "from collections import defaultdict\n",
    ),
    "from keys": twins('d = dict.fromkeys(["a"], HOLE)\nos.system(d["a"])', "p", '"ls"'),
    "comprehension": twins('d = {k: HOLE for k in ("a", "b")}\nos.system(d["a"])', "p", '"ls"'),
    "format with a mapping": twins(
        'd = {"a": "ls", "b": p}\nos.system("{HOLE}".format(**d))', "b", "a"
    ),
    "handed on": twins(
        'd = {"a": "ls", "b": p}\nrun(d)',
        "b",
        "a",
        'def run(d):\n    os.system(d["HOLE"])\n',
    ),
    "handed back": twins(
        'os.system(made(p)["HOLE"])', "b", "a", 'def made(v):\n    return {"a": "ls", "b": v}\n'
    ),
    "filled elsewhere": twins(
        'd = {"a": "ls", "b": "ls"}\nfill(d, p)\nos.system(d["HOLE"])',
        "b",
        "a",
        'def fill(d, v):\n    d["b"] = v\n',
    ),
    "spread into keywords": twins(
        'd = {"a": "ls", "b": p}\nrun(**d)',
        "b",
        "a",
        "def run(a, b):\n    os.system(HOLE)\n",
    ),
    "table of the module": twins(
        "os.system(COMMANDS[HOLE])",
        '"b"] + p + COMMANDS["b"',
        "p",
        'COMMANDS = {"a": "ls", "b": "id"}\n',
    ),
    "table of the module, got": twins(
        "os.system(COMMANDS.get(p, HOLE))", "p", '"ls"', 'COMMANDS = {"a": "ls", "b": "id"}\n'
    ),
    "item getter": twins(
        'd = {"a": "ls", "b": p}\nos.system(itemgetter("HOLE")(d))',
        "b",
        "a",
        "from operator import itemgetter\n",
    ),
    "zipped": twins('d = dict(zip(["a", "b"], ["ls", p]))\nos.system(d["HOLE"])', "b", "a"),
    "chain": twins(
        'd = ChainMap({"a": "ls"}, {"b": p})\nos.system(d["HOLE"])',
        "b",
        "a",
        "from collections import ChainMap\n",
    ),
    "constructor with pairs": twins(
        'd = dict([("a", "ls"), ("b", p)])\nos.system(d["HOLE"])', "b", "a"
    ),
    "pop removes": twins(
        'd = {"a": p, "b": "ls"}\nd.pop("HOLE")\nfor v in d.values():\n    os.system(v)', "b", "a"
    ),
    "del removes": twins(
        'd = {"a": p, "b": "ls"}\ndel d["HOLE"]\nfor v in d.values():\n    os.system(v)', "b", "a"
    ),
    "clear": twins(
        'd = {"a": p}\nHOLE\nfor v in d.values():\n    os.system(v)', "pass", "d.clear()"
    ),
    "union that overwrites": twins('d = {"a": p} | {"HOLE": "ls"}\nos.system(d["a"])', "b", "a"),
    "keys of items": twins(
        "d = {HOLE: 'ls'}\nfor k, v in d.items():\n    os.system(k)", "p", '"id"'
    ),
    "keys": twins("d = {HOLE: 'ls'}\nfor k in d.keys():\n    os.system(k)", "p", '"id"'),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_is_found_under_its_key(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_found_under_another_key(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
