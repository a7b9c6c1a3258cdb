# Programs on one line each are easier to compare.
# ruff: noqa: E501
"""Lists of what is allowed, patterns and conversions: which say everything of a value."""

from pathlib import Path

from tests.unit.flow.guarded import both, twins, weaknesses

SINK = "os.system('ls ' + x)"


def refused(test: str, top: str = "") -> str:
    """Return a view that goes on only where the test fails."""
    return f"{top}{'---' + chr(10) if top else ''}if {test}:\n    abort(400)\n{SINK}\n"


def allowed(test: str, top: str = "") -> str:
    """Return a view that goes on only where the test holds."""
    return f"{top}{'---' + chr(10) if top else ''}if {test}:\n    {SINK}\n"


LISTS = twins(
    "command-injection",
    ("tuple", allowed('x not in ("a", "b")'), allowed('x in ("a", "b")')),
    ("list", refused('x in ["a", "b"]'), refused('x not in ["a", "b"]')),
    ("set", refused('x[0] not in {"a", "b"}'), refused('x not in {"a", "b"}')),
    (
        "frozenset",
        refused('x[:1] not in frozenset(["a"])'),
        refused('x not in frozenset(["a", "b"])'),
    ),
    (
        "module constant",
        refused("x in OK", 'OK = {"a", "b"}\n'),
        refused("x not in OK", 'OK = {"a", "b"}\n'),
    ),
    (
        "keys",
        refused('"a" not in {"a": x}'),
        refused("x not in TABLE", 'TABLE = {"a": 1, "b": 2}\n'),
    ),
    (
        "keys()",
        refused("x in TABLE.keys()", 'TABLE = {"a": 1}\n'),
        refused("x not in TABLE.keys()", 'TABLE = {"a": 1}\n'),
    ),
    (
        "lookup",
        "T = {'a': 'b'}\n---\nos.system(T.get(x, x))",
        "T = {'a': 'b'}\n---\nos.system(T.get(x, 'a'))",
    ),
    (
        "what was seen before",
        f"SEEN = set()\n---\nif x not in SEEN:\n    SEEN.add(x)\n    x = shlex.quote(x)\n{SINK}\n",
        f"SEEN = set()\n---\nif x not in SEEN:\n    SEEN.add(x)\nx = shlex.quote(x)\n{SINK}\n",
    ),
    (
        "keys that are kept",
        f"SEEN = {{}}\n---\nif x in SEEN:\n    {SINK}\nSEEN[x] = 1\n",
        f"SEEN = {{'a': 0}}\n---\nif x in SEEN:\n    {SINK}\nUSED = {{}}\nUSED[x] = 1\n",
    ),
    ("item", "os.system({'a': x}['a'])", "T = {'a': 'b'}\n---\nos.system(T[x])"),
    ("equality", refused('x == "a"'), refused('x != "a"')),
    (
        "equality with either",
        allowed('x == "a" or x.startswith("b")'),
        allowed('x == "a" or x == "b"'),
    ),
    (
        "membership and more",
        refused('x not in ("a", "b") and len(x) > 3'),
        refused('not x or x not in ("a", "b")'),
    ),
    ("and", allowed('x in ("a",) or len(x) < 3'), allowed('x in ("a",) and len(x) < 3')),
    ("negated", allowed('not x in ("a",)'), refused('not x in ("a",)')),
    (
        "negated or",
        refused('not (x in ("a",) or len(x))'),
        refused('not (x in ("a",) or x == "c")'),
    ),
    (
        "enumeration by name",
        "class Color(enum.Enum):\n    RED = 'red'\n---\nos.system('ls ' + Color.RED.value + x)",
        "class Color(enum.Enum):\n    RED = 'red'\n---\nos.system('ls ' + Color[x].value)",
    ),
    (
        "members",
        refused("x in [c.value for c in Color]", "class Color(enum.Enum):\n    RED = 'red'\n"),
        refused("x not in [c.value for c in Color]", "class Color(enum.Enum):\n    RED = 'red'\n"),
    ),
    (
        "field read twice",
        'if request.args["y"] not in ("a",):\n    abort(400)\nos.system(request.args["x"])',
        'if request.args["x"] not in ("a",):\n    abort(400)\nos.system(request.args["x"])',
    ),
    (
        "get read twice",
        'if request.args.get("y") not in ("a",):\n    abort(400)\nos.system(request.args.get("x"))',
        'if request.args.get("x") not in ("a",):\n    abort(400)\nos.system(request.args.get("x"))',
    ),
    (
        "form read twice",
        'if request.args["d"] in ("a",):\n    os.system(request.form["d"])',
        'if request.form["d"] in ("a",):\n    os.system(request.form["d"])',
    ),
    ("substring", refused('"a" not in x'), refused('x not in ("a", "b")')),
    ("of a text", refused('"a b c" not in x'), refused('x not in "a b c".split()')),
    (
        "other value",
        'y = request.args["y"]\n' + refused('y not in ("a",)'),
        'y = request.args["y"]\n' + refused('x not in ("a",)'),
    ),
    (
        "list from outside",
        refused('x not in request.args.getlist("ok")'),
        refused('x not in app.config["OK"]'),
    ),
    (
        "after use",
        SINK + '\nif x not in ("a",):\n    abort(400)',
        'if x not in ("a",):\n    abort(400)\n' + SINK,
    ),
    (
        "pass",
        'if x not in ("a",):\n    pass\n' + SINK,
        'if x not in ("a",):\n    return "no"\n' + SINK,
    ),
    (
        "logged only",
        'if x not in ("a",):\n    log.error("bad")\n' + SINK,
        'if x not in ("a",):\n    raise ValueError("bad")\n' + SINK,
    ),
    (
        "default",
        'if x in ("a",):\n    x = "b"\n' + SINK,
        'if x not in ("a",):\n    x = "b"\n' + SINK,
    ),
    (
        "conditional",
        'os.system(x if x != "a" else "b")',
        'os.system(x if x in ("a", "b") else "b")',
    ),
    (
        "other branch",
        'if x in ("a",):\n    y = "c"\nelse:\n    y = x\nos.system(y)',
        'if x in ("a",):\n    y = x\nelse:\n    y = "c"\nos.system(y)',
    ),
    (
        "loop",
        "for y in x.split(','):\n    if y not in ('a',):\n        break\n    os.system('ls')\nos.system(x)",
        "for y in x.split(','):\n    if y not in ('a',):\n        continue\n    os.system('ls ' + y)",
    ),
    (
        "all",
        "if not any(c in ('a', 'b') for c in x.split(',')):\n    abort(400)\n" + SINK,
        "if not all(c in ('a', 'b') for c in x):\n    abort(400)\n" + SINK,
    ),
    (
        "found in a list",
        "ok = [c for c in ('a', 'b')]\nos.system(x)",
        "ok = next((c for c in ('a', 'b') if c == x), 'a')\nos.system(ok)",
    ),
    ("index", "('a', 'b').count(x)\n" + SINK, "os.system(('a', 'b')[('a', 'b').index(x)])"),
    (
        "filtered",
        "for y in [p for p in x.split() if p != 'a']:\n    os.system(y)",
        "for y in [p for p in x.split() if p in ('a', 'b')]:\n    os.system(y)",
    ),
    ("assert", 'assert x != "a"\n' + SINK, 'assert x in ("a", "b")\n' + SINK),
    (
        "exit",
        'if x not in ("a",):\n    print("no")\n' + SINK,
        'if x not in ("a",):\n    sys.exit(1)\n' + SINK,
    ),
    (
        "suppressed",
        'try:\n    if x not in ("a",):\n        raise ValueError\nexcept ValueError:\n    pass\n'
        + SINK,
        'try:\n    if x not in ("a",):\n        raise ValueError\nexcept ValueError:\n    return "no"\n'
        + SINK,
    ),
    (
        "upper case first",
        refused('x[:3].upper() not in ("A", "B")'),
        refused('x.upper() not in ("A", "B")'),
    ),
    (
        "match",
        'match x:\n    case "a":\n        pass\n    case _:\n        os.system(x)',
        'match x:\n    case "a" | "b":\n        os.system(x)\n    case _:\n        abort(400)',
    ),
)

FORMS = twins(
    "command-injection",
    ("fullmatch", refused('not re.fullmatch(".*", x)'), refused('not re.fullmatch("[a-z]+", x)')),
    (
        "match with an end",
        refused('not re.match("[a-z]+", x)'),
        refused('not re.match("[a-z]+$", x)'),
    ),
    (
        "match with the very end",
        refused(r'not re.match(r"^\w+", x)'),
        refused(r'not re.match(r"^\w+\Z", x)'),
    ),
    ("search", refused('not re.search("[a-z]+", x)'), refused('not re.search("^[a-z]+$", x)')),
    (
        "search without a beginning",
        refused('not re.search("[a-z]$", x)'),
        refused(r'not re.search(r"\A[a-z]+\Z", x)'),
    ),
    (
        "compiled",
        refused("not OK.match(x)", "OK = re.compile('[a-z]+')\n"),
        refused("not OK.match(x)", "OK = re.compile('^[a-z]+$')\n"),
    ),
    (
        "compiled fullmatch",
        refused("not OK.fullmatch(x)", "OK = re.compile('[^;]+')\n"),
        refused("not OK.fullmatch(x)", "OK = re.compile('[a-z]+')\n"),
    ),
    (
        "several lines",
        refused('not re.match("^[a-z]+$", x, re.M)'),
        refused('not re.match("^[a-z]+$", x, re.I)'),
    ),
    (
        "alternatives",
        refused('not re.fullmatch("a|b.*", x)'),
        refused('not re.fullmatch("a|b", x)'),
    ),
    (
        "alternatives half bound",
        refused('not re.match("^a|b$", x)'),
        refused('not re.match("^(a|b)$", x)'),
    ),
    (
        "refused characters",
        refused('re.search("[;]", x)'),
        refused(r're.search(r"[^A-Za-z0-9_]", x)'),
    ),
    ("refused anything but", refused(r're.match(r"[^a-z]", x)'), refused(r're.search(r"\W", x)')),
    (
        "is None",
        refused('re.fullmatch("[a-z]+", x) is not None'),
        refused('re.fullmatch("[a-z]+", x) is None'),
    ),
    (
        "is not None",
        allowed('re.fullmatch("[a-z]+", x) is None'),
        allowed('re.fullmatch("[a-z]+", x) is not None'),
    ),
    (
        "match kept",
        "m = re.match('([a-z]+)', x)\nif not m:\n    abort(400)\n" + SINK,
        "m = re.match('([a-z]+)', x)\nif not m:\n    abort(400)\nos.system('ls ' + m.group(1))",
    ),
    (
        "walrus",
        "if m := re.match('([^;]+)', x):\n    os.system(m[1])",
        "if m := re.match('([a-z]+)', x):\n    os.system(m[1])",
    ),
    (
        "bool",
        refused('bool(re.match("a", x)) is False'),
        refused('not bool(re.fullmatch("[a-z]+", x))'),
    ),
    ("isdigit", refused("x.isdigit()"), refused("not x.isdigit()")),
    ("isalnum", allowed("not x.isalnum()"), allowed("x.isalnum()")),
    ("isidentifier", refused("not x.isprintable()"), refused("not x.isidentifier()")),
    ("isdecimal", refused("not x.isascii()"), refused("not x.isdecimal()")),
    (
        "isalnum of a part",
        refused("not x.replace('-', '').islower()"),
        refused("not x.replace('-', '').isalnum()"),
    ),
    (
        "isalnum of a copy",
        "y = x[1:]\n" + refused("not y.isalnum()"),
        "y = x\n" + refused("not y.isalnum()"),
    ),
    (
        "int",
        "try:\n    int(x)\nexcept ValueError:\n    pass\n" + SINK,
        "try:\n    int(x)\nexcept ValueError:\n    abort(400)\n" + SINK,
    ),
    ("int result", "n = int(len(x))\n" + SINK, "n = int(x)\nos.system(f'ls {n}')"),
    ("float", SINK, "os.system('sleep %s' % float(x))"),
    ("uuid", "uuid.uuid4()\n" + SINK, "os.system('ls ' + str(uuid.UUID(x)))"),
    (
        "uuid raises",
        "try:\n    uuid.UUID(x[:8])\nexcept ValueError:\n    abort(400)\n" + SINK,
        "try:\n    uuid.UUID(x)\nexcept ValueError:\n    abort(400)\n" + SINK,
    ),
    ("decimal", SINK, "os.system('ls ' + str(decimal.Decimal(x)))"),
    ("address", SINK, "os.system('ping ' + str(ipaddress.ip_address(x)))"),
    (
        "address raises",
        "try:\n    ipaddress.ip_address(x)\nexcept ValueError:\n    log.info('no')\n" + SINK,
        "try:\n    ipaddress.ip_address(x)\nexcept ValueError:\n    return 'no'\n" + SINK,
    ),
    ("date", SINK, "os.system('ls ' + datetime.date.fromisoformat(x).isoformat())"),
    ("date parsed", SINK, "os.system('ls ' + datetime.datetime.strptime(x, '%Y').strftime('%d'))"),
    ("isinstance", refused("not isinstance(x, str)"), refused("not isinstance(x, int)")),
    (
        "route converter",
        "os.system('ls ' + request.view_args['n'])",
        "os.system('ls %d' % int(request.view_args['n']))",
    ),
    (
        "typed get",
        "os.system('ls ' + str(request.args.get('n')))",
        "os.system('ls ' + str(request.args.get('n', type=int)))",
    ),
)

GROUPS = twins(
    "command-injection",
    (
        "group of a name",
        'm = re.match("(?P<mark>;*)(?P<name>[^;].*)", x)\nif m.group("mark"):\n    abort(400)\nos.system("ls " + m.group("name"))',
        'm = re.match("(?P<mark>;*)(?P<name>[^;].*)", x)\nif m.group("name") != "a":\n    abort(400)\nos.system("ls " + m.group("name"))',
    ),
    (
        "alphabet of a name",
        'm = re.match("(?P<key>[a-z]+)=(?P<name>.*)", x)\nos.system("ls " + m["name"])',
        'm = re.match("(?P<key>[a-z]+)=(?P<name>.*)", x)\nos.system("ls " + m["key"])',
    ),
    (
        "group of an unknown expression",
        'm = app.pattern.match(x)\nif m.group("mark"):\n    abort(400)\nos.system("ls " + x)',
        'm = app.pattern.match(x)\nif x not in ("a", "b"):\n    abort(400)\nos.system("ls " + x)',
    ),
    (
        "options that nobody gives",
        'def run(cmd, **options):\n    subprocess.Popen(cmd, **options)\n---\nrun(["git", "log", "-b" + x], shell=True)',
        'def run(cmd, **options):\n    subprocess.Popen(cmd, **options)\n---\nrun(["git", "log", "-b" + x])',
    ),
    (
        "what may not be a key",
        'known = {"a": "b"}.get(x)\nif known:\n    return "no"\nos.system("ls " + x)',
        'known = {"a": "b"}.get(x)\nif known is not None:\n    os.system("ls " + known)',
    ),
)


@both(GROUPS)
def test_groups_and_keys(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected


@both(LISTS)
def test_allowed_values(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected


@both(FORMS)
def test_allowed_forms(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert weaknesses(tmp_path, body) == expected
