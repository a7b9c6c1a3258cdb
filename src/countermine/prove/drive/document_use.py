"""What a document must hold, by what the code does with it once it is read."""

import ast
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.prove.drive.payloads import PROBE

Document: TypeAlias = str | list["Document"] | dict[str, "Document"] | None
MAX_DEPTH = 4
_GETTERS = ("pop", "get", "setdefault")


def documents(finding: Finding, texts: Mapping[TreePath, bytes]) -> list[Document]:
    """Return documents that the function with the sink can work on; empty where it does not say."""
    text = texts.get(finding.location.path, b"")
    try:
        parsed = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    line = text.count(b"\n", 0, finding.location.start_byte) + 1
    function = _function_at(parsed, line)
    name = None if function is None else _name_given_at(function, line)
    if function is None or name is None:
        return []
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    plain = _document(name, nodes, MAX_DEPTH)
    if plain is None:
        return []
    empty: list[Document] = [[]] if isinstance(plain, list) else []
    return [plain, _without_values(plain), *empty]


def _without_values(document: Document) -> Document:
    """Return a document with nothing under its keys."""
    if isinstance(document, list):
        return [_without_values(one) for one in document]
    if isinstance(document, dict):
        return {key: _without_values(one) for key, one in document.items()}
    return None


def _function_at(parsed: ast.Module, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    found = [
        node
        for node in ast.walk(parsed)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(found, key=lambda one: one.lineno, default=None)


def _name_given_at(function: ast.FunctionDef | ast.AsyncFunctionDef, line: int) -> str | None:
    """Return the name that what is read at a line is given."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or node.lineno):
            target = node.targets[0]
            return target.id if isinstance(target, ast.Name) else None
    return None


def _document(name: str, nodes: list[ast.AST], depth: int) -> Document | None:
    """Return what a name may stand for, ``None`` where nothing is done with it that tells."""
    if depth == 0:
        return None
    names = {name, *_also(name, nodes)}
    for item in _items(names, nodes):
        inner = _document(item, nodes, depth - 1)
        return [inner if inner is not None else {PROBE: PROBE}]
    keys = dict.fromkeys(_keys(names, nodes))
    if keys:
        return {key: _behind(names, key, nodes, depth) for key in keys}
    return None


def _also(name: str, nodes: list[ast.AST]) -> Iterator[str]:
    """Yield other names for the same thing."""
    for node in nodes:
        if isinstance(node, ast.Assign) and _is(node.value, {name}):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


def _items(names: set[str], nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the names of items where one of the names is gone through."""
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension) and _is(node.iter, names):
            yield node.target.id if isinstance(node.target, ast.Name) else ""


def _keys(names: set[str], nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the keys that one of the names is read with."""
    for node in nodes:
        key = _key(node, names)
        if key is not None:
            yield key


def _key(node: ast.AST, names: set[str]) -> str | None:
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))) if (
            name in names and isinstance(node.ctx, ast.Load)
        ):
            return key
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr=attr),
            args=[ast.Constant(value=str(key)), *_],
        ) if name in names and attr in _GETTERS:
            return key
        case _:
            return None


def _behind(names: set[str], key: str, nodes: list[ast.AST], depth: int) -> Document:
    """Return what stands under a key: by the name that it is given, where it is given one."""
    for node in nodes:
        if isinstance(node, ast.Assign) and _key(node.value, names) == key:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                return _document(target.id, nodes, depth - 1) or PROBE
        if isinstance(node, ast.For) and _key(node.iter, names) == key:
            item = node.target.id if isinstance(node.target, ast.Name) else ""
            return [_document(item, nodes, depth - 1) or PROBE]
    return PROBE


def _is(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names
