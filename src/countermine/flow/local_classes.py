"""Classes that are defined inside functions: they see the variables around them."""

from countermine.flow import ir
from countermine.flow.dispatch import evaluate, execute
from countermine.flow.frame import Frame
from countermine.flow.index import MODULE_BODY, ClassInfo
from countermine.flow.state import State
from countermine.flow.surroundings import Surroundings
from countermine.flow.values import Value


def define(frame: Frame, node: ir.DefineClass) -> None:
    """Run the body of a class, and bind its name where it stands inside a function."""
    outer = frame.state
    frame.state = State(dict(outer.variables), outer.facts)
    if frame.info.name == MODULE_BODY and not frame.scopes:
        # Classes of the top level are indexed.
        execute(frame, node.body)
        frame.state = outer
        return
    # Its methods are analysed by themselves.
    execute(frame, [one for one in node.body if not isinstance(one, ir.Define)])
    values = {
        name: value
        for name, value in frame.state.variables.items()
        if outer.variables.get(name) is not value
    }
    frame.state = outer
    owner = frame.engine.local_class(frame, node)
    if owner is not None:
        owner.values = {name: owner.values.get(name, []) for name in values}
        scopes = (frame, *frame.scopes)
        owner.around = Surroundings(scopes=scopes, bases=_bases(frame, node), values=values)
        frame.classes[node.start] = owner
    outer.variables[node.name] = Value(target=owner)


def _bases(frame: Frame, node: ir.DefineClass) -> tuple[ClassInfo | str, ...]:
    found: list[ClassInfo | str] = []
    for base in node.bases:
        value = evaluate(frame, base)
        if isinstance(value.target, ClassInfo):
            found.append(value.target)
        elif value.ref is not None:
            found.append(value.ref)
    return tuple(found)
