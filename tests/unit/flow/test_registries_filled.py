"""Registries of functions and classes, filled by decorators, calls and classes below a class."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

PAIR = (
    "class A{0}:\n    name = 'a'\n\n    def go(self, v):\n        os.system(v)\n\n\n"
    "class B{0}:\n    name = 'b'\n\n    def go(self, v):\n        pass\n"
)
KEYED = "TABLE = {}\n\n\ndef keep(c):\n    TABLE[c.name] = c\n    return c\n\n\n@keep\n"
NAMED = (
    "TABLE = {}\n\n\ndef keep(n):\n    def under(c):\n        TABLE[n] = c\n        return c\n\n"
    "    return under\n\n\n@keep('a')\n"
)
HEIRS = (
    "class Base:\n    every = []\n\n    def __init_subclass__(cls):\n"
    "        Base.every.append(cls)\n\n\nclass A(Base):\n    def go(self, v):\n        HOLE\n"
)
REGISTRY = (
    "class Registry:\n    def __init__(self):\n        self.table = {}\n\n"
    "    def keep(self, n):\n        def under(f):\n            self.table[n] = f\n"
    "            return f\n\n        return under\n\n"
    "    def call(self, n, v):\n        self.table[n](v)\n\n\nregistry = Registry()\n"
)
VIEW = (
    "from flask import Flask, request\nimport impl\nfrom reg import {0}\n\napp = Flask(__name__)\n"
    "@app.route('/x')\ndef x():\n    p = request.args['p']\n    k = request.args['k']\n    {1}\n"
)


def files(reg: str, impl: str, name: str, call: str) -> Twins:
    texts = {"reg.py": reg, "impl.py": impl, "app.py": VIEW.format(name, call)}
    return Twins(texts, "os.system(v)", "print(v)")


CASES: dict[str, Twins] = {
    "classes, by what they say": twins(
        "TABLE['HOLE']().go(p)",
        "a",
        "b",
        KEYED + PAIR.format("").replace("class B", "@keep\nclass B"),
    ),
    "classes, by the decorator": twins(
        "TABLE['HOLE']().go(p)",
        "a",
        "b",
        NAMED + PAIR.format("").replace("class B", "@keep('b')\nclass B"),
    ),
    "classes below a class that keeps them": twins(
        "for c in Base.every:\n    c().go(p)", "os.system(v)", "pass", HEIRS
    ),
    "classes below a class": twins(
        "for c in Base.__subclasses__():\n    c().go(p)",
        "os.system(v)",
        "pass",
        "class Base:\n    pass\n\n\nclass A(Base):\n    def go(self, v):\n        HOLE\n",
    ),
    "functions of another file": files(
        NAMED.removesuffix("@keep('a')\n"),
        "import os\nfrom reg import keep\n\n\n@keep('a')\ndef run(v):\n    HOLE\n",
        "TABLE",
        "TABLE[k](p)",
    ),
    "classes of another file": files(
        KEYED.removesuffix("@keep\n"),
        "import os\nfrom reg import keep\n\n\n@keep\nclass A:\n    name = 'a'\n\n"
        "    def go(self, v):\n        HOLE\n",
        "TABLE",
        "TABLE[k]().go(p)",
    ),
    "classes handed over by a call": files(
        "TABLE = {}\n\n\ndef keep(n, c):\n    TABLE[n] = c\n",
        "import os\nfrom reg import keep\n\n\nclass A:\n    def go(self, v):\n        HOLE\n\n\n"
        "keep('a', A)\n",
        "TABLE",
        "TABLE[k]().go(p)",
    ),
    "functions that an object keeps": files(
        REGISTRY,
        "import os\nfrom reg import registry\n\n\n@registry.keep('a')\ndef run(v):\n    HOLE\n",
        "registry",
        "registry.call(k, p)",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_a_registry_holds_is_entered(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
