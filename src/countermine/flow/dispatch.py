"""Evaluating any expression and running any statement: modules that know them fill the tables."""

from collections.abc import Callable

from countermine.flow import ir
from countermine.flow.frame import Frame
from countermine.flow.values import UNKNOWN, Value

EVALUATORS: dict[type, Callable[..., Value]] = {}
"""What evaluates which kind of expression."""


EXECUTORS: dict[type, Callable[..., None]] = {}
"""What runs which kind of statement."""


def execute(frame: Frame, body: list[ir.Stmt]) -> None:
    """Run statements until one of them ends the path."""
    for statement in body:
        if frame.state.dead or frame.charge():
            return
        EXECUTORS[type(statement)](frame, statement)


def evaluate(frame: Frame, expression: ir.Expr) -> Value:
    """Return the value of an expression."""
    if frame.charge():
        return UNKNOWN
    return EVALUATORS[type(expression)](frame, expression)
