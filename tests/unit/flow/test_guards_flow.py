# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Where a check stands, and who makes it: before the use, of the same value, on each way."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

USE = "os.system('ls ' + x)"

CHECKS = twins(
    "command-injection",
    (
        "validator that tells",
        "def ok(v):\n    return len(v) < 9\n---\nif not ok(x):\n    abort(400)\n" + USE,
        "def ok(v):\n    return v in ('a', 'b')\n---\nif not ok(x):\n    abort(400)\n" + USE,
    ),
    (
        "validator by branches",
        "def ok(v):\n    if v.startswith('a'):\n        return True\n    return False\n---\nif ok(x):\n    "
        + USE,
        "def ok(v):\n    if v.isalnum():\n        return True\n    return False\n---\nif ok(x):\n    "
        + USE,
    ),
    (
        "validator that always agrees",
        "def ok(v):\n    if v.isalnum():\n        return True\n    return True\n---\nif ok(x):\n    "
        + USE,
        "def ok(v):\n    if not v.isalnum():\n        return False\n    return True\n---\nif ok(x):\n    "
        + USE,
    ),
    (
        "validator that raises",
        "def check(v):\n    if not v:\n        raise ValueError(v)\n---\ncheck(x)\n" + USE,
        "def check(v):\n    if not v.isalnum():\n        raise ValueError(v)\n---\ncheck(x)\n"
        + USE,
    ),
    (
        "validator that aborts",
        "def check(v):\n    if not v.isalnum():\n        log.error('bad')\n---\ncheck(x)\n" + USE,
        "def check(v):\n    if not v.isalnum():\n        abort(400)\n---\ncheck(x)\n" + USE,
    ),
    (
        "validator that gives it back",
        "def clean(v):\n    if not v:\n        raise ValueError\n    return v\n---\nos.system('ls ' + clean(x))",
        "def clean(v):\n    if not v.isalnum():\n        raise ValueError\n    return v\n---\nos.system('ls ' + clean(x))",
    ),
    (
        "validator that gives nothing",
        "def clean(v):\n    return v if v else None\n---\ny = clean(x)\nif y is None:\n    abort(400)\nos.system(y)",
        "def clean(v):\n    return v if v.isalnum() else None\n---\ny = clean(x)\nif y is None:\n    abort(400)\nos.system(y)",
    ),
    (
        "validator that gives a default",
        "def clean(v):\n    return v or 'a'\n---\nos.system(clean(x))",
        "def clean(v):\n    return v if v in ('a', 'b') else 'a'\n---\nos.system(clean(x))",
    ),
    (
        "validator two deep",
        "def inner(v):\n    return v != 'a'\n\ndef ok(v):\n    return inner(v) and len(v)\n---\nif ok(x):\n    "
        + USE,
        "def inner(v):\n    return v in ('a',)\n\ndef ok(v):\n    return inner(v) and len(v)\n---\nif ok(x):\n    "
        + USE,
    ),
    (
        "validator that returns a pair",
        "def ok(v):\n    return v, True\n---\ny, good = ok(x)\nif not good:\n    abort(400)\nos.system(y)",
        "def ok(v):\n    return ('a', v in ('a',))\n---\ny, good = ok(x)\nif not good:\n    abort(400)\nos.system(y)",
    ),
    (
        "method",
        "class C:\n    def ok(self, v):\n        return bool(v)\n---\nif C().ok(x):\n    " + USE,
        "class C:\n    names = ('a', 'b')\n    def ok(self, v):\n        return v in self.names\n---\nif C().ok(x):\n    "
        + USE,
    ),
    (
        "static method",
        "class C:\n    @staticmethod\n    def check(v):\n        assert v\n---\nC.check(x)\n" + USE,
        "class C:\n    @staticmethod\n    def check(v):\n        if v not in ('a',):\n            raise KeyError(v)\n---\nC.check(x)\n"
        + USE,
    ),
    (
        "lambda",
        "ok = lambda v: v != 'a'\n---\nif ok(x):\n    " + USE,
        "ok = lambda v: v in ('a', 'b')\n---\nif ok(x):\n    " + USE,
    ),
    (
        "compiled pattern's method",
        "ok = re.compile('[a-z]').match\n---\nif ok(x):\n    " + USE,
        "ok = re.compile('[a-z]+$').match\n---\nif ok(x):\n    " + USE,
    ),
    (
        "own exception",
        "class Bad(Exception):\n    pass\n---\nif x not in ('a',):\n    Bad()\n" + USE,
        "class Bad(Exception):\n    pass\n---\nif x not in ('a',):\n    raise Bad()\n" + USE,
    ),
    (
        "not found",
        "from werkzeug.exceptions import NotFound\n---\nif x not in ('a',):\n    NotFound()\n"
        + USE,
        "from werkzeug.exceptions import NotFound\n---\nif x not in ('a',):\n    raise NotFound()\n"
        + USE,
    ),
    (
        "http exception",
        "if x not in ('a',):\n    make_response('no', 400)\n" + USE,
        "if x not in ('a',):\n    return make_response('no', 400)\n" + USE,
    ),
    (
        "redirected",
        "if x not in ('a',):\n    redirect('/')\n" + USE,
        "if x not in ('a',):\n    return redirect('/')\n" + USE,
    ),
    (
        "own abort",
        "def fail():\n    log.error('no')\n---\nif x not in ('a',):\n    fail()\n" + USE,
        "def fail():\n    raise ValueError('no')\n---\nif x not in ('a',):\n    fail()\n" + USE,
    ),
    (
        "own abort by flask",
        "def fail():\n    return make_response('no')\n---\nif x not in ('a',):\n    fail()\n" + USE,
        "def fail():\n    abort(403)\n---\nif x not in ('a',):\n    fail()\n" + USE,
    ),
    (
        "after a copy",
        "y = x\nx = 'a'\nif x not in ('a',):\n    abort(400)\nos.system(y)",
        "y = x\nif x not in ('a',):\n    abort(400)\nos.system(y)",
    ),
    (
        "changed afterwards",
        "if x not in ('a',):\n    abort(400)\nx = request.args['y']\n" + USE,
        "x = request.args['y']\nif x not in ('a',):\n    abort(400)\n" + USE,
    ),
    (
        "more behind it",
        "if x not in ('a',):\n    abort(400)\nx += request.args['y']\n" + USE,
        "if x not in ('a',):\n    abort(400)\nx += '-l'\n" + USE,
    ),
    (
        "in one branch",
        "if request.method == 'GET':\n    if x not in ('a',):\n        abort(400)\n" + USE,
        "if request.method == 'GET':\n    if x not in ('a',):\n        abort(400)\nelse:\n    x = 'b'\n"
        + USE,
    ),
    (
        "in both branches",
        "if request.method == 'GET':\n    if x not in ('a',):\n        abort(400)\nelse:\n    if not x:\n        abort(400)\n"
        + USE,
        "if request.method == 'GET':\n    if x not in ('a',):\n        abort(400)\nelse:\n    if not x.isdigit():\n        abort(400)\n"
        + USE,
    ),
    (
        "flag",
        "ok = x != 'a'\nif not ok:\n    abort(400)\n" + USE,
        "ok = x in ('a', 'b')\nif not ok:\n    abort(400)\n" + USE,
    ),
    (
        "flag of two",
        "ok = x in ('a', 'b') or len(x) < 3\nif not ok:\n    abort(400)\n" + USE,
        "ok = x in ('a', 'b') and len(x) < 3\nif not ok:\n    abort(400)\n" + USE,
    ),
    (
        "flag set in a branch",
        "ok = True\nif x in ('a',):\n    ok = False\nif not ok:\n    abort(400)\n" + USE,
        "ok = False\nif x in ('a',):\n    ok = True\nif not ok:\n    abort(400)\n" + USE,
    ),
    (
        "errors collected",
        "errors = []\nif x not in ('a',):\n    errors.append('x')\n" + USE,
        "errors = []\nif x not in ('a',):\n    errors.append('x')\n    return 'no'\n" + USE,
    ),
    (
        "continue",
        "for y in x.split():\n    if y in ('a',):\n        continue\n    os.system(y)",
        "for y in x.split():\n    if y not in ('a',):\n        continue\n    os.system(y)",
    ),
    (
        "while",
        "while x in ('a',):\n    x = request.args['y']\n" + USE,
        "while x not in ('a', 'b'):\n    x = 'a'\n" + USE,
    ),
    (
        "else of a try",
        "try:\n    float(len(x))\nexcept ValueError:\n    abort(400)\nelse:\n    os.system(x)",
        "try:\n    float(x)\nexcept ValueError:\n    abort(400)\nelse:\n    os.system(x)",
    ),
    (
        "wrong exception",
        "try:\n    int(x)\nexcept ValueError:\n    x = x.strip()\nos.system(x)",
        "try:\n    int(x)\nexcept ValueError:\n    x = '0'\nos.system(x)",
    ),
    (
        "class of checks",
        "class Form:\n    def __init__(self, v):\n        self.v = v\n---\nos.system(Form(x).v)",
        "class Form:\n    def __init__(self, v):\n        if v not in ('a',):\n            raise ValueError(v)\n        self.v = v\n---\nos.system(Form(x).v)",
    ),
    (
        "property",
        "class Form:\n    def __init__(self, v):\n        self._v = v\n    @property\n    def v(self):\n        return self._v\n---\nos.system(Form(x).v)",
        "class Form:\n    def __init__(self, v):\n        self._v = v\n    @property\n    def v(self):\n        return shlex.quote(self._v)\n---\nos.system('ls ' + Form(x).v)",
    ),
    (
        "field of a dictionary",
        "d = {'v': x, 'w': request.args['w']}\nif d['w'] not in ('a',):\n    abort(400)\nos.system(d['v'])",
        "d = {'v': x}\nif d['v'] not in ('a',):\n    abort(400)\nos.system(d['v'])",
    ),
    (
        "field of a document",
        "d = request.get_json()\nif d['w'] not in ('a',):\n    abort(400)\nos.system(d['v'])",
        "d = request.get_json()\nif d['v'] not in ('a',):\n    abort(400)\nos.system(d['v'])",
    ),
    (
        "nested field",
        "d = request.get_json()\nif d['a']['w'] not in ('a',):\n    abort(400)\nos.system(d['a']['v'])",
        "d = request.get_json()\nif d['a']['v'] not in ('a',):\n    abort(400)\nos.system(d['a']['v'])",
    ),
    (
        "length of a list",
        "p = x.split(',')\nif len(p) != 2:\n    abort(400)\nos.system(p[0])",
        "p = x.split(',')\nif p[0] not in ('a',):\n    abort(400)\nos.system(p[0])",
    ),
    (
        "other element",
        "p = x.split(',')\nif p[1] not in ('a',):\n    abort(400)\nos.system(p[0])",
        "p = x.split(',')\nif p[1] not in ('a',):\n    abort(400)\nos.system(p[1])",
    ),
    (
        "tuple taken apart",
        "a, b = x.split(',')\nif a not in ('a',):\n    abort(400)\nos.system(b)",
        "a, b = x.split(',')\nif b not in ('a',):\n    abort(400)\nos.system(b)",
    ),
    (
        "walrus",
        "if (y := x.strip()) != 'a':\n    os.system(y)",
        "if (y := x.strip()) in ('a', 'b'):\n    os.system(y)",
    ),
    ("chain", "if 'a' <= x <= 'b':\n    os.system(x)", "if 'a' == x == 'a':\n    os.system(x)"),
    (
        "set of a class",
        "class C:\n    ok = {'a'}\n---\nif x[0] not in C.ok:\n    abort(400)\n" + USE,
        "class C:\n    ok = {'a'}\n---\nif x not in C.ok:\n    abort(400)\n" + USE,
    ),
    (
        "choices as pairs",
        "OK = [('a', 1), ('b', 2)]\n---\nif x[:1] not in dict(OK):\n    abort(400)\n" + USE,
        "OK = [('a', 1), ('b', 2)]\n---\nif x not in dict(OK):\n    abort(400)\n" + USE,
    ),
    (
        "dispatch",
        "T = {'a': 'ls', 'b': 'ps'}\n---\nif T:\n    os.system(x)",
        "T = {'a': 'ls', 'b': 'ps'}\n---\nif x in T:\n    os.system(T[x])",
    ),
    (
        "absent from a lookup",
        "T = {'a': 'ls'}\n---\nif T.get('a') is None:\n    abort(400)\n" + USE,
        "T = {'a': 'ls'}\n---\nif T.get(x) is None:\n    abort(400)\n" + USE,
    ),
    (
        "lookup that raises",
        "T = {'a': 'ls'}\n---\ntry:\n    T['a']\nexcept KeyError:\n    abort(400)\n" + USE,
        "T = {'a': 'ls'}\n---\ntry:\n    T[x]\nexcept KeyError:\n    abort(400)\n" + USE,
    ),
    ("attribute", "if x.real == 'a':\n    os.system(x)", "y = x\nif y == 'a':\n    os.system(x)"),
)

EACH = twins(
    "command-injection",
    (
        "every character",
        "for c in x:\n    if c in 'abc':\n        abort(400)\nos.system(x)",
        "for c in x:\n    if c not in 'abc':\n        abort(400)\nos.system(x)",
    ),
    (
        "every part",
        "for p in x.split():\n    if p not in ('a',):\n        break\nfor p in x.split():\n    os.system(p)",
        "for p in x.split():\n    if p not in ('a',):\n        abort(400)\nfor p in x.split():\n    os.system(p)",
    ),
    (
        "some parts",
        "for p in x.split():\n    if p.islower():\n        if p not in ('a',):\n            abort(400)\nfor p in x.split():\n    os.system(p)",
        "for p in x.split():\n    if p.islower() or p not in ('a',):\n        if p not in ('a',):\n            abort(400)\n    os.system(p)",
    ),
    (
        "alphabet",
        "if not all(c in request.args['y'] for c in x):\n    abort(400)\nos.system(x)",
        "import string\n---\nif not all(c in string.ascii_letters for c in x):\n    abort(400)\nos.system(x)",
    ),
)

REMOTE = twins(
    "path-traversal",
    (
        "file in memory",
        "out = io.BytesIO()\nout.write(x.encode())\nreturn send_file(x)",
        "out = io.BytesIO()\nout.write(x.encode())\nout.seek(0)\nreturn send_file(out)",
    ),
    (
        "file made of bytes",
        "return send_file(open(x, 'rb'))",
        "return send_file(io.BytesIO(x.encode()), mimetype='image/png')",
    ),
    (
        "database is no list",
        "p = os.path.join(BASE, x)\nlog.debug(p)\nopen(p)",
        "if x not in os.listdir(BASE):\n    abort(404)\nopen(os.path.join(BASE, x))",
    ),
    (
        "glob",
        "names = [x]\nopen(names[0])",
        "names = [os.path.basename(p) for p in glob.glob(BASE + '/*')]\nif x not in names:\n    abort(404)\nopen(BASE + '/' + x)",
    ),
    (
        "matching entry",
        "for p in [x]:\n    open(p)",
        "for p in os.listdir(BASE):\n    if p == x:\n        open(os.path.join(BASE, p))",
    ),
    (
        "uploaded name",
        "f = request.files['f']\nif f.content_type not in ('image/png',):\n    abort(400)\nf.save(os.path.join(BASE, f.filename))",
        "from werkzeug.utils import secure_filename\n---\nf = request.files['f']\nf.save(os.path.join(BASE, secure_filename(f.filename)))",
    ),
    (
        "uploaded extension",
        "f = request.files['f']\nif f.filename.rsplit('.', 1)[1] in ('png',):\n    f.save(os.path.join(BASE, f.filename))",
        "f = request.files['f']\nif f.filename.rsplit('.', 1)[1] in ('png',):\n    f.save(os.path.join(BASE, 'a.png'))",
    ),
)


@both([*CHECKS, *EACH, *REMOTE])
def test_the_place_and_the_maker_of_a_check(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
