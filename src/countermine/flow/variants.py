"""Functions that stand for others by the class of an argument, and receivers of functions."""

from countermine.flow import ir
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.values import Closure, Value


def decorator_names(function: FunctionInfo) -> set[str]:
    """Return the plain names of a function's decorators, as they are written."""
    found: set[str] = set()
    for decorator in function.decorators:
        inner = decorator.function if isinstance(decorator, ir.Call) else decorator
        if isinstance(inner, (ir.Name, ir.Attr)):
            found.add(inner.name)
    return found


def dispatched(target: FunctionInfo | Closure) -> list[FunctionInfo]:
    """Return the functions that may be called instead, by the class of the first argument."""
    if not isinstance(target, FunctionInfo) or not target.decorators:
        return []
    if not decorator_names(target) & {"singledispatch", "singledispatchmethod"}:
        return []
    return [f for f in target.module.functions if _registers(f, target)]


def _registers(function: FunctionInfo, target: FunctionInfo) -> bool:
    for decorator in function.decorators:
        inner = decorator.function if isinstance(decorator, ir.Call) else decorator
        if (
            isinstance(inner, ir.Attr)
            and inner.name == "register"
            and isinstance(inner.target, ir.Name)
            and inner.target.name == target.name
        ):
            return True
    return False


def is_static(function: FunctionInfo) -> bool:
    """Tell whether a function in a class has no receiver."""
    return bool(function.decorators) and "staticmethod" in decorator_names(function)


def own_receiver(function: FunctionInfo | Closure) -> ClassInfo | None:
    """Return the class whose instance or class is the first parameter of a function."""
    if isinstance(function, Closure) or is_static(function):
        return None
    return function.owner


def is_abstract(method: FunctionInfo, function: ir.Function) -> bool:
    """Tell whether a method only describes what classes below its own do."""
    if "abstractmethod" in decorator_names(method):
        return True
    return all(
        isinstance(statement, ir.Raise)
        or (isinstance(statement, ir.Return) and _is_nothing(statement.value))
        or (isinstance(statement, ir.Evaluate) and isinstance(statement.value, ir.Const))
        for statement in function.body
    )


def _is_nothing(value: ir.Expr | None) -> bool:
    return value is None or (isinstance(value, ir.Const) and value.value is None)


def is_annotated(function: ir.Function, place: int) -> bool:
    """Tell whether a parameter has an annotation."""
    return function.parameters[place].annotation is not None


def info_of(callee: FunctionInfo | Closure) -> FunctionInfo:
    """Return the function at the top level that a function is, or stands in."""
    return callee.info if isinstance(callee, Closure) else callee


def receiver_value(callee: FunctionInfo, own: ClassInfo, value: Value) -> Value:
    """Return what a method sees of its receiver, of a class."""
    names = decorator_names(callee) if callee.decorators else set()
    if "staticmethod" in names:
        return value
    if "classmethod" in names or callee.name == "__new__":
        return Value(value.taints, target=own)
    return Value(value.taints, type=own)


def function_key(callee: FunctionInfo | Closure) -> str:
    """Return the key of a function with nothing assumed of its arguments."""
    if isinstance(callee, Closure):
        return callee.key
    return f"{callee.module.path}:{callee.qualname}:{callee.start}"
