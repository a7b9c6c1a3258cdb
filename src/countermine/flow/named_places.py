"""The expressions of a function that stand at given offsets."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from countermine.flow import ir
from countermine.flow.nodes import parts

Expression: TypeAlias = ir.Expr | ir.Assign


@dataclass(frozen=True, slots=True)
class Named:
    """What is done with a name: the expression or assignment, and the assignment around it."""

    node: Expression
    assigned: ir.Assign | None


_ALIKE = 8
"""Statements of the form that one of the text may become."""
_OPERANDS = (ir.Attr, ir.Name, ir.Item, ir.Const)
_OWN_SCOPE = (ir.Lambda, ir.Define, ir.DefineClass, ir.Yield)


def named_at(function: ir.Function, offsets: Iterable[int]) -> list[Named] | None:
    """Return what a function does with the names at some offsets.

    A call of what is named, a comparison with it, the assignment to it, or the comprehension
    around these. ``None`` if something else is done with one of them, such as handing it on, or
    if it stands in a function inside this one.
    """
    found: dict[int, Named] = {}
    for offset in offsets:
        named = _named(function.body, offset)
        if named is None:
            return None
        found[id(named.node)] = named
    return list(found.values())


def _named(body: list[ir.Stmt], offset: int) -> Named | None:
    named: Expression | None = None
    compared: ir.Compare | None = None
    assigned: ir.Assign | None = None
    node = _statement(body, offset)
    while node is not None:
        if isinstance(node, _OWN_SCOPE):
            return None
        if isinstance(node, ir.Comprehension):
            return None if any(map(_has_own_scope, parts(node))) else Named(node, assigned)
        if isinstance(node, ir.Assign):
            assigned = node
            named = node if offset < node.value.start else None
        elif isinstance(node, ir.Compare):
            compared = node
        elif isinstance(node, ir.Call):
            named = node if _is_named(node.function, offset) else None
            compared = compared if named is not None else None
        elif not isinstance(node, _OPERANDS):
            compared = None
        node = _covering(parts(node), offset)
    found = named if compared is None else compared
    return None if found is None else Named(found, assigned)


def _statement(body: list[ir.Stmt], offset: int) -> ir.Node | None:
    """Return the statement of a body that an offset stands in; a body may be very long."""
    last = bisect_right(body, offset, key=_begins) - 1
    for place in range(last, max(-1, last - _ALIKE), -1):
        if offset < body[place].end:
            return body[place]
    return None


def _begins(node: ir.Node) -> int:
    return node.start


def _covering(level: list[object], offset: int) -> ir.Node | None:
    waiting = level
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Node) and node.start <= offset < node.end:
            return node
    return None


def _has_own_scope(part: object) -> bool:
    waiting = [part]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _OWN_SCOPE):
            return True
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Node):
            waiting.extend(parts(node))
    return False


def _is_named(function: ir.Expr, offset: int) -> bool:
    """Tell whether an offset is that of the last name of what is called."""
    if isinstance(function, ir.Attr):
        return offset == function.end - len(function.name.encode())
    return isinstance(function, ir.Name) and offset == function.start
