"""Trees that are made to break a search or to keep it busy, at any size."""

from collections.abc import Callable

Tree = dict[str, bytes]
HEAD = "import os, re, sqlite3, sys\nfrom flask import request\n\n\n"


def _tree(text: str) -> Tree:
    return {"a.py": (HEAD + text).encode()}


def literals(size: int) -> Tree:
    """Return large literals of every kind, and values that would not fit into memory."""
    return _tree(
        f"a = [{', '.join(str(n) for n in range(size))}]\nb = '{'aB3$' * size}'\n"
        f"c = {{{', '.join(f'{n}: {n}' for n in range(size))}}}\nd = {'9' * min(size, 4000)}\n"
        "e = 9 ** 9 ** 9\nf = 'a' * 10 ** 12\ng = [0] * 10 ** 10\nh = 1 << 10 ** 10\n"
        "i = '%999999999d' % 5\nj = f'{5:>999999999}'\nk = list(range(10 ** 9))\n"
        "def run(x):\n    os.system(b + f + str(e) + i + x)\n    os.system(f'{x:>99999999999}')\n"
        "    for n in a:\n        x = x + str(c[n])\n    os.system(x)\n"
        "    os.system('x'.ljust(10 ** 11) + ','.join(['a' * 10 ** 6] * 10 ** 6) + x)\n"
        "run(request.args['k'])\n"
    )


def long_lines(size: int) -> Tree:
    """Return lines that are as long as a book."""
    return _tree(
        f"x = {' + '.join(['a'] * size)}\ny = f'{'{a} ' * size}'\npassword{'password' * size} = 'x'\n"
        f"os.system('ls ' + {' + '.join(['x'] * size)})\neval(a{'.b' * size})\nexec(a{'()' * size})\n"
        f"re.match('{'(a|b)*' * size}', x)\nsys.exit({', '.join(['x'] * size)})\n"
    )


def nested(size: int) -> Tree:
    """Return brackets, calls, blocks and texts one inside the other."""
    blocks = "".join(f"{' ' * n}if a:\n" for n in range(min(size, 800)))
    return _tree(
        f"x = {'(' * size}a{')' * size}\neval({'[' * size}a{']' * size})\n"
        f"os.system({'str(' * size}x{')' * size})\ny = {'-' * size}1\nz = {'lambda: ' * size}x\n"
        f"re.match(r'{'(' * size}a{')*' * size}', x)\n{blocks}{' ' * min(size, 800)}os.system(x)\n"
    )


def functions(size: int) -> Tree:
    """Return functions that call each other."""
    one = "def f{0}(a):\n    os.system('ls ' + a)\n    f{1}(a)\n    f{2}(a + 'x')\n\n\n"
    return _tree("".join(one.format(n, (n * 7 + 1) % size, (n + 1) % size) for n in range(size)))


def callers(size: int) -> Tree:
    """Return very many calls of one name, in several files."""
    call = "def g{0}(a):\n    run(a + request.args['k{0}'])\n\n\n"
    calls = "from a import run\nfrom flask import request\n" + "".join(
        call.format(n) for n in range(size)
    )
    return _tree("def run(a):\n    os.system('ls ' + a)\n") | {
        f"m{n}.py": calls.encode() for n in range(3)
    }


def arms(size: int) -> Tree:
    """Return branches with thousands of arms."""
    ifs = "".join(f"    elif a == {n}:\n        x = x + 'v{n}'\n" for n in range(size))
    cases = "".join(f"        case {n}:\n            x = 'v{n}'\n" for n in range(size))
    return _tree(
        f"def g(a, x):\n    if a:\n        pass\n{ifs}    os.system('ls ' + x)\n"
        f"def h(a, x):\n    match a:\n{cases}    os.system('ls ' + x)\n"
        "g(request.args['a'], request.args['b'])\nh(request.args['a'], request.args['b'])\n"
    )


def tables(size: int) -> Tree:
    """Return a table of functions that is called by a key from outside."""
    made = "".join(f"def h{n}(a):\n    os.system('ls ' + a)\n" for n in range(size))
    rows = "".join(f"    'k{n}': h{n},\n" for n in range(size))
    return _tree(f"{made}T = {{\n{rows}}}\nT[request.args['k']](request.args['v'])\n")


def cyclic_imports(size: int) -> Tree:
    """Return modules that import each other in a ring, with stars and without."""
    found: Tree = {}
    for n in range(size):
        after, far = (n + 1) % size, (n + 3) % size
        found[f"m{n}.py"] = (
            f"{HEAD}from m{after} import *\nfrom m{far} import *\nfrom m{after} import x{after} as x{n}\n"
            f"import m{far}\nclass C{n}(C{after}, m{far}.C{far}):\n    def run(self, a):\n"
            f"        os.system(x{n} + a)\n        super().run(a)\n"
            f"def f{n}(a):\n    m{far}.f{far}(a)\n    f{after}(a)\n    C{n}().run(a)\n"
            f"f{n}(request.args['k'])\n"
        ).encode()
    return found


def strange_classes(size: int) -> Tree:
    """Return classes that inherit themselves, each other, or very many others."""
    chain = "".join(
        f"class C{n}({', '.join(f'C{m}' for m in range(max(0, n - 3), n))}):\n"
        "    def m(self, a):\n        os.system('ls ' + a)\n        return super().m(a)\n"
        for n in range(size)
    )
    return _tree(
        "class A(A): pass\nclass B(C): pass\nclass C(B): pass\nclass D(D.E):\n    class E(D): pass\n"
        "class F(F().x, metaclass=F): pass\nclass G(*G.b): b = (G, A, B)\n"
        "class X(B, C, A, D, *G.b, **{}):\n    def __init__(self, a):\n        super().__init__(a)\n"
        "        self.x = a\n        self.x = self.x.x\n        self.self = self\n"
        "        os.system('ls ' + self.self.self.x)\n    def __getattr__(self, n):\n"
        "        return getattr(self, n)\n    x = property(lambda self: self.x)\n"
        "    __init__ = __getattr__ = __call__ = X = self = X\nX(request.args['k']).y.z()\n"
        f"{chain}C{size - 1}().m(request.args['k'])\n"
    )


def endless_values(size: int) -> Tree:
    """Return values that hold themselves or double with each line."""
    return _tree(
        "def g(a):\n    x = [a]\n    y = {'k': x}\n    t = (a,)\n    s = 'abc'\n"
        + "    x.append(x)\n    y[a] = y\n    x = [y, x, y]\n    t = (t, t)\n    s = s + s\n" * size
        + "    a.b = a\n    a = a.b\n    f = lambda: f\n    f = f()\n    g = g(g)\n"
        "    os.system(x[0])\n    os.system(f'{t}')\n    os.system(s + a)\n    os.system(y)\n"
        "g(request.args['k'])\nglobals()['g'] = g\nvars().update(g=g)\n"
    )


def deep_control(size: int) -> Tree:
    """Return loops, handlers and closures one inside the other."""
    deep = min(size, 70)
    loops = "".join(f"{'    ' * (n + 1)}for x{n} in a{n}:\n" for n in range(deep))
    tries = "".join(f"{'    ' * (n + 1)}try:\n" for n in range(deep))
    ends = "".join(
        f"{'    ' * (n + 1)}except E{n}:\n{'    ' * (n + 2)}a = str(a)\n"
        f"{'    ' * (n + 1)}finally:\n{'    ' * (n + 2)}os.system('ls ' + a)\n"
        for n in reversed(range(deep))
    )
    inner = "".join(f"{'    ' * (n + 1)}def f{n}(b{n}=a):\n" for n in range(deep))
    return _tree(
        f"def g(a):\n{loops}{'    ' * (deep + 1)}os.system('ls ' + a)\n"
        f"def h(a):\n{tries}{'    ' * (deep + 1)}os.system('ls ' + a)\n{ends}"
        f"def i(a):\n{inner}{'    ' * (deep + 1)}os.system('ls ' + a)\n"
        f"def j(a):\n    x = [os.system(b0) {' '.join(f'for b{n} in a if b{n}' for n in range(size))}]\n"
        "g(request.args['k'])\nh(request.args['k'])\ni(request.args['k'])\nj(request.args['k'])\n"
    )


def strange_bytes(size: int) -> Tree:
    """Return confusable names, marks, every kind of line end, and bytes that no text has."""
    text = (
        "\ufeffimport os\r\nfrom flask import request\rx = request.args['k']\n\f"
        "\u0430 = x\nos.system(a)\n\ufb01le = x\nopen(file)\n\u202edef f(): pass\nо\u0455.system(x)\n"
        "# -*- coding: utf-7 -*-\n\u00a0os.system(x)\n" + "\f\v\t\r" * size + "\n\\\n" * size
    )
    code = b"import os\nfrom flask import request\n"
    return {
        "a.py": text.encode(),
        "b.py": code + b"os.system('ls \xff\xfe' + request.args['k'])\n" + b"\x80" * size,
        "c.py": code + b"os.system('\0' + request.args['k'])\n",
        "d.py": "import os\nos.system(x)\n".encode("utf-16"),
        "e.py": "# coding: latin-1\nimport os\nos.system('é' + input())\n".encode("latin-1"),
        "f.py": b"",
        "g.py": b"\n" * size + b"# a line\n" * size + b"import os\nos.system(input())",
        "h.py": code + b"os.system(" * size,
        "names/\u0430.py": code + b"from . import \xd0\xb0\n",
        "i.py": code + b"'''" + b"\\" * size,
    }


def other_pythons(size: int) -> Tree:
    """Return what only Python 2, or only the newest Python, reads."""
    old = (
        "import os, sys\nprint 'a', os.system('ls ' + sys.argv[1])\nprint >>sys.stderr, `a`\n"
        "exec 'x' in a\ntry:\n    raise A, 'b', c\nexcept (A, B), e:\n    os.system('ls ' + raw_input())\n"
        "x = 0777 + 10L\nif a <> b: pass\ndef f(a, (b, c)): return ur'x'\n"
    )
    new = (
        "import os\nfrom flask import request\ntype A[T: int = str, *Ts, **P] = dict[T, A]\n"
        "def g[T = int](a: T) -> A[T]:\n    try:\n        os.system(t'ls {a!r:>{a}}')\n"
        "    except ValueError, TypeError:\n        os.system(f'ls {f'{f'{a}'}'}')\n"
        "    except* OSError:\n        return\n    finally:\n        return a\n"
        "class B[T](A[T]): x: T = g(t'{request.args['k']}')\nlazy import os\n"
        "match g(request.args['k']):\n    case B(x=[a, *b]) | {'k': a, **b} if os.system('ls ' + a): ...\n"
        "[*a for a in b]\n{**a for a in b}\nlambda *, a: (yield)\nasync def h(): return [await x async for x in y]\n"
    )
    return {
        "old.py": (old * max(1, size // 100)).encode(),
        "new.py": (new * max(1, size // 100)).encode(),
    }


def repeats(size: int) -> Tree:
    """Return very much of one thing: comments, decorators, assignments, parameters, secrets."""
    given = ", ".join(f"a{n}" for n in range(size))
    return _tree(
        "# nosec\n" * size + "".join(f"password{n} = 'aK9z{n}Qw7xLp2'\n" for n in range(size))
        + "def d(f):\n    def w(*a, **k):\n        return f(*a, **k)\n    return w\n"
        + "@d\n" * size + f"def g({given}):\n    os.system('ls ' + a0)\n"
        + "".join(f"    a{n + 1} = a{n}\n    assert a{n} != {n}\n" for n in range(size))
        + f"    os.system('ls ' + a{size})\n" + f"g({', '.join(['request.args[0]'] * size)})\n"
        + "".join(f"v{n + 1} = v{n}\n" for n in range(size))
        + f"def h(a):\n    global v0\n    v0 = a\n    os.system('ls ' + v{size})\nh(input())\n"
    )  # fmt: skip


def templates(size: int) -> Tree:
    """Return pages that include, extend and call themselves."""
    view = (
        "from flask import Flask, render_template, request\napp = Flask(__name__)\n@app.route('/x')\n"
        "def x():\n    return render_template('p.html', a=request.args['a'], rows=request.args)\n"
        "from django.shortcuts import render\ndef y(request):\n"
        "    return render(request, 'q.html', {'a': request.GET['a']})\n"
    )
    page = (
        "{% extends 'p.html' %}{% include 'q.html' %}{% import 'p.html' as p %}{% macro m(a) %}"
        "{{ m(a)|safe }}{{ p.m(a) }}{% endmacro %}{{ m(a) }}{% set a = a ~ a %}{% block b %}"
        "{{ super() }}{{ self.b() }}{{ a|safe }}<a href={{ a }}>{% endblock %}"
    )
    deep = "{% if a %}" * size + "{{ a|safe }}" + "{% endif %}" * size
    loops = "{% for a in rows %}" * min(size, 60) + "{{ a|safe }}" + "{% endfor %}" * min(size, 60)
    return {
        "app.py": view.encode(),
        "templates/p.html": (page + loops + "<div>{{ a }}" * size).encode(),
        "templates/q.html": (page.replace("p.html", "q.html") + deep + "{{ a|x" * size).encode(),
    }


SHAPES: tuple[Callable[[int], Tree], ...] = (
    literals, long_lines, nested, functions, callers, arms, tables, cyclic_imports, strange_classes,
    endless_values, deep_control, strange_bytes, other_pythons, repeats, templates,
)  # fmt: skip
"""Every shape takes a size from 1 upwards, up to thousands."""
