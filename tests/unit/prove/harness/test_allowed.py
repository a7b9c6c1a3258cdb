"""What a function refuses any other text than is read from the code and its loaded module."""

import ast
import inspect
import textwrap
from typing import ClassVar

import pytest

from countermine.prove.harness import usage
from countermine.prove.harness.allowed import allowed

KINDS = ("first", "second")
TABLE = {"one": 1, 2: "two", "three": 3}


class Known:
    names = frozenset({"b", "a"})


KNOWN = Known()


def among_names(kind: str) -> None:
    if kind not in KINDS:
        raise LookupError(kind)


def among_attributes(kind: str, size: int) -> None:
    if not size or kind not in KNOWN.names:
        raise LookupError(kind)


def asserted(kind: str) -> None:
    assert kind in {"x", "y"}


def looked_up(kind: str) -> object:
    return TABLE[kind]


def told_otherwise(kind: str) -> int:
    if kind in TABLE.keys():  # noqa: SIM118 - as real code does
        return 1
    else:  # noqa: RET505 - likewise
        raise LookupError(kind)


def anything(kind: str) -> str:
    if kind not in KINDS:
        kind = "first"
    return kind


class Maker:
    kinds: ClassVar = ["of-class", 1]

    def __init__(self, kind: str) -> None:
        if kind not in self.kinds:
            raise LookupError(kind)

    def method(self, kind: str) -> None:
        if kind not in self.kinds:
            raise LookupError(kind)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (among_names, ["first", "second"]),
        (among_attributes, ["a", "b"]),
        (looked_up, ["one", "three"]),
        (told_otherwise, ["one", "three"]),
        (Maker, ["of-class"]),
        (Maker.method, ["of-class"]),
        (anything, []),
    ],
)
def test_the_texts_are_those_of_the_collection(function: type, expected: list[str]) -> None:
    shape = usage.shapes(function).get("kind", "")
    assert usage.choices(shape) == expected
    assert usage.must_be(shape) == (expected[0] if expected else None)


def test_an_assertion_counts_in_any_order() -> None:
    source = textwrap.dedent(inspect.getsource(asserted))
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    assert sorted(allowed(asserted, definition)["kind"]) == ["x", "y"]


def test_nothing_of_the_target_is_run() -> None:
    class Hostile:
        @property
        def names(self) -> list[str]:
            raise AssertionError

    def asked(kind: str, table: Hostile) -> None:
        if kind not in HOSTILE.names:  # type: ignore[name-defined]  # noqa: F821 - set below
            raise LookupError(kind, table)

    globals()["HOSTILE"] = Hostile()
    definition = ast.parse(textwrap.dedent(inspect.getsource(asked))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    assert allowed(asked, definition) == {}
