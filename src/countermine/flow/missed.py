"""What was looked up, where whoever asks for what is not there is sent away.

The name of a record that was found is a name that somebody gave it, and no longer any text. What
names may hold is not known, so that it is doubted rather than harmless.
"""

import re
from collections.abc import Iterable

from countermine.flow import ir
from countermine.flow.doubt import checked
from countermine.flow.frame import Frame
from countermine.flow.nodes import inside
from countermine.flow.values import NO_FACTS, Facts

_MISSED = re.compile(
    r"(?:NotFound|DoesNotExist|NoResultFound|Http404|NotAuthorized|PermissionDenied)(?:Error)?$"
)
_OF_FILES = re.compile(r"(?:File|Module|Template|Import|Process)(?:NotFound|DoesNotExist)")
_LEAVING = frozenset({"abort", "fail", "not_found", "exit", "send_error"})


def looked_up(frame: Frame, node: ir.Try) -> Facts:
    """Return that what the calls of a body are given was found, where it must have been."""
    if not any(_sends_away(handler) for handler in node.handlers):
        return NO_FACTS
    variables = frame.state.variables
    names = sorted(set(_given(node.body)))
    return checked([variables[name] for name in names if name in variables])


def _sends_away(handler: ir.Handler) -> bool:
    """Tell whether a handler leaves where something is not there."""
    if handler.classes is None or not handler.body:
        return False
    names = [n.name for n in inside(handler.classes) if isinstance(n, (ir.Name, ir.Attr))]
    if not any(_MISSED.search(name) and not _OF_FILES.match(name) for name in names):
        return False
    last = handler.body[-1]
    if isinstance(last, ir.Evaluate) and isinstance(last.value, ir.Call):
        function = last.value.function
        return isinstance(function, (ir.Name, ir.Attr)) and function.name in _LEAVING
    return isinstance(last, (ir.Return, ir.Raise, ir.Jump))


def _given(body: list[ir.Stmt]) -> Iterable[str]:
    for node in inside(body):
        if isinstance(node, ir.Call):
            for argument in node.arguments:
                yield from (n.name for n in inside(argument.value) if isinstance(n, ir.Name))
