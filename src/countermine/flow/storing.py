"""Assignments that are dangerous: to attributes, items, and settings."""

from countermine.catalogue.schema import Form
from countermine.flow import ir, registering, sinks
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo
from countermine.flow.values import MISSING, Value


def check_store(
    frame: Frame, base: Value, name: str, text: str, arguments: Arguments, node: ir.Node
) -> None:
    """Record the flows of an assignment to an attribute (``.name``) or item (``[]``)."""
    known = frame.engine.catalogue.sinks
    names = (
        [n + name for n in frame.engine.hierarchy.names(base.type)] if base.type is not None else []
    )
    if base.type is None and base.const is MISSING:
        names = ["*" + name] if base.ref is None else [base.ref + name, "*" + name]
    if isinstance(base.type, ClassInfo) and name.startswith("."):
        # What a class of the target's own calls so is meant so, whatever the class is.
        names.append("*" + name)
    registering.by_attribute(frame, names, arguments)
    for each in names:
        for row in known.get(each, ()):
            near = not row.receivers or any(t in text.lower() for t in row.receivers)
            if row.form is Form.STORE and (near or each[0] != "*"):
                told = text + name if each == f"*{name}" and text and name[0] == "." else each
                sinks.check_assignment(frame, row, told, node, arguments)


def check_setting(frame: Frame, name: str, value: Value, node: ir.Node) -> None:
    """Record the flows of an assignment at the top level of a module or class."""
    for pattern, row in frame.engine.catalogue.set_names.get(name, ()):
        sinks.check_assignment(frame, row, pattern, node, Arguments([], {"value": value}))
