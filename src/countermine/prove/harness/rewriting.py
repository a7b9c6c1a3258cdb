"""Compiles the target's modules with calls in the place of some attributes.

Methods of what is written in C cannot be replaced; where the target takes one, it is given what
tells before it does the same.
"""

# ruff: noqa: ANN401 - stands in for attributes of any type

from __future__ import annotations

import ast
import builtins
import importlib.machinery
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import CodeType

    from countermine.prove.harness.observer import Observer


def watch_attributes(
    root: str,
    observer: Observer,
    name: str,
    methods: Collection[str],
    attribute: Callable[[Any, str], Any],
) -> None:
    """Let the target's modules take some attributes through a function.

    Args:
        root: Of the target; other modules stay as they are.
        observer: Who notes what was replaced.
        name: By which the modules call the function.
        methods: Names of the attributes.
        attribute: Is given what has the attribute, and which it is; gives what is taken.
    """
    setattr(builtins, name, attribute)
    loader = importlib.machinery.SourceFileLoader
    original = loader.get_code

    def get_code(self: Any, fullname: Any = None) -> Any:
        path = self.get_filename(fullname)
        if not path.startswith(root):
            return original(self, fullname)
        return telling(self.get_data(path), path, name, methods)

    replace(observer, loader, "get_code", get_code)


def _told(node: object, name: str, methods: Collection[str]) -> object:
    """Return the call that stands for one of the attributes; anything else as it is."""
    if not isinstance(node, ast.Attribute) or node.attr not in methods:
        return node
    if not isinstance(node.ctx, ast.Load):
        return node
    call = ast.Call(
        func=ast.Name(id=name, ctx=ast.Load()),
        args=[node.value, ast.Constant(value=node.attr)],
        keywords=[],
    )
    return ast.copy_location(call, node)


def telling(source: bytes, path: str, name: str, methods: Collection[str]) -> CodeType:
    """Return the code of a module with a call in the place of some attributes.

    Args:
        source: Of the module.
        path: Of its file.
        name: The function that is called: what has the attribute, and which it is, go in.
        methods: Names of the attributes.
    """
    tree = ast.parse(source, path)
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        kind = type(node).__name__
        if kind.startswith("Match") and kind != "Match":
            continue  # no call may stand in a pattern
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [_told(one, name, methods) for one in value]
            elif isinstance(value, ast.AST):
                setattr(node, field, _told(value, name, methods))
        left += ast.iter_child_nodes(node)
    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
