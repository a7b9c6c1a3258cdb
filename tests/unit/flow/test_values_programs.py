"""Programs made by chance: running them tells whether the value from outside gets through."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.find.conftest import Find, catalogue, find  # noqa: F401 - fixtures

MARK = "outside"
_HEAD = """import os
from flask import Flask, request
app = Flask(__name__)


def pick(flag, one, other):
    if flag > 2:
        return one
    return other


def same(value, *rest, last="z"):
    return value


"""
_START = [
    'a, b, c, d = "x", param, "y", "z"',
    "n, m = 1, 5",
    'rows = ["p", "q", "r"]',
    'table = {"k": "s", "l": "t"}',
]
_TEXTS = st.sampled_from(["a", "b", "c", "d"])
_NUMBERS = st.sampled_from(["n", "m"])
_SMALL = st.integers(-3, 9)
_PLACE = st.sampled_from([0, 1, 2, -1, -2])
_KEY = st.sampled_from(['"k"', '"l"'])
_COMPARISON = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
_CALCULATION = st.sampled_from(["+", "-", "*", "%", "//"])


@st.composite
def _number(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 4))
    one = draw(_NUMBERS)
    if kind == 0:
        return str(draw(_SMALL))
    if kind == 1:
        return f"len({draw(st.sampled_from(['rows', 'table', '(n, m)']))})"
    if kind == 2:
        return f"{one} {draw(_CALCULATION)} {draw(st.integers(1, 5))}"
    if kind == 3:
        return f"max({one}, {draw(_SMALL)})"
    return one


@st.composite
def _condition(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 5))
    first, second = draw(_number()), draw(_number())
    if kind == 0:
        return f"{draw(_SMALL)} < {first} < {draw(_SMALL)}"
    if kind == 1:
        return f"{first} in ({draw(_SMALL)}, {draw(_SMALL)}, 1)"
    if kind == 2:
        return f"not {first}"
    if kind == 3:
        word = draw(st.sampled_from(["and", "or"]))
        return f"{first} > {draw(_SMALL)} {word} {second} != {draw(_SMALL)}"
    return f"{first} {draw(_COMPARISON)} {second}"


@st.composite
def _text(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 12))
    one, other = draw(_TEXTS), draw(_TEXTS)
    forms = [
        '"w"', one, f"{one} + {other}", f'f"{{{one}}}-{{n}}"', f'"%s/%s" % ({one}, {other})',
        f"rows[{draw(_PLACE)}]", f"table[{draw(_KEY)}]", '"-".join(rows)',
        f"{one} if {draw(_condition())} else {other}",
        f"pick({draw(_number())}, {one}, {other})", f"same({one}, {other}, last={other})",
        f'[{one}, {other}, "v"][{draw(_PLACE)}]', f"(lambda q, r={other}: q)({one})",
    ]  # fmt: skip
    return forms[kind]


@st.composite
def _statement(draw: st.DrawFn, depth: int) -> list[str]:
    kind = draw(st.integers(0, 14 if depth else 7))
    text = draw(_text())
    simple = [
        f"{draw(_TEXTS)} = {text}", f"{draw(_NUMBERS)} = {draw(_number())}",
        f"rows[{draw(st.integers(0, 2))}] = {text}", f"table[{draw(_KEY)}] = {text}",
        f"rows.append({text})", f"{draw(_TEXTS)} += {text}", "a, b = b, a",
        f"c = {text}",
    ]  # fmt: skip
    if kind < len(simple):
        return [simple[kind]]
    return draw(_compound(kind, depth))


@st.composite
def _compound(draw: st.DrawFn, kind: int, depth: int) -> list[str]:
    body = _indented(draw(_block(depth - 1)))
    other = _indented(draw(_block(depth - 1)))
    compared = f"{draw(_NUMBERS)} {draw(_COMPARISON)} {draw(_SMALL)}"
    cases = [f"    case {draw(_SMALL)} | {draw(_SMALL)}:", *_indented(body)]
    cases += ["    case _:", *_indented(other)]
    # A call may always fail: what is tried here cannot but where it says so.
    plain = f"    {draw(_TEXTS)} = {draw(_TEXTS)}"
    forms = {
        10: ["for n in (1, 2, 3):", f"    if {compared}: break", *body, "else:", *other],
        11: ["k = 0", "while k < 3:", "    k += 1", *body],
        12: [f"match {draw(_number())}:", *cases],
        13: ["try:", f"    if {compared}: raise KeyError", plain, "except LookupError:", *other],
        14: [f"for d in [{draw(_TEXTS)}, {draw(_TEXTS)}]:", *body],
    }
    return forms.get(kind, [f"if {draw(_condition())}:", *body, "else:", *other])


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def _block(draw: st.DrawFn, depth: int) -> list[str]:
    return [ln for s in draw(st.lists(_statement(depth), min_size=1, max_size=3)) for ln in s]


@st.composite
def _program(draw: st.DrawFn) -> list[str]:
    return [*_START, *draw(_block(2)), *draw(_block(1)), f"bar = {draw(_text())}"]


def _gets_through(body: list[str]) -> bool:
    scope: dict[str, Any] = {}
    text = "def run(param):\n" + "\n".join(_indented([*body, "return bar"]))
    exec(_HEAD.partition("app = ")[2].partition("\n")[2] + text, scope)
    return MARK in scope["run"](MARK)


def _view(number: int, body: list[str]) -> str:
    lines = ['param = request.args.get("p", "")', *body, "os.system(bar)"]
    return (
        f'@app.route("/{number}")\ndef view{number}():\n' + "\n".join(_indented(lines)) + "\n\n\n"
    )


@settings(
    max_examples=12, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(programs=st.lists(_program(), min_size=6, max_size=6))
def test_what_running_shows_is_what_is_found(
    find: Find,  # noqa: F811 - fixture
    programs: list[list[str]],
) -> None:
    text = _HEAD + "".join(_view(n, body) for n, body in enumerate(programs))
    found = {f.function for f in find({"app.py": text}).findings}
    expected = {f"view{n}" for n, body in enumerate(programs) if _gets_through(body)}
    assert found == expected
