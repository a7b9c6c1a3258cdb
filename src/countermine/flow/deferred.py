"""Functions that are called later: tasks that are put into a queue."""

from dataclasses import replace

from countermine.flow import ir
from countermine.flow.frame import Arguments
from countermine.flow.values import UNKNOWN, Value

_PLAIN = frozenset({"delay", "s", "si", "send", "enqueue", "defer", "kiq", "remote"})
"""Methods of a task that take the arguments of its function as they are."""
_LISTED = frozenset({"apply_async", "send_with_options", "signature", "subtask", "apply"})
"""Methods that take them as a list and a table."""


def arguments_of(method: str, function: ir.Function, arguments: Arguments) -> Arguments | None:
    """Return what a task's function is called with later; ``None`` where nothing is known."""
    bound = bool(function.parameters) and function.parameters[0].name == "self"
    first = [UNKNOWN] if bound else []
    if method in _PLAIN:
        return Arguments(
            [*first, *arguments.positional],
            dict(arguments.keywords),
            arguments.rest,
            arguments.mapping,
        )
    if method not in _LISTED:
        return None
    listed = arguments.at(0, "args") or UNKNOWN
    mapped = arguments.at(1, "kwargs") or UNKNOWN
    rest = Value(listed.taints) if listed.taints else listed.element
    named = {k[1:-1]: v for k, v in (mapped.fields or {}).items() if k[0] == "["}
    return Arguments([*first, *(listed.items or ())], named, rest)


def behind(receiver: Value | None, arguments: Arguments, node: ir.Call) -> Arguments:
    """Return the arguments behind a receiver, as a function has them that is no method."""
    if receiver is None:
        return arguments
    return replace(
        arguments,
        positional=[receiver, *arguments.positional],
        places=[(node.start, node.end), *arguments.places],
    )
