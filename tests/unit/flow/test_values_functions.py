"""Functions of every form see and give the values that Python gives them."""

import pytest

from tests.unit.find.conftest import Find, catalogue, find  # noqa: F401 - fixtures
from tests.unit.flow.twins import Twins, both

ARGUMENTS: Twins = {
    "by position": ('def pick(a, b):\n    return $\n---\nbar = pick("x", param)', "b", "a"),
    "by name": ('def pick(a, b):\n    return $\n---\nbar = pick(b="x", a=param)', "a", "b"),
    "default": ('def pick(a, b="x"):\n    return $\n---\nbar = pick(param)', "a", "b"),
    "default replaced": ('def pick(a="x"):\n    return a\n---\nbar = pick($)', "param", ""),
    "keyword only": (
        'def pick(*, a, b="x"):\n    return $\n---\nbar = pick(b="y", a=param)', "a", "b",
    ),
    "behind a star": ('def pick(*a, b):\n    return $\n---\nbar = pick("x", b=param)',
                      "b", "a[0]"),
    "positional only": (
        'def pick(a, b, /, c="x"):\n    return $\n---\nbar = pick("y", param)', "b", "a + c",
    ),
    "rest of the positions": (
        'def pick(first, *rest):\n    return $\n---\nbar = pick("x", "y", param)',
        "rest[1]", "rest[0]",
    ),
    "rest of the names": (
        'def pick(**rest):\n    return rest["$"]\n---\nbar = pick(a="x", b=param)', "b", "a",
    ),
    "rest by get": (
        'def pick(**rest):\n    return rest.get("$", "z")\n---\nbar = pick(a="x", b=param)',
        "b", "a",
    ),
    "star in the call": (
        'def pick(a, b):\n    return $\n---\nrow = ["x", param]\nbar = pick(*row)', "b", "a",
    ),
    "two stars in the call": (
        'def pick(a, b):\n    return $\n---\nrow = {"a": "x", "b": param}\nbar = pick(**row)',
        "b", "a",
    ),
    "star and more in the call": (
        'def pick(a, b, c):\n    return $\n---\nbar = pick(*["x", param], "z")', "b", "a + c",
    ),
    "stars on both sides": (
        ('def inner(a, b):\n    return $\n\n\ndef outer(*args, **names):\n'
        '    return inner(*args, **names)\n---\nbar = outer("x", b=param)'),
        "b", "a",
    ),
    "star passed on": (
        ('def inner(a, b):\n    return $\n\n\ndef outer(*args):\n    return inner(*args)\n---\n'
        'bar = outer("x", param)'),
        "b", "a",
    ),
    "names passed on": (
        ('def inner(a, b):\n    return $\n\n\ndef outer(**names):\n    return inner(**names)\n---\n'
        'bar = outer(a="x", b=param)'),
        "b", "a",
    ),
    "loop over the rest": (
        ('def pick(*rest):\n    found = ""\n    for one in rest:\n        found += one\n'
        "    return found\n---\nbar = pick($)"),
        '"a", param', '"a", "b"',
    ),
}  # fmt: skip
CLOSURES: Twins = {
    "variable around": (
        "value = $\ndef inner():\n    return value\nbar = inner()", "param", '"a"',
    ),
    "variable set later": (
        'value = "a"\ndef inner():\n    return value\nvalue = $\nbar = inner()', "param", '"b"',
    ),
    "variable set in a branch": (
        ('value = "a"\ndef inner():\n    return value\nif request.method == "PUT":\n'
        "    value = $\nbar = inner()"),
        "param", '"b"',
    ),
    "called twice": (
        ('value = "a"\ndef inner():\n    return value\nfirst = inner()\nvalue = param\n'
        "second = inner()\nbar = $"),
        "second", "first",
    ),
    "nonlocal": (
        'value = "a"\ndef inner():\n    nonlocal value\n    value = $\ninner()\nbar = value',
        "param", '"b"',
    ),
    "no nonlocal": (
        'value = "a"\ndef inner():\n    $value = param\ninner()\nbar = value',
        "nonlocal value; ", "",
    ),
    "list around": (
        "rows = []\ndef inner(x):\n    rows.append(x)\ninner($)\nbar = rows[0]", "param", '"b"',
    ),
    "dictionary around": (
        'rows = {}\ndef inner(x):\n    rows["a"] = x\ninner(param)\nbar = rows.get("$", "n")',
        "a", "b",
    ),
    "closure that is returned": (
        ("def make(value):\n    def inner():\n        return value\n    return inner\n---\n"
        "bar = make($)()"),
        "param", '"a"',
    ),
    "closure with an argument": (
        ("def make(value):\n    def inner(other):\n        return $\n    return inner\n---\n"
        'bar = make(param)("x")'),
        "value + other", "other",
    ),
    "two closures": (
        ("def make(value):\n    def inner():\n        return value\n    return inner\n---\n"
        'first, second = make("a"), make(param)\nbar = $()'),
        "second", "first",
    ),
    "counter": (
        ('def make():\n    n = 0\n    def inner():\n        nonlocal n\n        n += 1\n'
        "        return n\n    return inner\n---\n"
        'count = make()\nbar = param if count() == 1 and $ else "safe"'),
        "1", "0",
    ),
    "recursion": (
        ("def pick(n, value):\n    if n == 0:\n        return $\n    return pick(n - 1, value)\n"
        "---\nbar = pick(3, param)"),
        "value", '"a"',
    ),
    "function inside a loop": (
        ('made = []\nfor value in ("a", $):\n    def inner(value=value):\n        return value\n'
        "    made.append(inner)\nbar = made[1]()"),
        "param", '"b"',
    ),
    "lambda": ('pick = lambda a, b: $\nbar = pick("x", param)', "b", "a"),
    "lambda around a variable": ("value = $\npick = lambda: value\nbar = pick()", "param", '"a"'),
    "default that captures": (
        'value = $\npick = lambda v=value: v\nvalue = "z"\nbar = pick()', "param", '"a"',
    ),
    "lambda in a dictionary": (
        'table = {"a": lambda v: v, "b": lambda v: "safe"}\nbar = table["$"](param)', "a", "b",
    ),
    "lambda called at once": ('bar = (lambda a, b: $)("x", param)', "b", "a"),
    "conditional lambda": (
        'pick = lambda v, flag=$: v if flag else "safe"\nbar = pick(param)', "True", "False",
    ),
    "function given to a function": (
        ('def apply(f, value):\n    return f(value)\n\n\ndef same(v):\n    return v\n\n\n'
        'def other(v):\n    return "safe"\n---\nbar = apply($, param)'),
        "same", "other",
    ),
    "lambda given to a function": (
        "def apply(f, value):\n    return f(value)\n---\nbar = apply(lambda v: $, param)",
        "v", '"a"',
    ),
}  # fmt: skip
GLOBALS: Twins = {
    "global": (
        ('STATE = "a"\n\n\ndef keep(value):\n    global STATE\n    STATE = $\n---\nkeep(param)\n'
        "bar = STATE"),
        'request.args["q"]', '"b"',
    ),
    "global in the view": ('LINE = "a"\n---\nglobal LINE\nLINE = $\nbar = LINE', "param", '"b"'),
    "flag that a function sets": (
        ('READY = False\n\n\ndef start():\n    global READY\n    READY = True\n---\n'
        'bar = param if READY and $ else "safe"'),
        "1", "0",
    ),
    "global read elsewhere": (
        ('LINE = "a"\n\n\ndef read():\n    return LINE\n\n\ndef keep():\n    global LINE\n'
        '    LINE = $\n---\nkeep()\nbar = read()'),
        'request.args["q"]', '"b"',
    ),
    "list of the module": (
        "ROWS = []\n\n\ndef keep():\n    ROWS.append($)\n---\nkeep()\nbar = ROWS[0]",
        'request.args["q"]', '"b"',
    ),
    "local of the same name": (
        'LINE = "a"\n\n\ndef keep():\n    $LINE = request.args["q"]\n---\nkeep()\nbar = LINE',
        "global LINE; ", "",
    ),
}  # fmt: skip
GENERATORS: Twins = {
    "loop": ('def each(v):\n    yield "a"\n    yield $\n---\nfor bar in each(param):\n    pass',
             "v", '"b"'),
    "next": ("def each(v):\n    yield $\n---\nbar = next(each(param))", "v", '"b"'),
    "list": ("def each(v):\n    yield $\n---\nbar = list(each(param))[0]", "v", '"b"'),
    "join": ('def each(v):\n    yield $\n---\nbar = "".join(each(param))', "v", '"b"'),
    "yield from": (
        ("def inner(v):\n    yield $\n\n\ndef each(v):\n    yield from inner(v)\n---\n"
        "bar = next(each(param))"),
        "v", '"b"',
    ),
    "yield from a list": (
        "def each(v):\n    yield from [$]\n---\nbar = next(each(param))", "v", '"b"',
    ),
    "pairs": (
        'def each(v):\n    yield "a", v\n---\nfor one, two in each(param):\n    bar = $',
        "two", "one",
    ),
    "in a loop": (
        ("def each(rows):\n    for row in rows:\n        yield row\n---\n"
        "for bar in each([$]):\n    pass"),
        "param", '"b"',
    ),
    "early return": (
        ('def each(v):\n    yield "a"\n    if $:\n        return\n    yield v\n---\n'
        "for bar in each(param):\n    pass"),
        "0", "1",
    ),
    "generator expression": (
        'bar = "".join(v for v in ["a", $])', "param", '"b"',
    ),
    "await": (
        ("async def get(v):\n    return $\n\n\nasync def main(v):\n    return await get(v)\n---\n"
        "import asyncio\nbar = asyncio.run(main(param))"),
        "v", '"b"',
    ),
    "async generator": (
        ("async def each(v):\n    yield $\n\n\nasync def main(v):\n    async for one in each(v):\n"
        '        return one\n    return "n"\n---\nimport asyncio\nbar = asyncio.run(main(param))'),
        "v", '"b"',
    ),
    "async with": (
        ("class Held:\n    def __init__(self, value):\n        self.value = value\n\n"
        "    async def __aenter__(self):\n        return self.value\n\n"
        "    async def __aexit__(self, *rest):\n        return None\n\n\n"
        "async def main(v):\n    async with Held($) as one:\n        return one\n---\n"
        "import asyncio\nbar = asyncio.run(main(param))"),
        "v", '"b"',
    ),
    "async comprehension": (
        ("async def each(v):\n    yield $\n\n\nasync def main(v):\n"
        "    return [one async for one in each(v)][0]\n---\n"
        "import asyncio\nbar = asyncio.run(main(param))"),
        "v", '"b"',
    ),
    "gathered": (
        ("async def get(v):\n    return v\n\n\nasync def main(v):\n    import asyncio\n"
        '    one, two = await asyncio.gather(get("a"), get(v))\n    return $\n---\n'
        "import asyncio\nbar = asyncio.run(main(param))"),
        "two", "one",
    ),
}  # fmt: skip
_WRAP = "import functools\nimport shlex\n\n\n"
DECORATORS: Twins = {
    "that passes": (
        _WRAP + "def plain(f):\n    @functools.wraps(f)\n    def inner(*args, **names):\n"
        "        return f(*args, **names)\n    return inner\n\n\n"
        "@plain\ndef pick(a, b):\n    return $\n---\nbar = pick('x', param)",
        "b", "a",
    ),
    "that passes without wraps": (
        ("def plain(f):\n    def inner(x):\n        return f(x)\n    return inner\n\n\n"
        "@plain\ndef pick(a):\n    return $\n---\nbar = pick(param)"),
        "a", "'b'",
    ),
    "that cleans the argument": (
        _WRAP + "def clean(f):\n    @functools.wraps(f)\n    def inner(x):\n        return f($)\n"
        "    return inner\n\n\n@clean\ndef pick(a):\n    return a\n---\nbar = pick(param)",
        "x", "shlex.quote(x)",
    ),
    "that cleans the result": (
        _WRAP + "def clean(f):\n    def inner(*args, **names):\n        found = f(*args, **names)\n"
        "        return $\n    return inner\n\n\n@clean\ndef pick(a):\n    return a\n---\n"
        "bar = pick(param)",
        "found", "shlex.quote(found)",
    ),
    "that replaces the result": (
        ("def fixed(f):\n    def inner(*args):\n        f(*args)\n        return $\n"
        "    return inner\n\n\n@fixed\ndef pick(a):\n    return a\n---\nbar = pick(param)"),
        "args[0]", "'safe'",
    ),
    "that replaces the argument": (
        ("def fixed(f):\n    def inner(x):\n        return f($)\n    return inner\n\n\n"
        "@fixed\ndef pick(a):\n    return a\n---\nbar = pick(param)"),
        "x", "'safe'",
    ),
    "with arguments": (
        ("def choose(flag):\n    def outer(f):\n        def inner(x):\n"
        "            return f(x) if flag else 'safe'\n        return inner\n    return outer\n\n\n"
        "@choose($)\ndef pick(a):\n    return a\n---\nbar = pick(param)"),
        "True", "False",
    ),
    "that checks": (
        ("def checked(f):\n    def inner(x):\n        if $:\n            raise ValueError\n"
        "        return f(x)\n    return inner\n\n\n@checked\ndef pick(a):\n    return a\n---\n"
        "bar = pick(param)"),
        "not x", "x not in ('a', 'b')",
    ),
    "on a function inside": (
        ("def fixed(f):\n    def inner(x):\n        return f($)\n    return inner\n---\n"
        "@fixed\ndef pick(a):\n    return a\nbar = pick(param)"),
        "x", "'safe'",
    ),
    "on a method": (
        ("def fixed(f):\n    def inner(self, x):\n        return f(self, $)\n    return inner\n\n\n"
        "class Job:\n    @fixed\n    def pick(self, a):\n        return a\n---\n"
        "bar = Job().pick(param)"),
        "x", "'safe'",
    ),
    "two": (
        ("def plain(f):\n    def inner(x):\n        return f(x)\n    return inner\n\n\n"
        "def fixed(f):\n    def inner(x):\n        return f($)\n    return inner\n\n\n"
        "@plain\n@fixed\ndef pick(a):\n    return a\n---\nbar = pick(param)"),
        "x", "'safe'",
    ),
    "cache": (
        _WRAP + "@functools.lru_cache(maxsize=None)\ndef pick(a, b):\n    return $\n---\n"
        "bar = pick('x', param)",
        "b", "a",
    ),
    "that registers": (
        ("table = {}\n\n\ndef register(f):\n    table[f.__name__] = f\n    return f\n\n\n"
        "@register\ndef pick(a):\n    return $\n---\nbar = pick(param)"),
        "a", "'b'",
    ),
    "a function by hand": (
        ("def fixed(f):\n    def inner(x):\n        return f($)\n    return inner\n\n\n"
        "def pick(a):\n    return a\n---\nbar = fixed(pick)(param)"),
        "x", "'safe'",
    ),
    "a class": (
        ("class Fixed:\n    def __init__(self, f):\n        self.f = f\n\n"
        "    def __call__(self, x):\n        return self.f($)\n\n\n"
        "@Fixed\ndef pick(a):\n    return a\n---\nbar = pick(param)"),
        "x", "'safe'",
    ),
}  # fmt: skip
PARTIALS: Twins = {
    "position": (
        ("from functools import partial\n\n\ndef pick(a, b):\n    return $\n---\n"
        "bar = partial(pick, 'x')(param)"),
        "b", "a",
    ),
    "bound value": (
        ("import functools\n\n\ndef pick(a, b):\n    return $\n---\n"
        "f = functools.partial(pick, param)\nbar = f('x')"),
        "a", "b",
    ),
    "name": (
        ("from functools import partial\n\n\ndef pick(a, b):\n    return $\n---\n"
        "bar = partial(pick, b='x')(param)"),
        "a", "b",
    ),
    "of a method": (
        ("from functools import partial\n\n\nclass Job:\n    def pick(self, a, b):\n"
        "        return $\n---\nbar = partial(Job().pick, 'x')(param)"),
        "b", "a",
    ),
    "twice": (
        ("from functools import partial\n\n\ndef pick(a, b, c):\n    return $\n---\n"
        "bar = partial(partial(pick, 'x'), param)('z')"),
        "b", "a + c",
    ),
    "of a lambda": (
        "from functools import partial\n---\nbar = partial(lambda a, b: $, 'x')(param)", "b", "a",
    ),
    "reduce": (
        "from functools import reduce\n---\nbar = reduce(lambda a, b: a + b, ['a', $])",
        "param", "'b'",
    ),
    "map": ("bar = list(map(lambda v: $, [param]))[0]", "v", "'a'"),
    "filter": ("bar = list(filter(lambda v: v, [$]))[0]", "param", "'a'"),
    "sorted": ("bar = sorted([$], key=lambda v: v)[0]", "param", "'a'"),
    "of a library": (
        "from functools import partial\n---\nrun = partial($)\nbar = 'x'\nrun()",
        "os.system, param", "os.system, 'ls'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_go_to_their_parameters(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, ARGUMENTS[name], "query", "sql") == (["sql"], [])


@pytest.mark.parametrize("name", CLOSURES)
def test_functions_see_the_variables_around_them(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, CLOSURES[name], "form", "path") == (["path"], [])


@pytest.mark.parametrize("name", GLOBALS)
def test_names_of_the_module_are_shared(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, GLOBALS[name], "cookie", "code") == (["code"], [])


@pytest.mark.parametrize("name", GENERATORS)
def test_generators_and_coroutines_hand_on(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, GENERATORS[name], "json", "command") == (["command"], [])


@pytest.mark.parametrize("name", DECORATORS)
def test_a_decorator_does_what_it_does(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, DECORATORS[name], "query", "command") == (["command"], [])


@pytest.mark.parametrize("name", PARTIALS)
def test_partial_arguments_come_first(find: Find, name: str) -> None:  # noqa: F811
    assert both(find, PARTIALS[name], "query", "command") == (["command"], [])


def test_functions_that_see_each_other_have_an_end(find: Find) -> None:  # noqa: F811
    text = (
        "import os\nfrom flask import Flask, request\napp = Flask(__name__)\n\n\n"
        "def make(value):\n    table = {}\n    def one():\n        return table['two']()\n"
        "    def two():\n        return value or table['one']()\n"
        "    table['one'] = one\n    table['two'] = two\n    return table\n\n\n"
        "@app.route('/x')\ndef x():\n    os.system(make(request.args['p'])['one']())\n"
    )
    assert [f.weakness for f in find({"app.py": text}).findings] == ["command"]
