"""What a test of its class says of a variable, within the branch that the test leads to."""

from functools import reduce

from countermine.flow import ir
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Frame
from countermine.flow.index import ClassInfo
from countermine.flow.joining import alternatives, join
from countermine.flow.values import Value, altered

Narrowed = list[tuple[str, Value, Value]]
"""Variables, each with what it was before and what it is within the branch."""


def enter(frame: Frame, test: ir.Expr) -> Narrowed:
    """Set the variables of which a test tells the class; return what to put back."""
    found: Narrowed = []
    for call in _calls(test):
        first, second = (argument.value for argument in call.arguments)
        before = frame.state.variables.get(first.name) if isinstance(first, ir.Name) else None
        of = evaluate(frame, second).target
        if before is None or not isinstance(first, ir.Name) or not isinstance(of, ClassInfo):
            continue
        after = _narrowed(frame, before, of)
        if after is not None:
            frame.state.variables[first.name] = after
            found.append((first.name, before, after))
    return found


def leave(frame: Frame, narrowed: Narrowed) -> None:
    """Put back what was known before, where nothing else was assigned."""
    for name, before, after in reversed(narrowed):
        if frame.state.variables.get(name) is after:
            frame.state.variables[name] = before


def _calls(test: ir.Expr) -> list[ir.Call]:
    """Return the tests of a class that hold where the whole test does."""
    if isinstance(test, ir.Logic) and test.conjunction:
        return [call for operand in test.operands for call in _calls(operand)]
    if not isinstance(test, ir.Call) or not isinstance(test.function, ir.Name):
        return []
    return [test] if test.function.name == "isinstance" and len(test.arguments) == 2 else []  # noqa: PLR2004 - value and class


def _narrowed(frame: Frame, value: Value, of: ClassInfo) -> Value | None:
    """Return what a value is if it is of a class; ``None`` where that is nothing new."""
    kept = [one for one in alternatives(value) if _may_be(frame, one, of)]
    if value.others and kept:
        return reduce(join, kept)
    if value.type is not None or value.target is not None or value.height or value.text:
        return None
    return altered(value, type=of, ref=None, receiver=None)


def _may_be(frame: Frame, value: Value, of: ClassInfo) -> bool:
    return isinstance(value.type, ClassInfo) and of in frame.engine.hierarchy.line(value.type)
