"""What an argument is unless somebody asks for something else: the default behind it."""

from collections.abc import Iterable, Iterator

from countermine.catalogue.schema import Constant
from countermine.flow import ir
from countermine.flow.frame import Frame
from countermine.flow.index import FunctionInfo
from countermine.flow.nodes import parts

_ASKED = frozenset({"get", "pop", "setdefault"})
_WITH_DEFAULT = 2
_CONSTRUCTOR = "__init__"


def is_by_default(frame: Frame, given: ir.Expr, values: tuple[Constant, ...]) -> bool:
    """Tell whether an argument is one of these values unless the caller says otherwise.

    It is a parameter with that default, an attribute that the constructor sets from one, or what
    is asked of a dictionary of options with that default.
    """
    match given:
        case ir.Name(name=name):
            return _is_lax(frame.function, name, values)
        case ir.Attr(target=ir.Name(name=receiver), name=name):
            return _is_kept(frame, receiver, name, values)
        case ir.Call(function=ir.Attr(name=name), arguments=[key, default]) if name in _ASKED:
            named = isinstance(key.value, ir.Const) and isinstance(key.value.value, str)
            return named and _is_one(default.value, values)
        case _:
            return False


def _is_one(default: ir.Expr | None, values: tuple[Constant, ...]) -> bool:
    return isinstance(default, ir.Const) and any(
        default.value == one and type(default.value) is type(one) for one in values
    )


def _is_lax(function: ir.Function, name: str, values: tuple[Constant, ...]) -> bool:
    """Tell whether a parameter has such a default and nothing else is ever assigned to it."""
    return any(
        parameter.name == name and _is_one(parameter.default, values)
        for parameter in function.parameters
    ) and not any(
        isinstance(target, ir.Name) and target.name == name
        for assigned in _assignments(function.body)
        for target in assigned.targets
    )


def _is_kept(frame: Frame, receiver: str, name: str, values: tuple[Constant, ...]) -> bool:
    """Tell whether the constructor keeps a parameter with such a default as an attribute."""
    own = frame.info.owner
    parameters = frame.function.parameters
    if own is None or not parameters or parameters[0].name != receiver:
        return False
    constructor: FunctionInfo | None = own.methods.get(_CONSTRUCTOR)
    if constructor is None:
        return False
    function = frame.engine.lowered(constructor)
    kept = [
        assigned.value
        for assigned in _assignments(function.body)
        for target in assigned.targets
        if isinstance(target, ir.Attr)
        and target.name == name
        and isinstance(target.target, ir.Name)
        and target.target.name == function.parameters[0].name
    ]
    match kept:
        case [ir.Name(name=given)]:
            return _is_lax(function, given, values)
        case _:
            return False


def _assignments(body: Iterable[object]) -> Iterator[ir.Assign]:
    """Yield the assignments of a function, however deep."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Node):
            if isinstance(node, ir.Assign):
                yield node
            waiting.extend(parts(node))
