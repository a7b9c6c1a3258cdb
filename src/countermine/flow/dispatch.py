"""Evaluating any expression and running any statement: modules that know them fill the tables."""

from collections.abc import Callable

from countermine.flow import ir
from countermine.flow.frame import Arguments, Frame
from countermine.flow.values import UNKNOWN, Value

EVALUATORS: dict[type, Callable[..., Value]] = {}
"""What evaluates which kind of expression."""


EXECUTORS: dict[type, Callable[..., None]] = {}
"""What runs which kind of statement."""


def execute(frame: Frame, body: list[ir.Stmt]) -> None:
    """Run statements until one of them ends the path."""
    for statement in body:
        if frame.state.dead:
            return
        # What counts a step, written out: nothing else is done as often.
        frame.steps += 1
        if (frame.exhausted or frame.steps > frame.limit) and frame.is_spent():
            return
        EXECUTORS[type(statement)](frame, statement)


def evaluate(frame: Frame, expression: ir.Expr) -> Value:
    """Return the value of an expression."""
    frame.steps += 1
    if (frame.exhausted or frame.steps > frame.limit) and frame.is_spent():
        return UNKNOWN
    return EVALUATORS[type(expression)](frame, expression)


CALLS: list[Callable[[Frame, ir.Call, Value, Arguments], tuple[Value, Value | None]]] = []
"""What makes a call: one function, of the module that knows all kinds of them."""


def invoke(frame: Frame, node: ir.Call, callee: Value, arguments: Arguments) -> Value:
    """Return the result of a call of any value."""
    return CALLS[0](frame, node, callee, arguments)[0]


MADE: dict[str, Callable[[Frame, ir.Call, Value, Arguments], Value]] = {}
"""What calling something gives that a library made, by the name of such things."""
MODELS: dict[str, Callable[[Frame, ir.Call, Arguments], Value | None]] = {}
"""What library functions give that need the state at hand; ``None`` where they do not know."""
