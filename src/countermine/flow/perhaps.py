"""Names that may be another name of one thing: ``b = a if c else []``, or ``b = a`` in one arm."""

from countermine.flow import ir, known
from countermine.flow.frame import Frame
from countermine.flow.index import ClassInfo
from countermine.flow.values import UNKNOWN, Value

_KEPT = 20
"""Pairs that are remembered in one function."""


def note_choice(frame: Frame, node: ir.Assign, value: Value) -> None:
    """Remember the variables of which what is assigned may be another name."""
    chosen = node.value
    options: list[ir.Expr] = []
    if isinstance(chosen, ir.Choice):
        options = [chosen.yes, chosen.no]
    elif isinstance(chosen, ir.Logic):
        options = chosen.operands
    for option in options:
        if isinstance(option, ir.Name):
            _note(frame, value, option.name)


def note_arms(frame: Frame, node: ir.Branch) -> None:
    """Remember the variables that became another name of a thing in some arm."""
    for body in (*(body for _, body in node.arms), node.otherwise):
        for one in body:
            if not isinstance(one, ir.Assign) or not isinstance(one.value, ir.Name):
                continue
            for target in one.targets:
                now = (
                    frame.state.variables.get(target.name) if isinstance(target, ir.Name) else None
                )
                if now is not None:
                    _note(frame, now, one.value.name)


def _note(frame: Frame, value: Value, name: str) -> None:
    source = frame.state.variables.get(name)
    if source is None or source is value or source is UNKNOWN or len(frame.either) >= _KEPT:
        return
    if source.height or known.is_mutable(source) or isinstance(source.type, ClassInfo):
        frame.either.append((value, source))
