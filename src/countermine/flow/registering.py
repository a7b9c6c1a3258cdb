"""Functions that are handed over to a framework: by a call, or by setting an attribute."""

from collections.abc import Sequence

from countermine.catalogue.schema import Handler
from countermine.flow import conditions, ir
from countermine.flow.frame import Arguments, Frame
from countermine.flow.handlers import imports, is_called
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.values import Closure, Value


def by_call(frame: Frame, names: Sequence[str], node: ir.Call, arguments: Arguments) -> None:
    """Remember the functions that a call hands over to a framework."""
    known = frame.engine.catalogue.registrars
    rows = [row for name in names for row in known.get(name, ())]
    if not rows and isinstance(node.function, ir.Attr):
        rows = [r for r in known.get(f"*.{node.function.name}", ()) if r.imports]
    for row in rows:
        if row.function is None or not imports(frame.module, row.imports):
            continue
        value = conditions.argument_value(row.function, arguments, None)
        if value is not None:
            _hand_over(frame, row, value)


def by_attribute(frame: Frame, names: Sequence[str], arguments: Arguments) -> None:
    """Remember the function that is set as an attribute of what a framework reads."""
    value = arguments.at(0, "value")
    if value is None or not isinstance(value.target, (FunctionInfo, Closure)):
        return
    for name in names:
        for row in frame.engine.catalogue.registrars.get(name, ()):
            if imports(frame.module, row.imports):
                _hand_over(frame, row, value)


def _hand_over(frame: Frame, row: Handler, value: Value) -> None:
    """Remember a function, methods of a class, or each of a table, as called by a framework."""
    target = value.type if isinstance(value.type, ClassInfo) else value.target
    if isinstance(target, (FunctionInfo, Closure)):
        frame.engine.enter(target, row)
    elif isinstance(target, ClassInfo):
        for name in sorted(target.methods):
            if is_called(row, name):
                frame.engine.enter(target.methods[name], row)
    for inner in (*(value.items or ()), *(value.fields or {}).values()):
        if isinstance(inner.target, (FunctionInfo, Closure)):
            frame.engine.enter(inner.target, row)
