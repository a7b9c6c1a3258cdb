"""Methods are those of the right class: inherited, mixed in, special, or made by a factory."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

PAIR = (
    "class Passing:\n    def of(self, v):\n        return v\n\n\n"
    "class Fixed:\n    def of(self, v):\n        return 'ls'\n"
)
BRANCHES = (
    "\n\ndef make(name):\n    if name == 'A':\n        return Passing()\n"
    "    elif name == 'B':\n        return Fixed()\n    return None\n"
)
ABSTRACT = (
    "import abc\n\n\nclass Tool(abc.ABC):\n    @abc.abstractmethod\n    def of(self, v):\n"
    "        ...\n\n\n"
)
CASES: dict[str, Twins] = {
    "by class": twins("os.system(HOLE().of(p))", "Passing", "Fixed", PAIR),
    "by a branch": twins(
        "t = Fixed()\nif HOLE:\n    t = Passing()\nos.system(t.of(p))", "app.debug", "False", PAIR
    ),
    "class in a variable": twins("c = HOLE\nos.system(c().of(p))", "Passing", "Fixed", PAIR),
    "class handed on": twins(
        "run(HOLE, p)", "Passing", "Fixed", PAIR + "\n\ndef run(c, v):\n    os.system(c().of(v))\n"
    ),
    "instance handed on": twins(
        "run(HOLE(), p)",
        "Passing",
        "Fixed",
        PAIR + "\n\ndef run(t, v):\n    os.system(t.of(v))\n",
    ),
    "instance of the module": twins(
        "os.system(TOOL.of(p))", "Passing", "Fixed", PAIR + "\n\nTOOL = HOLE()\n"
    ),
    "annotated parameter": twins(
        "run(app.tool, p)",
        "Passing",
        "Fixed",
        PAIR + "\n\ndef run(t: HOLE, v):\n    os.system(t.of(v))\n",
    ),
    "inherited": twins(
        "os.system(Own().of(p))", "Passing", "Fixed", PAIR + "\n\nclass Own(HOLE):\n    pass\n"
    ),
    "overridden": twins(
        "os.system(HOLE().of(p))",
        "Passing",
        "Own",
        PAIR + "\n\nclass Own(Passing):\n    def of(self, v):\n        return 'id'\n",
    ),
    "through the base": twins(
        "HOLE().run(p)",
        "Late",
        "Early",
        "class Tool:\n    def run(self, v):\n        os.system(self.of(v))\n\n\n"
        "class Late(Tool):\n    def of(self, v):\n        return v\n\n\n"
        "class Early(Tool):\n    def of(self, v):\n        return 'ls'\n",
    ),
    "super": twins(
        "os.system(Own().of(p))",
        "super().of(v)",
        "super().tool",
        PAIR.replace("class Fixed:", "class Fixed:\n    tool = 'id'\n").replace(
            "class Passing:", "class Passing:\n    tool = 'ls'\n"
        )
        + "\n\nclass Own(Passing):\n    def of(self, v):\n        return HOLE\n",
    ),
    "super when made": twins(
        'os.system(Own("ls", p).HOLE)',
        "b",
        "a",
        "class Base:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n\n\n"
        "class Own(Base):\n    def __init__(self, a, b):\n        super().__init__(a, b)\n",
    ),
    "super with arguments": twins(
        'os.system(Own("ls", p).HOLE)',
        "b",
        "a",
        "class Base(object):\n    def __init__(self, a, b):\n        self.a = a\n"
        "        self.b = b\n\n\nclass Own(Base):\n    def __init__(self, a, b):\n"
        "        super(Own, self).__init__(a, b)\n",
    ),
    "base by name": twins(
        'os.system(Own("ls", p).HOLE)',
        "b",
        "a",
        "class Base:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n\n\n"
        "class Own(Base):\n    def __init__(self, a, b):\n        Base.__init__(self, a, b)\n",
    ),
    "mixed in": twins(
        "Own().go(p)",
        "v",
        "self.tool",
        "class Runs:\n    def run(self, v):\n        os.system(HOLE)\n\n\n"
        "class Own(Runs):\n    tool = 'ls'\n\n    def go(self, v):\n        self.run(v)\n",
    ),
    "order of bases": twins(
        "os.system(Own().of(p))",
        "Passing, Fixed",
        "Fixed, Passing",
        PAIR + "\n\nclass Own(HOLE):\n    pass\n",
    ),
    "static method": twins(
        "os.system(Job.HOLE(p))",
        "of",
        "no",
        "class Job:\n    @staticmethod\n    def of(v):\n        return v\n\n"
        "    @staticmethod\n    def no(v):\n        return 'ls'\n",
    ),
    "class method": twins(
        "os.system(Job.of(p).HOLE)",
        "b",
        "a",
        "class Job:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n"
        "    @classmethod\n    def of(cls, v):\n        return cls('ls', v)\n",
    ),
    "called": twins(
        "os.system(HOLE()(p))",
        "Yes",
        "No",
        "class Yes:\n    def __call__(self, v):\n        return v\n\n\n"
        "class No:\n    def __call__(self, v):\n        return 'ls'\n",
    ),
    "entered": twins(
        "with Box('ls', p) as b:\n    os.system(b.HOLE)",
        "b",
        "a",
        "class Box:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n"
        "    def __enter__(self):\n        return self\n\n    def __exit__(self, *e):\n"
        "        pass\n",
    ),
    "entered as something else": twins(
        "with Box('ls', p) as b:\n    os.system(b)",
        "b",
        "a",
        "class Box:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n"
        "    def __enter__(self):\n        return self.HOLE\n\n    def __exit__(self, *e):\n"
        "        pass\n",
    ),
    "context manager": twins(
        "with opened(p) as v:\n    os.system(v)",
        "v",
        "'ls'",
        "from contextlib import contextmanager\n\n\n@contextmanager\ndef opened(v):\n"
        "    try:\n        yield HOLE\n    finally:\n        print('done')\n",
    ),
    "context manager as a method": twins(
        "with Box().opened(p) as v:\n    os.system(v)",
        "v",
        "'ls'",
        "import contextlib\n\n\nclass Box:\n    @contextlib.contextmanager\n"
        "    def opened(self, v):\n        yield HOLE\n",
    ),
    "leaving": twins(
        "with Box(p):\n    pass",
        "self.a",
        "'ls'",
        "class Box:\n    def __init__(self, a):\n        self.a = a\n\n"
        "    def __enter__(self):\n        return self\n\n    def __exit__(self, *e):\n"
        "        os.system(HOLE)\n",
    ),
    "single instance": twins(
        "Box.get().run(p)",
        "v",
        "'ls'",
        "class Box:\n    _one = None\n\n    @classmethod\n    def get(cls):\n"
        "        if cls._one is None:\n            cls._one = cls()\n        return cls._one\n\n"
        "    def run(self, v):\n        os.system(HOLE)\n",
    ),
    "list of instances": twins(
        "for t in [Fixed(), HOLE()]:\n    os.system(t.of(p))", "Passing", "Fixed", PAIR
    ),
    "class inside a class": twins(
        "os.system(Outer.Inner().HOLE(p))",
        "of",
        "no",
        "class Outer:\n    class Inner:\n        def of(self, v):\n            return v\n\n"
        "        def no(self, v):\n            return 'ls'\n",
    ),
    "annotated result": twins(
        "os.system(made().of(p))",
        "Passing",
        "Fixed",
        PAIR + "\n\ndef made() -> HOLE:\n    return app.tools.get('x')\n",
    ),
    "annotated attribute": twins(
        "Box(app.tool).run(p)",
        "Passing",
        "Fixed",
        PAIR + "\n\nclass Box:\n    tool: HOLE\n\n    def __init__(self, tool):\n"
        "        self.tool = tool\n\n    def run(self, v):\n        os.system(self.tool.of(v))\n",
    ),
    "annotated parameter, maybe None": twins(
        "run(app.tool, p)",
        "Passing",
        "Fixed",
        PAIR + "\n\ndef run(t: 'HOLE | None', v):\n    os.system(t.of(v))\n",
    ),
    "factory with a constant inside": twins(
        "os.system(make().of(p))",
        "A",
        "B",
        PAIR + BRANCHES.replace("def make(name):", "def make(name='HOLE'):"),
    ),
    "factory method": twins(
        'os.system(Shop().make("HOLE").of(p))',
        "A",
        "B",
        PAIR + "\n\nclass Shop:\n    def make(self, name):\n        if name == 'A':\n"
        "            return Passing()\n        return Fixed()\n",
    ),
    "factory with a table of instances": twins(
        'os.system(make("HOLE").of(p))',
        "A",
        "B",
        PAIR + "\n\ndef make(name):\n    return {'A': Passing(), 'B': Fixed()}[name]\n",
    ),
    "factory with a table inside": twins(
        'os.system(make("HOLE").of(p))',
        "A",
        "B",
        PAIR + "\n\ndef make(name):\n    return {'A': Passing, 'B': Fixed}.get(name)()\n",
    ),
    "factory with a table": twins(
        'os.system(make("HOLE").of(p))',
        "A",
        "B",
        PAIR + "\n\nTABLE = {'A': Passing, 'B': Fixed}\n\n\ndef make(name):\n"
        "    return TABLE[name]()\n",
    ),
    "factory, name in a variable": twins(
        'k = "HOLE"\nt = make(k)\nv = t.of(p)\nos.system(v)', "A", "B", PAIR + BRANCHES
    ),
    "factory with branches": twins('os.system(make("HOLE").of(p))', "A", "B", PAIR + BRANCHES),
    "one of two": twins(
        "t = Fixed() if app.debug else HOLE()\nos.system(t.of(p))", "Passing", "Fixed", PAIR
    ),
    "static factory": twins(
        'os.system(Shop.make("HOLE").of(p))',
        "A",
        "B",
        PAIR + "\n\nclass Shop:\n    @staticmethod\n    def make(name):\n        if name == 'A':\n"
        "            return Passing()\n        return Fixed()\n",
    ),
    "object in a text": twins(
        'os.system(f"{Box(p)}")',
        "self.a",
        "'ls'",
        "class Box:\n    def __init__(self, a):\n        self.a = a\n\n"
        "    def __str__(self):\n        return HOLE\n",
    ),
    "iterated": twins(
        "for v in Box(p):\n    os.system(v)",
        "self.a",
        "'ls'",
        "class Box:\n    def __init__(self, a):\n        self.a = a\n\n"
        "    def __iter__(self):\n        yield HOLE\n",
    ),
    "operator": twins(
        "os.system((Box('ls') + p).HOLE)",
        "b",
        "a",
        "class Box:\n    def __init__(self, a, b=''):\n        self.a, self.b = a, b\n\n"
        "    def __add__(self, other):\n        return Box(self.a, other)\n",
    ),
    "factory of the base": twins(
        'os.system(Tool.make("HOLE").of(p))',
        "A",
        "B",
        "class Tool:\n    @classmethod\n    def make(cls, name):\n"
        "        for one in (Passing, Fixed):\n            if one.name == name:\n"
        "                return one()\n\n\n"
        "class Passing(Tool):\n    name = 'A'\n\n    def of(self, v):\n        return v\n\n\n"
        "class Fixed(Tool):\n    name = 'B'\n\n    def of(self, v):\n        return 'ls'\n",
    ),
    "item set in an object": twins(
        'x = Box()\nx["k"] = HOLE\nos.system(x["k"])',
        "p",
        '"ls"',
        "class Box:\n    def __init__(self):\n        self.d = {}\n\n"
        "    def __setitem__(self, k, v):\n        self.d[k] = v\n\n"
        "    def __getitem__(self, k):\n        return self.d[k]\n",
    ),
    "abstract": twins(
        "HOLE(p)",
        "run",
        "print",
        ABSTRACT + "class Passing(Tool):\n    def of(self, v):\n        os.system(v)\n\n\n"
        "def run(v):\n    pick().of(v)\n\n\ndef pick() -> Tool:\n    return app.tool\n",
    ),
    "item of an object": twins(
        'os.system(Box("ls", p)["HOLE"])',
        "b",
        "a",
        "class Box:\n    def __init__(self, a, b):\n        self.d = {'a': a, 'b': b}\n\n"
        "    def __getitem__(self, k):\n        return self.d[k]\n",
    ),
    "text of an object": twins(
        "os.system(HOLE(Box('ls', p)))",
        "str",
        "repr",
        "class Box:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n"
        "    def __str__(self):\n        return self.b\n\n"
        "    def __repr__(self):\n        return self.a\n",
    ),
    "made by __new__": twins(
        "os.system(Box(p).a)",
        "v",
        "'ls'",
        "class Box:\n    def __new__(cls, v):\n        self = super().__new__(cls)\n"
        "        self.a = HOLE\n        return self\n",
    ),
    "fallback attribute": twins(
        "os.system(Box(p).HOLE)",
        "anything",
        "known",
        "class Box:\n    known = 'ls'\n\n    def __init__(self, v):\n        self.v = v\n\n"
        "    def __getattr__(self, name):\n        return self.v\n",
    ),
    "checked class": twins(
        "t = app.tool\nif isinstance(t, HOLE):\n    os.system(t.of(p))", "Passing", "Fixed", PAIR
    ),
    "checked class of one of several": twins(
        "t = Passing() if app.debug else Fixed()\nif isinstance(t, HOLE):\n    os.system(t.of(p))",
        "Passing",
        "Fixed",
        PAIR,
    ),
    "checked class, entered": twins(
        "t = app.tool\nif app.debug and isinstance(t, HOLE):\n    t.run(p)",
        "Runs",
        "Idles",
        "class Runs:\n    def run(self, v):\n        os.system(v)\n\n\n"
        "class Idles:\n    def run(self, v):\n        pass\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_method_that_hands_on_is_entered(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_method_that_does_not_is_told_from_it(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
