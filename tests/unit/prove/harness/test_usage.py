"""What a function does with a parameter says what the parameter must be."""

import ast
from typing import Any

import pytest

from countermine.prove.harness import usage
from countermine.prove.harness.usage import shapes_in, within


def shape(body: str, parameter: str = "value") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    function = ast.parse(f"def run({parameter}):\n{lines}").body[0]
    assert isinstance(function, ast.FunctionDef)
    return shapes_in(function).get(parameter, "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return value.read_text()", usage.PATH),
        ("return value.stem", usage.PATH),
        ("return value.read()", usage.STREAM),
        ("return value.decode()", usage.BYTES),
        ("return value.strip()", usage.TEXT),
        ("return value['key']", usage.MAPPING),
        ("return value.items()", usage.MAPPING),
        ("return value(1)", usage.CALLABLE),
        ("value.add(1)\nvalue.commit()", usage.OBJECT),
        ("for one in value:\n    print(one.stem)", "list of path"),
        ("return [one.decode() for one in value]", "list of bytes"),
        ("for at, one in enumerate(value):\n    one.run()", "list of object"),
        ("return open(value + name)", usage.PREFIX),
        ("return open(f'{value}{name}')", usage.PREFIX),
    ],
)
def test_the_use_says_the_shape(body: str, expected: str) -> None:
    assert shape(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "return value",
        "return open(value)",
        "for sign in value:\n    print(sign)",
        "value = value or []\nfor one in value:\n    one.run()",
        "return other.stem",
        "return open(name + value)",
        "return open(f'{value}/{name}')",
    ],
)
def test_what_may_be_a_plain_text_has_no_shape(body: str) -> None:
    assert shape(body) == ""


def test_a_plural_that_is_gone_through_is_a_list() -> None:
    assert shape("for one in paths:\n    open(one)", "paths") == usage.LIST


def test_what_is_in_a_list_is_told_apart() -> None:
    assert (within("list of path"), within("list"), within("path")) == ("path", "", None)


def one_of_each(names: Any, session: Any, callback: Any) -> None:
    """Use each of its parameters in its own way."""
    for name in names:
        session.add(callback(name))


def test_the_source_of_a_function_that_runs_is_read() -> None:
    assert usage.shapes(one_of_each) == {
        "names": usage.LIST,
        "session": usage.OBJECT,
        "callback": usage.CALLABLE,
    }


def test_a_function_without_source_has_no_shapes() -> None:
    assert usage.shapes(len) == {}


def test_texts_that_a_parameter_is_compared_with_are_read() -> None:
    code = """
def convert(value, kind, mode):
    if kind == "bool" or kind != 3 or " or " in kind.split():
        return kind
    return mode in ("a", "b") or mode == "a" or mode == ""
"""
    (function,) = ast.parse(code).body
    assert isinstance(function, ast.FunctionDef)

    shapes = usage.shapes_in(function)

    assert [usage.choices(shapes.get(one, "")) for one in ("value", "kind", "mode")] == [
        [],
        ["bool"],
        ["a", "b"],
    ]
