"""Variables of the functions around a function, and of its module, that it sets."""

from countermine.flow import aliases, ir
from countermine.flow.frame import Frame, Summary
from countermine.flow.index import FunctionInfo
from countermine.flow.joining import join
from countermine.flow.state import apply_facts
from countermine.flow.substitution import Substitution
from countermine.flow.values import Closure, Scope, Value


def declare(frame: Frame, node: ir.Global) -> None:
    """Treat names as those of the functions around, or of the module."""
    for name in node.names:
        if node.nearest:
            scope = _scope_of(frame.scopes, name)
            if scope is not None:
                frame.outer.add(name)
                frame.state.variables[name] = scope.variables[name]
        elif not frame.is_top:
            frame.shared.add(name)


def note_change(frame: Frame, name: str, changed: Value) -> None:
    """Keep a change of a variable's contents, which may be one of an outer function's."""
    variables = frame.state.variables
    if name not in variables:
        if _scope_of(frame.scopes, name) is not None:
            frame.outer.add(name)
        elif not frame.is_top and changed.height and changed.type is None and changed.ref is None:
            frame.shared.add(name)
    variables[name] = changed


def _scope_of(scopes: tuple[Scope, ...], name: str) -> Scope | None:
    return next((scope for scope in scopes if name in scope.variables), None)


def changes(frame: Frame) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return what outer variables, and those of the module, are where the function ends."""
    return _changed(frame, frame.outer), _changed(frame, frame.shared)


def _changed(frame: Frame, names: set[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in sorted(names):
        scope = _scope_of(frame.scopes, name)
        before = scope.variables[name] if scope is not None else None
        if before is None and any(name not in variables for variables, _ in frame.lefts):
            before = frame.engine.global_value(frame.module, name)
        for variables, facts in frame.lefts:
            value = variables.get(name, before)
            if value is not None:
                value = apply_facts(value, facts)
                found[name] = join(found[name], value) if name in found else value
    return found


def put(
    frame: Frame, target: FunctionInfo | Closure, summary: Summary, put_back: Substitution
) -> None:
    """Set the variables that a function that was called has set."""
    if isinstance(target, Closure):
        for name, value in summary.outer.items():
            scope = _scope_of(target.scopes, name)
            if scope is not None:
                _set(frame, scope, name, put_back.value(value))
    module = target.module if isinstance(target, FunctionInfo) else target.info.module
    if module is not frame.module or frame.is_top:
        return
    for name, value in summary.shared.items():
        if name in frame.shared or name not in frame.state.variables:
            frame.shared.add(name)
            frame.state.variables[name] = put_back.value(value)


def _set(frame: Frame, scope: Scope, name: str, value: Value) -> None:
    if scope is frame:
        before = frame.state.variables[name]
        frame.state.variables[name] = value
        if before.height:
            aliases.put(frame, before, value)
        return
    if scope in frame.scopes:
        frame.outer.add(name)
        frame.state.variables[name] = value
        return
    # The function around has ended: its variable is shared by calls of unknown order.
    scope.variables[name] = join(scope.variables[name], value)
