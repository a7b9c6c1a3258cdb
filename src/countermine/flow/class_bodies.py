"""What the body of a class assigns: its expressions see the names that stand above them there."""

import re
from functools import reduce

from countermine.flow import known
from countermine.flow.bounds import VALUES_JOINED
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Engine, Frame
from countermine.flow.index import ClassInfo, Project, ValueRange
from countermine.flow.joining import join
from countermine.flow.values import UNKNOWN, Value

_NAME = re.compile(rb"(?<![\w.])[A-Za-z_]\w*")


def assigned(frame: Frame | None, project: Project, owner: ClassInfo, name: str) -> Value:
    """Return what a name of a class is.

    Args:
        frame: In which expressions are what they are at the top level of the module.
        project: Whose class it is.
        owner: A class whose body assigns the name.
        name: One of its values.
    """
    if frame is None:
        return UNKNOWN
    found: list[Value] = []
    for place in owner.values[name][:VALUES_JOINED]:
        expression = project.value(owner.module, place.start, place.end) if place.whole else None
        if expression is None:
            found.append(UNKNOWN)
            continue
        frame.state.variables = _above(frame.engine, owner, name, place)
        found.append(known.forgotten(evaluate(frame, expression)))
    return reduce(join, found) if found else UNKNOWN


def _above(engine: Engine, owner: ClassInfo, name: str, place: ValueRange) -> dict[str, Value]:
    """Return the names of the class that an expression in its body mentions."""
    text = owner.module.text[place.start : place.end]
    mentioned = {word.decode() for word in _NAME.findall(text)} & owner.values.keys()
    found: dict[str, Value] = {}
    for other in sorted(mentioned - {name}):
        if owner.values[other][0].start < place.start:
            value = engine.class_value(owner, other)
            if value is not None:
                found[other] = value
    return found
