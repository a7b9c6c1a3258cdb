"""Names as texts: ``globals()[name]``, ``locals()``, ``sys.modules[name]``."""

from functools import reduce

from countermine.flow import chosen_by_name, ir
from countermine.flow.access import BELOW
from countermine.flow.dispatch import MODELS, evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.joining import join
from countermine.flow.values import UNKNOWN, Value

NAMESPACE = "namespace"
"""Shape of what ``globals()`` gives: the names of a module as keys."""
LOADED = "sys.modules"
"""Name of the table of every module."""
_JOINED = 6
"""Functions and classes of a module of which each may be meant; more are a table of all kinds."""
_LOCAL = 60
"""Variables that are told apart as items of ``locals()``."""


def item(frame: Frame, base: Value, index: Value) -> Value | None:
    """Return what stands under a name in a namespace; ``None`` where it is none."""
    if base.ref == LOADED:
        return _module(frame, index)
    module = base.target
    if base.shape != NAMESPACE or not isinstance(module, ModuleInfo):
        return None
    if isinstance(index.const, str):
        return frame.engine.global_value(module, index.const) or UNKNOWN
    each = [
        Value(target=binding)
        for bindings in module.bindings.values()
        for binding in bindings[-1:]
        if isinstance(binding, (FunctionInfo, ClassInfo))
    ]
    found = reduce(join, each) if 0 < len(each) <= _JOINED else UNKNOWN
    return chosen_by_name.chosen(found, "globals", index)


def _module(frame: Frame, index: Value) -> Value | None:
    if index.ref == "__name__":
        return Value(target=frame.module)
    if isinstance(index.const, str) and index.const:
        name = ir.Imported(index.const, index.const, None, 0)
        return frame.engine.imported(frame.module, name)
    return None


def _globals(frame: Frame, _node: ir.Call, _arguments: Arguments) -> Value | None:
    return Value(target=frame.module, shape=NAMESPACE)


def _locals(frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    if arguments.everything():
        return None
    names = [name for name in frame.state.variables if name[:1] != "<"]
    return Value(fields={f"[{name}]": frame.state.variables[name] for name in names[:_LOCAL]})


def _got(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    if not isinstance(node.function, ir.Attr) or not arguments.positional:
        return None
    return item(frame, evaluate(frame, node.function.target), arguments.positional[0])


def _below(frame: Frame, node: ir.Call, _arguments: Arguments) -> Value | None:
    """Return the classes below one, which it gives by its method."""
    if not isinstance(node.function, ir.Attr):
        return None
    owner = evaluate(frame, node.function.target).target
    if not isinstance(owner, ClassInfo):
        return None
    heirs = [Value(target=heir) for heir in frame.engine.declarations.below(owner)]
    return Value(element=reduce(join, heirs)) if heirs else None


MODELS[BELOW] = _below
MODELS["globals"] = _globals
MODELS["locals"] = _locals
MODELS["globals.get"] = _got
