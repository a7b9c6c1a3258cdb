"""Reading of definitions: which one a name means, and what it takes."""

import ast
from collections.abc import Mapping

from countermine.core.entrypoints import Channel
from countermine.prove.harness import usage
from countermine.prove.regression.calls import Parameter

Function = ast.FunctionDef | ast.AsyncFunctionDef


def only(body: list[ast.stmt], name: str) -> ast.stmt | None:
    """Return the one definition of a name in a body; ``None`` if it may be another thing."""
    found = [one for one in body if isinstance(one, Function | ast.ClassDef) and one.name == name]
    return found[0] if len(found) == 1 else None


def parameters_of(function: Function) -> tuple[Parameter, ...]:
    """Return the parameters of a function, each with its annotation as it is written."""
    given = function.args
    uses = usage.shapes_in(function)
    plain = [*given.posonlyargs, *given.args]
    required = len(plain) - len(given.defaults)
    rows = [
        (
            one,
            "positional_only" if one in given.posonlyargs else "positional_or_keyword",
            at >= required,
        )
        for at, one in enumerate(plain)
    ]
    rows += [(given.vararg, "var_positional", True)] if given.vararg else []
    rows += [
        (one, "keyword_only", default is not None)
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    rows += [(given.kwarg, "var_keyword", True)] if given.kwarg else []
    return tuple(
        Parameter(
            name=one.arg,
            kind=kind,
            optional=optional,
            annotation=ast.unparse(one.annotation) if one.annotation is not None else "",
            use=uses.get(one.arg, ""),
        )
        for one, kind, optional in rows
    )


def fields_read(
    function: Function, channels: Mapping[str, Channel]
) -> tuple[tuple[Channel, str], ...]:
    """Return what is read as ``request.form["title"]``: a request cannot do without it.

    Args:
        function: A view.
        channels: Attributes of a request, and the channel that each reads; methods with their
            brackets.
    """
    found: dict[tuple[Channel, str], None] = {}
    named = {
        target.id: channel
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and (channel := _channel(node.value, channels)) is not None
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key)), ctx=ast.Load()):
                name = owner.id if isinstance(owner, ast.Name) else None
                channel = named.get(name) if name else _channel(owner, channels)
                if channel is not None:
                    found[channel, key] = None
            case _:
                pass
    return tuple(found)


def _channel(node: ast.expr, channels: Mapping[str, Channel]) -> Channel | None:
    """Return what part of a request an expression is, ``None`` for other things."""
    match node:
        case ast.Attribute(attr=attr):
            return channels.get(attr)
        case ast.Call(func=ast.Attribute(attr=attr)):
            return channels.get(f"{attr}()")
        case _:
            return None
