"""What the language calls by itself: ``__getitem__``, ``__iter__``, ``__str__`` and the like."""

from countermine.flow import ir
from countermine.flow.access import iterated as elements_of
from countermine.flow.dispatch import invoke
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.values import MISSING, UNKNOWN, Value
from countermine.flow.variants import decorator_names

_OPERATORS = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "%": "__mod__",
    "|": "__or__", "&": "__and__", "<<": "__lshift__", ">>": "__rshift__", "@": "__matmul__",
}  # fmt: skip


def special(frame: Frame, value: Value, name: str) -> FunctionInfo | None:
    """Return a special method that the class of a value has, if it is one of the target's."""
    if not isinstance(value.type, ClassInfo):
        return None
    return frame.engine.hierarchy.method(value.type, name)


def call(frame: Frame, node: ir.Node, value: Value, name: str, *given: Value) -> Value | None:
    """Return what a special method gives; ``None`` where the class has none of the target's."""
    method = special(frame, value, name)
    if method is None:
        return None
    plain = ir.Call(node.start, node.end, ir.Name(node.start, node.end, name), [])
    return invoke(frame, plain, Value(target=method, receiver=value), Arguments([*given], {}))


def iterated(frame: Frame, node: ir.Node, value: Value) -> Value:
    """Return what a loop over a value goes through."""
    found = call(frame, node, value, "__iter__")
    if found is None:
        return value
    if found.type is value.type:
        step = call(frame, node, value, "__next__")
        return Value(element=step or UNKNOWN)
    return found


def shown(frame: Frame, node: ir.Node, value: Value, name: str = "__str__") -> Value:
    """Return the text that a value becomes in a text."""
    if value.type is None or value.const is not MISSING:
        return value
    found = call(frame, node, value, name)
    if found is None and name == "__str__":
        found = call(frame, node, value, "__repr__")
    return value if found is None else found


def operated(frame: Frame, node: ir.Node, operator: str, left: Value, right: Value) -> Value | None:
    """Return what an operator gives that the class of the left operand defines."""
    name = _OPERATORS.get(operator)
    if name is None or not isinstance(left.type, ClassInfo):
        return None
    return call(frame, node, left, name, right)


def fallback(frame: Frame, node: ir.Node, base: Value, name: str, found: Value) -> Value:
    """Return an attribute that ``__getattr__`` makes up where the class has none of that name."""
    if found.target is not None or found.ref is not None or found.const is not MISSING:
        return found
    if found.type is not None or found.height or name.startswith("__"):
        return found
    if base.fields is not None and "." + name in base.fields:
        return found
    if isinstance(base.type, ClassInfo):
        stored = frame.engine.instance_value(base.type, name)
        if stored is not None:
            return found
    made = call(frame, node, base, "__getattr__", Value(const=name, prefix=name, text=True))
    return found if made is None else made


def setter(frame: Frame, base: Value, name: str) -> FunctionInfo | None:
    """Return the function that an assignment to an attribute calls."""
    if not isinstance(base.type, ClassInfo):
        return None
    for current in frame.engine.hierarchy.line(base.type):
        if isinstance(current, ClassInfo) and name in current.methods:
            for other in current.setters:
                if other.name == name and "setter" in decorator_names(other):
                    return other
            return None
    return None


def each(frame: Frame, node: ir.Node, value: Value) -> Value:
    """Return one of what a loop over a value goes through."""
    return elements_of(frame, iterated(frame, node, value)) or UNKNOWN
