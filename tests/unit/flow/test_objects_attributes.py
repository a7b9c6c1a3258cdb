"""Attributes are told apart, whoever sets them: methods, classes, properties, context objects."""

import pytest

from tests.unit.find.conftest import Find
from tests.unit.flow.pairs import Twins, is_found, twins

PLAIN = (
    "class Job:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n\n"
    "    def run(self):\n        os.system(self.HOLE)\n"
)
CASES: dict[str, Twins] = {
    "set when made": twins('Job("ls", p).run()', "b", "a", PLAIN),
    "read from outside": twins(
        'os.system(Job("ls", p).HOLE)', "b", "a", PLAIN.replace("HOLE", "c")
    ),
    "set from outside": twins('j = Job("ls", "id")\nj.b = p\nj.run()', "b", "a", PLAIN),
    "set by another method": twins(
        "j = Job()\nj.load(p)\nj.run()",
        "b",
        "a",
        "class Job:\n    def __init__(self):\n        self.a = 'ls'\n        self.b = 'id'\n\n"
        "    def load(self, v):\n        self.b = v\n\n"
        "    def run(self):\n        os.system(self.HOLE)\n",
    ),
    "set by a method of a method": twins(
        "j = Job()\nj.load(p)\nj.run()",
        "b",
        "a",
        "class Job:\n    a = b = 'ls'\n\n    def load(self, v):\n        self._load(v)\n\n"
        "    def _load(self, v):\n        self.b = v\n\n"
        "    def run(self):\n        os.system(self.HOLE)\n",
    ),
    "chained": twins(
        "Job().with_b(p).run()",
        "b",
        "a",
        "class Job:\n    a = b = 'ls'\n\n    def with_b(self, v):\n        self.b = v\n"
        "        return self\n\n    def run(self):\n        os.system(self.HOLE)\n",
    ),
    "list in an attribute": twins(
        "j = Job()\nj.add(p)\nj.run()",
        "b",
        "a",
        "class Job:\n    def __init__(self):\n        self.a = ['ls']\n        self.b = []\n\n"
        "    def add(self, v):\n        self.b.append(v)\n\n"
        "    def run(self):\n        for v in self.HOLE:\n            os.system(v)\n",
    ),
    "mapping in an attribute": twins(
        "j = Job()\nj.put(p)\nj.run()",
        "b",
        "a",
        "class Job:\n    def __init__(self):\n        self.d = {'a': 'ls'}\n\n"
        "    def put(self, v):\n        self.d['b'] = v\n\n"
        "    def run(self):\n        os.system(self.d['HOLE'])\n",
    ),
    "class attribute": twins(
        "Job().run(p)",
        "value",
        "self.tool",
        "class Job:\n    tool = 'ls'\n\n    def run(self, value):\n        os.system(HOLE)\n",
    ),
    "class attribute that is set": twins(
        "Job.b = p\nos.system(Job.HOLE)", "b", "a", "class Job:\n    a = 'ls'\n    b = 'id'\n"
    ),
    "property": twins(
        'os.system(Job("ls", p).HOLE)',
        "late",
        "early",
        "class Job:\n    def __init__(self, a, b):\n        self._a = a\n        self._b = b\n\n"
        "    @property\n    def early(self):\n        return self._a\n\n"
        "    @property\n    def late(self):\n        return self._b\n",
    ),
    "property that quotes": twins(
        "os.system(Job(p).HOLE)",
        "raw",
        "quoted",
        "import shlex\n\nclass Job:\n    def __init__(self, raw):\n        self.raw = raw\n\n"
        "    @property\n    def quoted(self):\n        return shlex.quote(self.raw)\n",
    ),
    "cached property": twins(
        "os.system(Job(p).HOLE)",
        "line",
        "tool",
        "from functools import cached_property\n\nclass Job:\n    tool = 'ls'\n\n"
        "    def __init__(self, v):\n        self.v = v\n\n    @cached_property\n"
        "    def line(self):\n        return self.tool + self.v\n",
    ),
    "by getattr": twins('os.system(getattr(Job("ls", p), "HOLE"))', "b", "a", PLAIN),
    "by __dict__": twins('os.system(Job("ls", p).__dict__["HOLE"])', "b", "a", PLAIN),
    "keywords kept": twins(
        "j = Job(a='ls', b=p)\nj.run()",
        "b",
        "a",
        "class Job:\n    def __init__(self, **options):\n        self.options = options\n\n"
        "    def run(self):\n        os.system(self.options['HOLE'])\n",
    ),
    "object in an object": twins(
        'w = Outer(Inner("ls", p))\nos.system(w.inner.HOLE)',
        "b",
        "a",
        "class Inner:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n\n"
        "class Outer:\n    def __init__(self, inner):\n        self.inner = inner\n",
    ),
    "object made inside": twins(
        "Outer(p).run()",
        "b",
        "a",
        "class Inner:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n"
        "    def go(self):\n        os.system(self.HOLE)\n\n\n"
        "class Outer:\n    def __init__(self, v):\n        self.inner = Inner('ls', v)\n\n"
        "    def run(self):\n        self.inner.go()\n",
    ),
    "of the context, here": twins(
        'g.a = "ls"\ng.b = p\nos.system(g.HOLE)', "b", "a", "from flask import g\n"
    ),
    "thread's own": twins(
        "LOCAL.a = 'ls'\nLOCAL.b = p\nos.system(LOCAL.HOLE)",
        "b",
        "a",
        "import threading\nLOCAL = threading.local()\n",
    ),
    "function attribute": twins(
        "run.b = p\nrun.a = 'ls'\nos.system(run.HOLE)", "b", "a", "def run():\n    pass\n"
    ),
    "by vars": twins('os.system(vars(Job("ls", p))["HOLE"])', "b", "a", PLAIN),
    "by getattr with a default": twins(
        'os.system(getattr(Job("ls", "id"), "c", HOLE))', "p", '"ls"', PLAIN
    ),
    "by setattr": twins(
        'j = Job("ls", "id")\nsetattr(j, "HOLE", p)\nos.system(j.b)', "b", "a", PLAIN
    ),
    "property with a setter": twins(
        "j = Job()\nj.line = p\nos.system(j._HOLE)",
        "line",
        "tool",
        "class Job:\n    _line = _tool = 'ls'\n\n    @property\n    def line(self):\n"
        "        return self._line\n\n    @line.setter\n    def line(self, v):\n"
        "        self._line = v\n",
    ),
    "setter that quotes": twins(
        "j = Job()\nj.line = p\nos.system(j.line)",
        "v",
        "shlex.quote(v)",
        "import shlex\n\nclass Job:\n    @property\n    def line(self):\n"
        "        return self._line\n\n    @line.setter\n    def line(self, v):\n"
        "        self._line = HOLE\n",
    ),
    "context variable": twins(
        "CURRENT.set(p)\nOTHER.set('ls')\nos.system(HOLE.get())",
        "CURRENT",
        "OTHER",
        "from contextvars import ContextVar\nCURRENT = ContextVar('c')\nOTHER = ContextVar('o')\n",
    ),
    "of the request's context": twins(
        'g.a = "ls"\ng.b = p\nrun()',
        "b",
        "a",
        "from flask import g\n\n\ndef run():\n    os.system(g.HOLE)\n",
    ),
    "set before the request": twins(
        "os.system(g.HOLE)",
        "b",
        "a",
        "from flask import g\n\n\n@app.before_request\ndef before():\n"
        '    g.a = "ls"\n    g.b = request.args["q"]\n',
    ),
    "updated __dict__": twins(
        "j = Job(a='ls', b=p)\nos.system(j.HOLE)",
        "b",
        "a",
        "class Job:\n    def __init__(self, **k):\n        self.__dict__.update(k)\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_sent_is_found_in_its_attribute(find: Find, name: str) -> None:
    assert is_found(find, CASES[name].files(CASES[name].flawed))


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_found_in_another_attribute(find: Find, name: str) -> None:
    assert not is_found(find, CASES[name].files(CASES[name].quiet))
