# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Checks that a decorator of the target's own makes, lookups that are an allow-list, and cleanup."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

USE = "os.system('ls ' + x)"
RUN = "def run(v):\n    os.system('ls ' + v)\n"


def checking(
    test: str, wraps: str = "    @functools.wraps(f)\n", refusal: str = "raise ValueError(v)"
) -> str:
    """Return a decorator that refuses where a test of the first argument holds."""
    return f"def checked(f):\n{wraps}    def inner(v):\n        if {test}:\n            {refusal}\n        return f(v)\n    return inner\n"


def gathering(
    test: str, wraps: str = "    @functools.wraps(f)\n", refusal: str = "raise ValueError(v)"
) -> str:
    """Return a decorator that takes whatever else the function takes."""
    return f"def checked(f):\n{wraps}    def inner(v, *args, **kwargs):\n        if {test}:\n            {refusal}\n        return f(v, *args, **kwargs)\n    return inner\n"


def whole(
    test: str, wraps: str = "    @functools.wraps(f)\n", refusal: str = "raise ValueError"
) -> str:
    """Return a decorator that tells the arguments apart by their places only."""
    return f"def checked(f):\n{wraps}    def inner(*args, **kwargs):\n        if {test}:\n            {refusal}\n        return f(*args, **kwargs)\n    return inner\n"


def view(decorator: str, use: str = "@checked\n" + RUN, call: str = "run(x)") -> str:
    """Return a view that hands what a visitor sends to the function that is decorated."""
    return f"{decorator}\n{use}---\n{call}"


DECORATORS = twins(
    "command-injection",
    ("with wraps", view(checking("not v")), view(checking("not v.isalnum()"))),
    ("without wraps", view(checking("not v", "")), view(checking("not v.isalnum()", ""))),
    (
        "gives nothing",
        view(checking("not v", refusal="return None")),
        view(checking("v not in ('a', 'b')", refusal="return None")),
    ),
    (
        "aborts",
        view(checking("not v", refusal="abort(400)")),
        view(checking("v not in ('a',)", refusal="abort(400)")),
    ),
    ("further arguments", view(gathering("not v")), view(gathering("not v.isalnum()"))),
    (
        "further arguments, without wraps",
        view(gathering("not v", "")),
        view(gathering("not v.isalnum()", "")),
    ),
    ("by place", view(whole("not args[0]")), view(whole("not args[0].isalnum()"))),
    (
        "by place, without wraps",
        view(whole("not args[0]", "")),
        view(whole("not args[0].isalnum()", "")),
    ),
    (
        "by place, gives nothing",
        view(whole("not args[0]", refusal="return None")),
        view(whole("args[0] not in ('a',)", refusal="return None")),
    ),
    (
        "by name",
        view(whole("not kwargs['v']"), call="run(v=x)"),
        view(whole("not kwargs['v'].isalnum()"), call="run(v=x)"),
    ),
    (
        "by name, with get",
        view(whole("not kwargs.get('v')"), call="run(v=x)"),
        view(whole("not kwargs.get('v').isalnum()"), call="run(v=x)"),
    ),
    (
        "every one",
        view(
            "def checked(f):\n    def inner(*args):\n        for a in args:\n            if not a:\n                raise ValueError(a)\n        return f(*args)\n    return inner\n"
        ),
        view(
            "def checked(f):\n    def inner(*args):\n        for a in args:\n            if not a.isalnum():\n                raise ValueError(a)\n        return f(*args)\n    return inner\n"
        ),
    ),
    (
        "every one of all",
        view(
            "def checked(f):\n    def inner(*args):\n        if not all(a for a in args):\n            raise ValueError\n        return f(*args)\n    return inner\n"
        ),
        view(
            "def checked(f):\n    def inner(*args):\n        if not all(a.isalnum() for a in args):\n            raise ValueError\n        return f(*args)\n    return inner\n"
        ),
    ),
    (
        "made with what is allowed",
        view(
            "def allow(*names):\n    def deco(f):\n        @functools.wraps(f)\n        def inner(v):\n            if not v:\n                raise ValueError(v)\n            return f(v)\n        return inner\n    return deco\n",
            "@allow('a', 'b')\n" + RUN,
        ),
        view(
            "def allow(*names):\n    def deco(f):\n        @functools.wraps(f)\n        def inner(v):\n            if v not in names:\n                raise ValueError(v)\n            return f(v)\n        return inner\n    return deco\n",
            "@allow('a', 'b')\n" + RUN,
        ),
    ),
    (
        "made with what is allowed, by place",
        view(
            "def allow(names):\n    def deco(f):\n        @functools.wraps(f)\n        def inner(*args, **kwargs):\n            if not args[0]:\n                raise ValueError\n            return f(*args, **kwargs)\n        return inner\n    return deco\n",
            "@allow(('a', 'b'))\n" + RUN,
        ),
        view(
            "def allow(names):\n    def deco(f):\n        @functools.wraps(f)\n        def inner(*args, **kwargs):\n            if args[0] not in names:\n                raise ValueError\n            return f(*args, **kwargs)\n        return inner\n    return deco\n",
            "@allow(('a', 'b'))\n" + RUN,
        ),
    ),
    (
        "of a method",
        view(
            whole("not args[1]"),
            "class Kit:\n    @checked\n    def run(self, v):\n        os.system('ls ' + v)\n",
            "Kit().run(x)",
        ),
        view(
            whole("not args[1].isalnum()"),
            "class Kit:\n    @checked\n    def run(self, v):\n        os.system('ls ' + v)\n",
            "Kit().run(x)",
        ),
    ),
    (
        "of a method, by name",
        view(
            "def checked(f):\n    @functools.wraps(f)\n    def inner(self, v, **kwargs):\n        if not v:\n            raise ValueError(v)\n        return f(self, v, **kwargs)\n    return inner\n",
            "class Kit:\n    @checked\n    def run(self, v):\n        os.system('ls ' + v)\n",
            "Kit().run(x)",
        ),
        view(
            "def checked(f):\n    @functools.wraps(f)\n    def inner(self, v, **kwargs):\n        if not v.isalnum():\n            raise ValueError(v)\n        return f(self, v, **kwargs)\n    return inner\n",
            "class Kit:\n    @checked\n    def run(self, v):\n        os.system('ls ' + v)\n",
            "Kit().run(x)",
        ),
    ),
    (
        "of the other argument",
        view(
            whole("args[1] not in ('a',)"),
            "@checked\ndef run(v, w):\n    os.system('ls ' + v)\n",
            "run(x, x[1:])",
        ),
        view(
            whole("args[1] not in ('a',)"),
            "@checked\ndef run(v, w):\n    os.system('ls ' + w)\n",
            "run(x, x[1:])",
        ),
    ),
    (
        "after the call",
        view(
            "def checked(f):\n    def inner(v):\n        r = f(v)\n        if not v.isalnum():\n            raise ValueError(v)\n        return r\n    return inner\n"
        ),
        view(
            "def checked(f):\n    def inner(v):\n        if not v.isalnum():\n            raise ValueError(v)\n        r = f(v)\n        return r\n    return inner\n"
        ),
    ),
    (
        "by a validator",
        view("def ok(v):\n    return len(v) < 9\n\n" + checking("not ok(v)")),
        view("def ok(v):\n    return v.isalnum()\n\n" + checking("not ok(v)")),
    ),
    (
        "that cleans",
        view("def checked(f):\n    def inner(v):\n        return f(v.strip())\n    return inner\n"),
        view(
            "def checked(f):\n    def inner(v):\n        return f(shlex.quote(v))\n    return inner\n"
        ),
    ),
    (
        "that is a class",
        view(
            "class checked:\n    def __init__(self, f):\n        self.f = f\n\n    def __call__(self, v):\n        if not v:\n            raise ValueError(v)\n        return self.f(v)\n"
        ),
        view(
            "class checked:\n    def __init__(self, f):\n        self.f = f\n\n    def __call__(self, v):\n        if not v.isalnum():\n            raise ValueError(v)\n        return self.f(v)\n"
        ),
    ),
)

VIEWS = twins(
    "command-injection",
    (
        "part of the path",
        checking("not v") + "\n@app.route('/run/<v>')\n@checked\n" + RUN + "---\nreturn 'ok'",
        checking("not v.isalnum()")
        + "\n@app.route('/run/<v>')\n@checked\n"
        + RUN
        + "---\nreturn 'ok'",
    ),
    (
        "part of the path, by name",
        whole("not kwargs['v']")
        + "\n@app.route('/run/<v>')\n@checked\n"
        + RUN
        + "---\nreturn 'ok'",
        whole("not kwargs['v'].isalnum()")
        + "\n@app.route('/run/<v>')\n@checked\n"
        + RUN
        + "---\nreturn 'ok'",
    ),
)

COLOR = "class Color(enum.Enum):\n    RED = 'red'\n    BLUE = 'blue'\n---\n"
LOOKUPS = twins(
    "command-injection",
    ("by value", COLOR + USE, COLOR + "x = Color(x)\nos.system('ls ' + x.value)"),
    ("by value, afterwards", COLOR + "Color('red')\n" + USE, COLOR + "Color(x)\n" + USE),
    ("by name", COLOR + "Color['RED']\n" + USE, COLOR + "Color[x]\n" + USE),
    (
        "by name, its value",
        COLOR + "c = Color['RED']\nos.system(x)",
        COLOR + "c = Color[x]\nos.system(c.value)",
    ),
    (
        "by name, its name",
        COLOR + "c = Color['RED']\nos.system(x)",
        COLOR + "c = Color[x]\nos.system(c.name)",
    ),
    (
        "refused",
        COLOR + "try:\n    Color(x)\nexcept ValueError:\n    pass\n" + USE,
        COLOR + "try:\n    Color(x)\nexcept ValueError:\n    abort(400)\n" + USE,
    ),
    (
        "refused by name",
        COLOR + "try:\n    Color[x]\nexcept KeyError:\n    pass\n" + USE,
        COLOR + "try:\n    Color[x]\nexcept KeyError:\n    abort(400)\n" + USE,
    ),
    (
        "member of the names",
        COLOR + "if x in request.args['y']:\n    " + USE,
        COLOR + "if x in Color.__members__:\n    " + USE,
    ),
    (
        "one of the values",
        COLOR + "if x not in [len(c.value) for c in Color]:\n    " + USE,
        COLOR + "if x not in [c.value for c in Color]:\n    abort(400)\n" + USE,
    ),
    (
        "one of a set of values",
        COLOR + "if x in {c.value for c in Color}:\n    abort(400)\n" + USE,
        COLOR + "if x not in {c.value for c in Color}:\n    abort(400)\n" + USE,
    ),
    (
        "lookup that accepts more",
        "class Color(enum.Enum):\n    RED = 'red'\n\n    @classmethod\n    def _missing_(cls, value):\n        return cls.RED\n---\nColor(x)\n"
        + USE,
        "class Color(enum.Enum):\n    RED = 'red'\n\n    @classmethod\n    def _missing_(cls, value):\n        return cls.RED\n---\nos.system(Color(x).value)",
    ),
)

CLEANUP = twins(
    "command-injection",
    (
        "in the end",
        "try:\n    if not x.isalnum():\n        raise ValueError(x)\nfinally:\n    " + USE,
        "try:\n    if not x.isalnum():\n        raise ValueError(x)\n    "
        + USE
        + "\nfinally:\n    log.info('done')",
    ),
    (
        "in the end, by a validator",
        "def check(v):\n    if not v.isalnum():\n        raise ValueError(v)\n---\ntry:\n    check(x)\nfinally:\n    "
        + USE,
        "def check(v):\n    if not v.isalnum():\n        raise ValueError(v)\n---\ntry:\n    check(x)\nfinally:\n    log.info('done')\n"
        + USE,
    ),
    (
        "in the end, by an assertion",
        "try:\n    assert x.isalnum()\nfinally:\n    " + USE,
        "assert x.isalnum()\ntry:\n    log.info('begin')\nfinally:\n    " + USE,
    ),
    (
        "in the end, by a return",
        "try:\n    if not x.isalnum():\n        return 'no'\nfinally:\n    " + USE,
        "if not x.isalnum():\n    return 'no'\ntry:\n    log.info('begin')\nfinally:\n    " + USE,
    ),
    (
        "in the end, by an abort",
        "try:\n    if not x.isalnum():\n        abort(400)\nfinally:\n    " + USE,
        "try:\n    if not x.isalnum():\n        abort(400)\nfinally:\n    log.info('done')\n" + USE,
    ),
    (
        "in the end, by a lookup",
        "try:\n    {'a': 1}[x]\nfinally:\n    " + USE,
        "try:\n    {'a': 1}[x]\nfinally:\n    log.info('done')\n" + USE,
    ),
    (
        "in the end, by a conversion",
        "try:\n    int(x)\nfinally:\n    " + USE,
        "try:\n    int(x)\nfinally:\n    log.info('done')\n" + USE,
    ),
    (
        "in the end, after a handler",
        "try:\n    if not x.isalnum():\n        raise ValueError(x)\nexcept ValueError:\n    log.error('bad')\nfinally:\n    "
        + USE,
        "try:\n    if not x.isalnum():\n        raise ValueError(x)\nexcept ValueError:\n    x = 'a'\nfinally:\n    "
        + USE,
    ),
)


@both([*DECORATORS, *VIEWS, *LOOKUPS, *CLEANUP])
def test_a_check_by_a_decorator_a_lookup_or_before_the_end(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    assert weaknesses(tmp_path, body) == expected
