"""Rights that are demanded on the way of a flow, told by the decorators of the functions there."""

import re
from collections.abc import Iterable

from countermine.core.findings import TraceStep
from countermine.flow import ir
from countermine.flow.callers import function_at
from countermine.flow.index import FunctionInfo, Project
from countermine.flow.values import BEHIND, Taint

_OF_ADMINISTRATORS = re.compile(
    rb"(?i:(?<![a-z])(?:admin|super_?user|sys_?admin|staff_))|\bSETTINGS\b"
    rb"|(?:change|edit|manage|write)_(?:settings|config)"
)
_CHOSEN = frozenset({"path", "archive", "url", "permissions"})
"""Kinds of what who administers a server may name: its folders, and the hosts that it asks."""
_ADDING = frozenset(
    {"route", "get", "post", "put", "patch", "delete", "register", "add_url_rule", "command",
     "group", "action", "display", "errorhandler", "before_request"}
)  # fmt: skip
"""Decorators that hang a function up under a name, and demand nothing."""


def is_theirs_to_name(
    project: Project, taint: Taint, kind: str, trace: Iterable[TraceStep]
) -> bool:
    """Tell whether only administrators get there, and name the whole of what the sink takes.

    Which folder is used, and whether a host answers, is what the settings of a server are about.
    A name that is joined to a folder was meant to stay below it, whoever gives it.
    """
    if kind not in _CHOSEN or taint.composed == BEHIND:
        return False
    return any(_demands(project, step) for step in trace)


def _demands(project: Project, step: TraceStep) -> bool:
    module = project.module(step.span.path)
    function = None if module is None else function_at(module, step.span.start_byte)
    return function is not None and any(_is_demand(function, d) for d in function.decorators)


def _is_demand(function: FunctionInfo, decorator: ir.Expr) -> bool:
    called = decorator.function if isinstance(decorator, ir.Call) else decorator
    name = called.name if isinstance(called, (ir.Attr, ir.Name)) else ""
    if name in _ADDING:
        return False
    text = function.module.text[decorator.start : decorator.end]
    return _OF_ADMINISTRATORS.search(text) is not None
