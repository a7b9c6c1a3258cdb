"""Collections of a module that decorators fill with what stands under them, each by its key."""

from functools import reduce

from countermine.flow import ir, known
from countermine.flow.decorators import decorated
from countermine.flow.frame import Engine, Frame
from countermine.flow.index import FunctionInfo, ModuleInfo
from countermine.flow.lasting import kept_by
from countermine.flow.values import Value, join

REGISTERED = 100
"""Functions of a module that are looked at; a registry of more of them may hold anything."""


def registered(
    engine: Engine,
    module: ModuleInfo,
    name: str,
    setters: list[FunctionInfo],
    found: Value | None,
) -> Value | None:
    """Return a collection of a module with what decorators among its setters put into it.

    Args:
        engine: Follows the decorators.
        module: Where the collection and what is decorated stand.
        name: Of the collection.
        setters: The functions that change it.
        found: What is known of it otherwise.
    """
    setting = frozenset(one.name for one in setters)
    used = [
        (function, node)
        for function in module.functions
        for node in function.decorators
        if _name_of(node) in setting
    ]
    if not used or len(used) > REGISTERED:
        return found
    put = [value for function, node in used if (value := _put(engine, function, node, name))]
    if not put:
        return found
    fields: dict[str, Value] = {} if found is None else dict(found.fields or {})
    rest = [] if found is None or found.element is None else [found.element]
    for value in put:
        for key, one in (value.fields or {}).items():
            fields[key] = join(fields[key], one) if key in fields else one
        rest += [] if value.element is None else [value.element]
    taints = () if found is None else found.taints
    return Value(taints, fields=fields, element=reduce(join, rest) if rest else None)


def _name_of(decorator: ir.Expr) -> str:
    inner = decorator.function if isinstance(decorator, ir.Call) else decorator
    return inner.name if isinstance(inner, ir.Name) else ""


def _put(engine: Engine, function: FunctionInfo, node: ir.Expr, name: str) -> Value | None:
    """Return the collection as one decorator leaves it, if it changes it."""
    blank = ir.Function(node.start, node.end, function.name, 0, [], [])
    key = f"{function.module.path}::{node.start}"
    frame = Frame(engine, function, blank, key, function.qualname)
    decorated(frame, [node], Value(target=function, shape=known.BARE))
    value = frame.state.variables.get(name)
    return None if value is None else kept_by(value)
