"""Which function matches with an expression that stands at the top level, where no way in is known.

An expression in a table, a constant or an attribute of a class is compiled when the module is
loaded; who reads the name it goes by hands it the text.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.prove.drive.constant_text import name_of

_ROUNDS = 3
"""Constants that are made of constants are followed so far."""
_TEXTS = (
    "text", "string", "line", "value", "content", "data", "source", "code", "s", "buf", "header",
    "sql", "html", "url", "name", "token", "word",
)  # fmt: skip
"""Names of parameters that are texts, the likeliest first."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    qualname: str
    function: _Function
    calls: bool
    """Whether it calls what it reads, or something of it."""


def reader(finding: Finding, texts: Mapping[TreePath, bytes]) -> EntryPoint | None:
    """Return the function that matches with an expression, of its own file first.

    Args:
        finding: The expression, which stands outside of functions.
        texts: Files in which to look.
    """
    path = finding.location.path
    module = _parsed(texts.get(path, b""))
    if module is None:
        return None
    names = _names(module, texts[path], finding)
    if not names:
        return None
    for other in (path, *(one for one in sorted(texts) if one != path)):
        tree = module if other == path else _parsed(texts[other])
        if tree is None or not (other == path or _imports(tree, names)):
            continue
        for one in _readers(tree, names):
            key = _matched(one.function, names) or _parameter(one.function)
            if key is not None:
                kind = EntryKind.METHOD if "." in one.qualname else EntryKind.FUNCTION
                return EntryPoint(
                    kind=kind, path=other, qualname=one.qualname, channel=Channel.PARAMETER, key=key
                )
    return None


def with_text(entry: EntryPoint, texts: Mapping[TreePath, bytes]) -> EntryPoint:
    """Return an entry point with the parameter that is called a text, where there is one.

    What is put together out of several parameters before it is matched comes in by each of them,
    and only one of them may be long, or hold any sign.
    """
    if entry.channel is not Channel.PARAMETER or entry.key is None or entry.key in _TEXTS:
        return entry
    module = _parsed(texts.get(entry.path, b""))
    for qualname, function in () if module is None else _functions(module):
        if qualname == entry.qualname:
            key = _parameter(function)
            return replace(entry, key=key) if key in _TEXTS[:2] else entry
    return entry


def _parsed(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _names(module: ast.Module, source: bytes, finding: Finding) -> frozenset[str]:
    """Return the names that the expression goes by, by itself or as a part of others."""
    start = source[: finding.location.start_byte].count(b"\n") + 1
    given = list(_assignments(module))
    found = {
        name for name, value in given if value.lineno <= start <= (value.end_lineno or value.lineno)
    }
    for _ in range(_ROUNDS):
        found |= {name for name, value in given if _loaded(value) & found}
    return frozenset(found)


def _assignments(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield what names of the module, and attributes of its classes, are given."""
    bodies = [module.body, *(one.body for one in module.body if isinstance(one, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((name_of(one), node.value) for one in targets if name_of(one))


def _loaded(node: ast.AST) -> set[str]:
    """Return the names and attributes that are read in a piece of code."""
    reads = (one for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute))
    return {name_of(one) for one in reads if isinstance(one.ctx, ast.Load)}


def _imports(module: ast.Module, names: frozenset[str]) -> bool:
    """Tell whether a module imports one of the names, or reads it of another module."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and any(one.name in names for one in node.names):
            return True
        if isinstance(node, ast.Attribute) and node.attr in names:
            return True
    return False


def _readers(module: ast.Module, names: frozenset[str]) -> list[_Reader]:
    """Return functions that read one of the names, public ones that call it first."""
    found = [
        _Reader(qualname=qualname, function=function, calls=_calls(function, names))
        for qualname, function in _functions(module)
        if _loaded(function) & names
    ]
    return sorted(found, key=lambda one: (not one.calls, _is_private(one.qualname)))


def _functions(module: ast.Module) -> Iterator[tuple[str, _Function]]:
    for node in module.body:
        if isinstance(node, _Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _Function):
                    yield f"{node.name}.{inner.name}", inner


def _calls(function: _Function, names: frozenset[str]) -> bool:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(_loaded(one) & names for one in calls)


def _is_private(qualname: str) -> bool:
    return any(part.startswith("_") for part in qualname.split("."))


def _matched(function: _Function, names: frozenset[str]) -> str | None:
    """Return the parameter that is matched, or out of which the matched text is taken by a key."""
    given = {one.arg for one in (*function.args.posonlyargs, *function.args.args)} - {"self", "cls"}
    taken = {
        name_of(node.targets[0]): holder
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and (holder := _holder(node.value)) in given
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args and _loaded(node.func) & names:
            name = name_of(node.args[0])
            found = _holder(node.args[0]) or taken.get(name, name)
            if found in given:
                return found
    return None


def _holder(node: ast.expr) -> str | None:
    """Return the name of what an expression takes a value out of, by a key."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, *_]):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str())):
            return name
        case _:
            return None


def _parameter(function: _Function) -> str | None:
    """Return the parameter that is most likely the text, ``None`` where there is none."""
    arguments = function.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names = [name for name in names if name not in {"self", "cls"}]
    likely = [name for word in _TEXTS for name in names if name.lower() == word]
    return next(iter((*likely, *names)), None)
