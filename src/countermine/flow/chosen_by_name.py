"""Things that are chosen by a name that is not known: calling them is what a sink is about."""

from countermine.catalogue.schema import Form
from countermine.flow import ir, sinks
from countermine.flow.frame import Arguments, Frame
from countermine.flow.values import UNKNOWN, Value, altered

_CHOSEN = "chosen by a name"
_VERB = ".method"
_PLACES = {"getattr": 1}
"""Where the name stands among the arguments; behind the call for the other functions."""


def chosen(found: Value, function: str, name: Value) -> Value:
    """Return what a name chose by a function, which remembers the name until it is called."""
    # Views are chosen by the verb of a request, of which the server knows a handful.
    taints = tuple(t for t in name.taints if _VERB not in t.origin.trail)
    if not taints:
        return found
    name = altered(name, taints=taints)
    by = Value(ref=_CHOSEN, items=(name,), prefix=function)
    return altered(found, receiver=by)


def called(frame: Frame, node: ir.Call, callee: Value) -> Value:
    """Record that what a name chose is called; return it without the name."""
    by = callee.receiver
    if by is None or by.ref != _CHOSEN or not by.items:
        return callee
    function = by.prefix
    rows = frame.engine.catalogue.sinks.get(function, ())
    rows = tuple(row for row in rows if row.form is Form.CALLED)
    name = by.items[0]
    before = [UNKNOWN] * _PLACES.get(function, 0)
    sinks.check_call(frame, rows, function, node, Arguments([*before, name], {}), None)
    return altered(callee, receiver=None)
