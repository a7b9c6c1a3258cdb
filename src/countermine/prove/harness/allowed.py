"""Which texts a function allows a parameter to be, where it refuses any other."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_TEXTS = 4
_COLLECTIONS = (dict, list, tuple, set, frozenset)


class _Names(NamedTuple):
    """What the names of a function stand for."""

    known: dict[str, Any]
    """Those of its module."""
    receiver: str
    owner: object | None
    """The class that the receiver is an object of."""


def allowed(
    function: Callable[..., Any], definition: ast.FunctionDef | ast.AsyncFunctionDef
) -> dict[str, list[str]]:
    """Return, by parameter, the first texts that it may be; none where any will do.

    Collections are read as they are once the module is loaded; nothing of the target is called.
    """
    names = _names(function, definition)
    found: dict[str, list[str]] = {}
    for node in ast.walk(definition):
        for name, collection in _asked(node):
            texts = _texts(collection, names)
            if texts and name not in found:
                found[name] = texts[:MAX_TEXTS]
    return found


def _names(
    function: Callable[..., Any], definition: ast.FunctionDef | ast.AsyncFunctionDef
) -> _Names:
    plain: Any = inspect.unwrap(function.__init__ if inspect.isclass(function) else function)
    known = getattr(plain, "__globals__", {})
    owner: object | None = function if inspect.isclass(function) else None
    if owner is None:
        *path, _ = getattr(plain, "__qualname__", "").split(".")
        owner = _below(known.get(path[0]), path[1:]) if path else None
    given = definition.args.args
    return _Names(known, given[0].arg if given else "", owner)


def _asked(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that a statement wants to be in a collection, or fails."""
    if isinstance(node, ast.If):
        if _raises(node.body):
            yield from _compared(node.test, ast.NotIn)
        if _raises(node.orelse):
            yield from _compared(node.test, ast.In)
    elif isinstance(node, ast.Assert):
        yield from _compared(node.test, ast.In)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        key: Any = node.slice
        key = key.value if type(key).__name__ == "Index" else key  # before 3.9
        if isinstance(key, ast.Name):
            yield key.id, node.value


def _raises(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Raise)


def _compared(test: ast.AST, operator: type[ast.cmpop]) -> Iterator[tuple[str, ast.AST]]:
    joined = ast.Or if operator is ast.NotIn else ast.And
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, joined) else [test]
    for part in parts:
        if (
            isinstance(part, ast.Compare)
            and isinstance(part.left, ast.Name)
            and len(part.ops) == 1
            and isinstance(part.ops[0], operator)
        ):
            yield part.left.id, part.comparators[0]


def _texts(node: ast.AST, names: _Names) -> list[str]:
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        constants = (one.value for one in node.elts if isinstance(one, ast.Constant))
        return [one for one in constants if isinstance(one, str)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _texts(node.func.value, names) if node.func.attr == "keys" else []
    value = _value(node, names)
    if type(value) not in _COLLECTIONS:
        return []
    texts = [one for one in value if type(one) is str]  # type: ignore[attr-defined]  # a collection
    return sorted(texts) if isinstance(value, (set, frozenset)) else texts


def _value(node: ast.AST, names: _Names) -> object:
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    start = names.owner if path and node.id == names.receiver else names.known.get(node.id)
    return _below(start, path)


def _below(start: object, path: list[str]) -> object:
    """Return what a path of attributes leads to, without running anything."""
    for name in path:
        try:
            start = inspect.getattr_static(start, name)
        except AttributeError:
            return None
    return start
