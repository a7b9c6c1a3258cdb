"""Dependencies that a framework computes for the parameters of a view: ``Depends(function)``."""

from collections.abc import Callable

from countermine.catalogue.schema import Source
from countermine.core.entrypoints import Channel
from countermine.core.levels import SourceLevel
from countermine.flow import ir
from countermine.flow.access import source_taint
from countermine.flow.dispatch import invoke
from countermine.flow.frame import Arguments, Frame
from countermine.flow.generators import GENERATOR
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.parts import elements
from countermine.flow.values import UNKNOWN, Closure, Value

Alias = Callable[[ModuleInfo, str], tuple[ModuleInfo, ir.Expr] | None]
"""Finds the expression that a name stands for at the top level, and its module."""
WORD = b"Depends"
_NAMES = frozenset({"Depends", "Security"})
_DEPTH = 6
"""Dependencies of dependencies."""
_HARMLESS = frozenset({"int", "float", "bool", "uuid.UUID", "datetime.datetime", "datetime.date"})
_ROW = Source(
    names=("fastapi.Depends",),
    level=SourceLevel.REMOTE,
    channel=Channel.QUERY,
    note="a parameter of the request",
)


def inject(frame: Frame, values: list[Value], alias: Alias) -> None:
    """Give the parameters that are dependencies what these give."""
    for place, parameter in enumerate(frame.function.parameters[: len(values)]):
        callee = _dependency(frame, frame.module, parameter, alias)
        if callee is None:
            continue
        found = _provided(frame, parameter, callee, alias, _DEPTH)
        if found is not None:
            values[place] = found


def _dependency(
    frame: Frame, module: ModuleInfo, parameter: ir.Parameter, alias: Alias
) -> Value | None:
    """Return what a parameter depends on; ``None`` where it is no dependency."""
    annotation = parameter.annotation
    call = _marker(parameter.default)
    if call is None and annotation is not None:
        if isinstance(annotation, ir.Name):
            named = alias(module, annotation.name)
            if named is not None:
                module, annotation = named
        call = _annotated(annotation)
    if call is None:
        return None
    if call.arguments:
        found = frame.engine.static_value(module, call.arguments[0].value)
        if found.target is None and isinstance(call.arguments[0].value, ir.Name):
            found = frame.state.variables.get(call.arguments[0].value.name, found)
            for scope in frame.scopes:
                found = scope.variables.get(call.arguments[0].value.name, found)
        return found
    return None if annotation is None else frame.engine.static_value(module, annotation)


def _marker(value: ir.Expr | None) -> ir.Call | None:
    if not isinstance(value, ir.Call) or not isinstance(value.function, (ir.Name, ir.Attr)):
        return None
    return value if value.function.name in _NAMES else None


def _annotated(annotation: ir.Expr) -> ir.Call | None:
    """Return the marker in ``Annotated[Type, Depends(function)]``."""
    if not isinstance(annotation, ir.Item) or not isinstance(annotation.index, ir.Sequence):
        return None
    found = [_marker(item) for item in annotation.index.items[1:]]
    return next((call for call in found if call is not None), None)


def _provided(frame: Frame, node: ir.Node, callee: Value, alias: Alias, depth: int) -> Value | None:
    """Return what a dependency gives; ``None`` where it is none of the target's."""
    target = callee.target
    if isinstance(callee.type, ClassInfo):
        target = frame.engine.hierarchy.method(callee.type, "__call__")
        callee = Value(target=target, receiver=callee)
    if isinstance(target, ClassInfo):
        function, module = _maker(frame, target), target.module
    elif isinstance(target, (FunctionInfo, Closure)):
        function = frame.engine.lowered(target)
        module = (target.info if isinstance(target, Closure) else target).module
    else:
        return None
    bound = isinstance(target, ClassInfo) or callee.receiver is not None
    parameters = [] if function is None else function.parameters[1 if bound else 0 :]
    given = [_given(frame, node, module, p, alias, depth) for p in parameters if not p.stars]
    named = {p.name: v for p, v in zip((p for p in parameters if not p.stars), given, strict=True)}
    plain = ir.Call(node.start, node.end, ir.Name(node.start, node.end, "Depends"), [])
    result = invoke(frame, plain, callee, Arguments([], named))
    frame.state.dead = False
    return (elements(result) or UNKNOWN) if result.type == GENERATOR else result


def _maker(frame: Frame, owner: ClassInfo) -> ir.Function | None:
    method = frame.engine.hierarchy.method(owner, "__init__")
    return None if method is None else frame.engine.lowered(method)


def _given(
    frame: Frame,
    node: ir.Node,
    module: ModuleInfo,
    parameter: ir.Parameter,
    alias: Alias,
    depth: int,
) -> Value:
    """Return what the framework gives a parameter of a dependency."""
    inner = _dependency(frame, module, parameter, alias) if depth > 0 else None
    if inner is not None:
        found = _provided(frame, node, inner, alias, depth - 1)
        return UNKNOWN if found is None else found
    of: str | ClassInfo | None = None
    if parameter.annotation is not None:
        declared = frame.engine.static_value(module, parameter.annotation)
        of = declared.target if isinstance(declared.target, ClassInfo) else declared.ref
    if of in _HARMLESS or _is_number(parameter.default):
        return UNKNOWN
    if isinstance(of, str) and "." in of and not of.startswith("typing."):
        return Value(type=of)
    taint = source_taint(frame, _ROW, node, parameter.name)
    return Value((taint,), type=of if isinstance(of, ClassInfo) else None, text=of == "str")


def _is_number(default: ir.Expr | None) -> bool:
    return isinstance(default, ir.Const) and isinstance(default.value, (bool, int, float))
