"""Iterators: what ``next`` takes out of one is gone from it."""

from countermine.flow import ir
from countermine.flow.assign import change
from countermine.flow.builtins import first
from countermine.flow.frame import Arguments, Frame
from countermine.flow.generators import GENERATOR
from countermine.flow.values import Value, altered

_ITERATOR = "iterator"


def _iterated(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    base = first(arguments)
    if len(arguments.everything()) != 1 or base.items is None or base.type is not None:
        return None
    if base.element is not None or base.taints or base.fields:
        return None
    return Value(items=base.items, type=_ITERATOR)


def _next(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    base = first(arguments)
    if base.type not in (GENERATOR, _ITERATOR) or not base.items:
        return None
    holder = node.arguments[0].value
    if isinstance(holder, (ir.Name, ir.Attr)):
        change(frame, holder, base, altered(base, items=base.items[1:]))
    return base.items[0]


TABLE = {"iter": _iterated, "next": _next}
