"""What a function looks for in a text before it reads on: signs that an attack has to stand behind.

A parser of headers reads nothing where there is no semicolon, one of addresses nothing without a
colon and two slashes. Such signs stand in its code as constants.
"""

import ast
from collections.abc import Iterator, Mapping

from countermine.core.entrypoints import EntryPoint
from countermine.core.spans import TreePath

MOST_SIGNS = 3
_LONGEST = 4
"""Characters: what is longer is a word of the format, not a sign between its parts."""
_CUTS = frozenset({"split", "rsplit", "partition", "rpartition", "find", "index", "startswith"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def separators(entry: EntryPoint | None, texts: Mapping[TreePath, bytes]) -> tuple[str, ...]:
    """Return the signs at which an entry point cuts its value, or without which it stops.

    Args:
        entry: A function or method with a parameter that is the value.
        texts: Files of the target.
    """
    if entry is None or entry.key is None:
        return ()
    function = _function_of(texts.get(entry.path, b""), entry.qualname)
    if function is None:
        return ()
    found = dict.fromkeys(_signs(function, entry.key))
    return tuple(one for one in found if one.strip() and len(one) <= _LONGEST)[:MOST_SIGNS]


def is_made_inside(source: bytes, qualname: str) -> bool:
    """Tell whether a function is made when another one is called: it has no name to call it by."""
    return any(isinstance(one, Function) for one in _ways(source, qualname)[:-1])


def _function_of(source: bytes, qualname: str) -> Function | None:
    ways = _ways(source, qualname)
    last = ways[-1] if ways else None
    return last if isinstance(last, Function) else None


def _ways(source: bytes, qualname: str) -> list[ast.AST]:
    """Return the definitions that a qualified name leads through; empty where there are none."""
    try:
        found: ast.AST = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    ways: list[ast.AST] = []
    for part in qualname.replace("<locals>.", "").split("."):
        named = [one for one in getattr(found, "body", []) if getattr(one, "name", None) == part]
        if not named:
            return []
        found = named[-1]
        ways.append(found)
    return ways


def _signs(function: Function, name: str) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            if _is(node.comparators[0], name):
                yield from _text(node.left)
        elif isinstance(node, ast.Call) and _cuts(node, name):
            yield from _text(node.args[0])


def _cuts(call: ast.Call, name: str) -> bool:
    method = call.func if isinstance(call.func, ast.Attribute) else None
    return (
        method is not None and method.attr in _CUTS and _is(method.value, name) and call.args != []
    )


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _text(node: ast.expr) -> Iterator[str]:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bytes):
        yield value.decode("latin-1")
    elif isinstance(value, str):
        yield value
