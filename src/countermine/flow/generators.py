"""What a generator hands out: element by element where its yields stand one after the other."""

from functools import reduce

from countermine.flow import ir
from countermine.flow.frame import Frame
from countermine.flow.joining import join
from countermine.flow.nodes import parts
from countermine.flow.values import UNKNOWN, Value

GENERATOR = "generator"
"""Class of what a generator function gives."""
_TOLD_APART = 24


def handed_out(frame: Frame) -> Value:
    """Return what a call of a generator function gives."""
    every = [value for handed in frame.yields.values() for value in handed]
    order = _order(frame.function.body) if 1 < len(every) <= _TOLD_APART else None
    if order is not None and all(start in frame.yields for start in order):
        items = tuple(value for start in order for value in frame.yields[start])
        return Value(items=items, type=GENERATOR)
    return Value(element=reduce(join, every) if every else UNKNOWN, type=GENERATOR)


def _order(body: list[ir.Stmt]) -> list[int] | None:
    """Return where the yields stand, each of which runs once; ``None`` if some may not."""
    found: list[int] = []
    for node in body:
        if isinstance(node, (ir.Evaluate, ir.Assign)) and isinstance(node.value, ir.Yield):
            found.append(node.value.start)
            if _yields(node.value.value):
                return None
        elif isinstance(node, ir.With):
            inner = _order(node.body)
            if inner is None or _yields(list(node.items)):
                return None
            found += inner
        elif _yields(node):
            return None
    return found


def _yields(within: object) -> bool:
    """Tell whether a yield stands in a part of a function, those defined inside left out."""
    waiting: list[object] = [within]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ir.Yield):
            return True
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Node) and not isinstance(node, (ir.Define, ir.Lambda)):
            waiting.extend(parts(node))
    return False
