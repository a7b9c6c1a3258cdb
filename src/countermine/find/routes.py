"""The routes of a web application that change something, and what stands guard before each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from countermine.core.levels import SourceLevel
from countermine.find.gatekeepers import guards_in, guards_of_class
from countermine.flow import ir
from countermine.flow.engine import FlowEngine
from countermine.flow.index import FunctionInfo, ModuleInfo

_CHANGING = frozenset({"post", "put", "patch", "delete", "require_POST"})
"""Decorators of routes that take requests which change something."""
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS = frozenset(
    {
        "post",
        "put",
        "patch",
        "delete",
        "create",
        "update",
        "partial_update",
        "destroy",
        "form_valid",
    }
)
"""Methods of classes that a framework calls for such requests."""
_READS_FORM = re.compile(rb"\.POST\b|\.method\s*==\s*['\"](?:POST|PUT|PATCH|DELETE)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A function that a framework calls for requests that change something."""

    function: FunctionInfo
    family: str
    """What it is registered with, in its file: a router by its name, or the kind of function."""
    guards: tuple[str, ...]
    """Names of what lets only some users through."""
    head: bytes
    """The decorators, as they are written."""


def changing_routes(engine: FlowEngine, module: ModuleInfo) -> Iterator[Route]:
    """Yield the routes of a module that change something, in their order."""
    for function in module.functions:
        handler = engine.handler(function)
        if handler is None or handler.level is not SourceLevel.REMOTE:
            continue
        if not _changes(function, module.text):
            continue
        guards = guards_in(engine, function)
        if function.owner is not None:
            guards |= guards_of_class(engine, function.owner)
        yield Route(
            function=function,
            family=_family(function, module.text),
            guards=tuple(sorted(guards)),
            head=b" ".join(module.text[d.start : d.end] for d in function.decorators),
        )


def _changes(function: FunctionInfo, text: bytes) -> bool:
    if function.owner is not None:
        return function.name in _METHODS
    calls = [d for d in function.decorators if isinstance(d, ir.Call)]
    named = {name for d in function.decorators if (name := _name(d))}
    if named & _CHANGING or any(_names_method(call) for call in calls):
        return True
    routed = any(isinstance(call.function, ir.Attr) for call in calls)
    return not routed and _READS_FORM.search(text, function.start, function.end) is not None


def _name(decorator: ir.Expr) -> str:
    inner = decorator.function if isinstance(decorator, ir.Call) else decorator
    return inner.name if isinstance(inner, (ir.Name, ir.Attr)) else ""


def _names_method(call: ir.Call) -> bool:
    """Tell whether a decorator names a method that changes something, in a list or by itself."""
    values = [argument.value for argument in call.arguments]
    items = [i for v in values for i in (v.items if isinstance(v, ir.Sequence) else [v])]
    texts = [i.value for i in items if isinstance(i, ir.Const) and isinstance(i.value, str)]
    return any(text.upper() in _CHANGES for text in texts)


def _family(function: FunctionInfo, text: bytes) -> str:
    if function.owner is not None:
        return "classes"
    for decorator in function.decorators:
        inner = decorator.function if isinstance(decorator, ir.Call) else decorator
        if isinstance(inner, ir.Attr) and isinstance(decorator, ir.Call):
            return text[inner.target.start : inner.target.end].decode(errors="replace")
    return "functions"
