"""How the code calls what it passes: names that say more than what is known of the value."""

import re
from collections.abc import Iterator

from countermine.catalogue.schema import Argument, Condition
from countermine.flow import ir

_TEXTS = frozenset(
    {"str", "repr", "format", "strip", "decode", "encode", "join", "dumps", "to_json", "safe_dump"}
)
"""Calls that give the text they were handed, or one that holds it."""


def spelt(node: ir.Call, argument: Argument, pattern: re.Pattern[str]) -> bool:
    """Tell whether an argument of a call, or a part of its text, has a name of that pattern."""
    return any(
        pattern.search(name) is not None
        for given in given_for(node, argument)
        for name in names_in(given)
    )


def is_written_so(text: bytes, node: ir.Call, condition: Condition) -> bool:
    """Tell whether the text of an argument of a call has the condition's expression in it."""
    argument, pattern = condition.argument, condition.pattern
    if argument is None or pattern is None:
        return False
    written = (text[g.start : g.end].decode(errors="replace") for g in given_for(node, argument))
    return any(pattern.search(one) is not None for one in written)


def given_for(node: ir.Call, argument: Argument) -> Iterator[ir.Expr]:
    """Yield what a call passes for an argument of a row, as it is written."""
    for place, given in enumerate(node.arguments):
        if argument.every or place == argument.position or given.name == argument.keyword:
            yield given.value


def names_in(expression: ir.Expr) -> Iterator[str]:
    """Yield the names of the variables, attributes and keys whose values an expression holds."""
    match expression:
        case ir.Name(name=name) | ir.Attr(name=name):
            yield name
        case ir.Item(index=ir.Const(value=str(key))):
            yield key
        case ir.Format(parts=parts) | ir.Sequence(items=parts) | ir.Binary(operands=parts):
            for part in parts:
                yield from names_in(part)
        case ir.Mapping(pairs=pairs):
            for _, value in pairs:
                yield from names_in(value)
        case ir.Call():
            yield from _names_in_call(expression)
        case _:
            return


def _names_in_call(call: ir.Call) -> Iterator[str]:
    function = call.function
    if not isinstance(function, (ir.Attr, ir.Name)):
        return
    first = call.arguments[0].value if call.arguments else None
    if function.name == "get" and isinstance(first, ir.Const) and isinstance(first.value, str):
        yield first.value
    elif function.name in _TEXTS:
        if isinstance(function, ir.Attr):
            yield from names_in(function.target)
        for given in call.arguments:
            yield from names_in(given.value)
