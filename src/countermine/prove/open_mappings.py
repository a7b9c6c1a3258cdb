"""Mappings whose keys the program does not choose: whoever does sets any of their values.

See docs/decisions/0047-every-way-in.md.
"""

import ast
from collections.abc import Collection, Iterable


def open_mapping(text: bytes, functions: Collection[str]) -> str | None:
    """Return a value that a function reads by name out of such a mapping; ``None`` for none.

    Args:
        text: The file.
        functions: Qualified names of those that are looked at, each by itself.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    names = {one.rpartition(".")[2] for one in functions}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names:
            read = _read(list(ast.walk(node)))
            if read is not None:
                return read
    return None


def _read(nodes: list[ast.AST]) -> str | None:
    filled = _filled(nodes)
    for node in nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            holder, key = node.value, node.slice
        elif _is_get(node):
            holder, key = node.func.value, node.args[0]  # type: ignore[attr-defined]  # is a call
        else:
            continue
        if isinstance(holder, ast.Name) and holder.id in filled and _is_text(key):
            return f"{holder.id}[{ast.unparse(key)}]"
    return None


def _filled(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the variables that something is put into under a key that is computed."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and not isinstance(node.slice, ast.Constant):
                found.add(node.value.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = node.func.value
            if node.func.attr == "update" and isinstance(holder, ast.Name):
                found.add(holder.id)
    return found


def _is_get(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
    return bool(called) and node.func.attr in {"get", "pop", "setdefault"}  # type: ignore[attr-defined]  # is a call


def _is_text(key: ast.AST) -> bool:
    return isinstance(key, ast.Constant) and isinstance(key.value, str)
