"""Evaluating any expression: the table of kinds is filled by the modules that know them."""

from collections.abc import Callable

from countermine.flow import ir
from countermine.flow.frame import Frame
from countermine.flow.values import UNKNOWN, Value

EVALUATORS: dict[type, Callable[..., Value]] = {}
"""What evaluates which kind of expression."""


def evaluate(frame: Frame, expression: ir.Expr) -> Value:
    """Return the value of an expression."""
    if frame.charge():
        return UNKNOWN
    return EVALUATORS[type(expression)](frame, expression)
