"""The part of a function that an expression depends on: what is kept, and when there is none."""

import pytest

from countermine.flow import ir, lower_python
from countermine.flow.looks import seed_of
from countermine.flow.lowering import Lowering
from countermine.flow.named_places import named_at
from countermine.flow.pieces import pieces_of
from countermine.flow.slicing import part_of
from countermine.syntax.python import parse

HEAD = "def f(a, b):\n"


def lowered(body: str) -> tuple[ir.Function, bytes]:
    text = (HEAD + "".join(f"    {line}\n" for line in body.splitlines())).encode()
    node = parse(text).root.named_children[0]
    return lower_python.function(Lowering(text, 100), node), text


def kept(body: str, name: str = "sink") -> list[str] | None:
    """The statements that are left, where ``name`` is what matters."""
    function, text = lowered(body)
    named = named_at(function, [text.index(name.encode())])
    assert named is not None
    part = part_of(
        function,
        text,
        pieces_of(function, text, method=False),
        [seed_of(one) for one in named],
        lambda _: False,
    )
    if part is None:
        return None
    return [text[node.start : node.end].decode() for node in part.body]


def test_what_an_argument_is_made_of_is_kept_and_nothing_else() -> None:
    body = "x = a + 1\nlog(b)\ny = far(b)\nz = x\nsink(z)\nmore(y)"
    assert kept(body) == ["x = a + 1", "z = x", "sink(z)"]


def test_a_method_may_change_what_it_is_called_on() -> None:
    assert kept("x = []\nx.append(a)\ny = []\ny.append(b)\nsink(x)") == [
        "x = []",
        "x.append(a)",
        "sink(x)",
    ]


def test_a_module_is_changed_by_none_of_its_functions() -> None:
    assert kept("log.info(b)\nlog.sink(a)") == ["log.sink(a)"]


@pytest.mark.parametrize(
    "body",
    [
        "if far(b):\n    x = a\nelse:\n    x = b\nsink(x)",
        "for x in far(a):\n    sink(x)",
        "with far(a) as x:\n    sink(x)",
        "try:\n    x = far(a)\nexcept ValueError:\n    x = b\nsink(x)",
        "while far(b):\n    x = a\n    sink(x)",
    ],
)
def test_whatever_stands_around_is_kept_with_it(body: str) -> None:
    left = kept(body)
    assert left is not None
    assert any("sink(x)" in text for text in left)
    assert any("x = a" in text or "far(a)" in text for text in left)


def test_a_test_that_says_nothing_of_it_is_not_run() -> None:
    function, text = lowered("if far(b):\n    sink(a)")
    named = named_at(function, [text.index(b"sink")])
    assert named is not None
    part = part_of(
        function,
        text,
        pieces_of(function, text, method=False),
        [seed_of(one) for one in named],
        lambda _: False,
    )
    assert part is not None
    branch = part.body[0]
    assert isinstance(branch, ir.Branch)
    assert isinstance(branch.arms[0][0], ir.Opaque)
    assert branch.arms[0][0].operands == []


@pytest.mark.parametrize(
    "body",
    [
        "match a:\n    case 1:\n        x.sink = b",
        "match a:\n    case 1:\n        y = sink(b)",
        "x = lambda: a\nsink(x)",
        "def inner():\n    return a\nsink(inner())",
    ],
)
def test_there_is_no_part_where_less_than_the_whole_may_not_do(body: str) -> None:
    assert kept(body) is None


@pytest.mark.parametrize(
    "body", ["run(sink)", "x = sink", "def inner():\n    sink(a)", "x = lambda: sink(a)"]
)
def test_what_is_handed_on_or_stands_further_in_has_no_part(body: str) -> None:
    function, text = lowered(body)
    assert named_at(function, [text.index(b"sink")]) is None
