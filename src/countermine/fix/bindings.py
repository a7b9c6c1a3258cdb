"""Follows a local name back to the one expression that it was given."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.site import Site
from countermine.fix.tree import descend

_TELLS = {"print", "debug", "info", "warning", "error", "log", "exception", "critical"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Where a value is made: the expression, and the name it goes by until the sink, if any."""

    expression: cst.BaseExpression
    name: str | None = None


def home(site: Site) -> cst.CSTNode:
    """Return the body in which the sink stands: of the function, or of the module."""
    return site.function.body if site.function is not None else site.tree.module


def where_built(site: Site, value: cst.BaseExpression) -> Built | NoRemedy:
    """Return the expression that makes a value.

    A name counts when the function assigns it once, before the sink, and does nothing with it
    but to print or log it.
    """
    if not isinstance(value, cst.Name):
        return Built(expression=value)
    name = value.value
    assigned = list(_bindings(home(site), name))
    if len(assigned) != 1 or not isinstance(assigned[0], cst.Assign | cst.AnnAssign):
        return NoRemedy(reason=f"{name!r} is not assigned exactly once in the function")
    expression = assigned[0].value
    if expression is None or _is_parameter(site, name):
        return NoRemedy(reason=f"{name!r} has a value from outside the function")
    problem = _changed_since(site, value, assigned[0], expression)
    return problem or Built(expression=expression, name=name)


def _changed_since(
    site: Site, value: cst.Name, assigned: cst.CSTNode, expression: cst.BaseExpression
) -> NoRemedy | None:
    """Say why the sink may not see what the expression makes now, if it may not."""
    name, behind = value.value, site.tree.range(assigned)[1]
    if behind > site.tree.range(site.node)[0]:
        return NoRemedy(reason=f"{name!r} is assigned behind its use")
    if _other_uses(site, value):
        return NoRemedy(reason=f"{name!r} is used for more than this call")
    for inner in descend(expression):
        if isinstance(inner, cst.Name) and _rebound(site, inner.value, behind):
            return NoRemedy(reason=f"{inner.value!r} changes between its use and the call")
    return None


def _is_parameter(site: Site, name: str) -> bool:
    function = site.function
    return function is not None and any(
        isinstance(node, cst.Param) and node.name.value == name
        for node in descend(function.params, into_functions=False)
    )


def _bindings(body: cst.CSTNode, name: str) -> Iterator[cst.CSTNode]:
    for node in descend(body, into_functions=False):
        match node:
            case cst.Assign(targets=targets):
                if any(_targets(target.target, name) for target in targets):
                    yield node
            case (
                cst.AnnAssign(target=target)
                | cst.AugAssign(target=target)
                | cst.For(target=target)
                | cst.NamedExpr(target=target)
                | cst.CompFor(target=target)
                | cst.WithItem(asname=cst.AsName(name=target))
                | cst.ExceptHandler(name=cst.AsName(name=target))
            ):
                if _targets(target, name):
                    yield node
            case cst.Global(names=names) | cst.Nonlocal(names=names):
                if any(item.name.value == name for item in names):
                    yield node
            case (
                cst.FunctionDef(name=cst.Name(value=value))
                | cst.ClassDef(name=cst.Name(value=value))
            ):
                if value == name:
                    yield node
            case _:
                pass


def _targets(target: cst.CSTNode, name: str) -> bool:
    return any(isinstance(node, cst.Name) and node.value == name for node in descend(target)) and (
        not isinstance(target, cst.Attribute | cst.Subscript)
    )


def _rebound(site: Site, name: str, behind: int) -> bool:
    sink = site.tree.range(site.node)[0]
    return any(behind <= site.tree.range(node)[0] < sink for node in _bindings(home(site), name))


def _other_uses(site: Site, value: cst.Name) -> bool:
    told: set[cst.CSTNode] = set()
    uses: list[cst.Name] = []
    for node in descend(home(site)):
        if isinstance(node, cst.Call) and _tells(node):
            told.update(descend(node))
        if isinstance(node, cst.Name) and node.value == value.value and node is not value:
            uses.append(node)
    reads = [use for use in uses if use not in told]
    return len(reads) > 1


def _tells(call: cst.Call) -> bool:
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return isinstance(name, cst.Name) and name.value in _TELLS


def assigned_values(site: Site, name: str) -> list[cst.BaseExpression]:
    """Return everything that the function gives a name, the last before the sink first."""
    sink = site.tree.range(site.node)[1]
    found = [
        node.value
        for node in _bindings(home(site), name)
        if isinstance(node, cst.Assign | cst.AnnAssign | cst.AugAssign | cst.NamedExpr)
        and node.value is not None
    ]
    before = [value for value in found if site.tree.range(value)[1] <= sink]
    return list(reversed(before))


def module_value(site: Site, name: str) -> cst.BaseExpression | None:
    """Return what the module gives a name, if it gives it once and no inner scope binds it."""
    if any(scope.binds(name) for scope in site.scopes[1:]):
        return None
    found = [
        node
        for node in _bindings(site.tree.module, name)
        if isinstance(node, cst.Assign | cst.AnnAssign)
    ]
    return found[0].value if len(found) == 1 else None
