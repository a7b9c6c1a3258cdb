"""Comparisons of texts: told with what is compared, and how the code calls it.

An interpreter tells nobody that ``==`` ran. In the one file that holds the comparison in question
each ``==``, ``!=``, ``in`` and ``not in`` is therefore compiled to a call that tells of it and
answers the same.
"""

# ruff: noqa: ANN401 - stands in for comparisons of any type

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import operator
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

NAME = "__countermine_compare__"
CONSTANT = "a constant"
"""How a side is called that is written out in the source."""

_COLLECTIONS = (list, tuple, set, frozenset, dict)
_SIGNS = {ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in"}
_ANSWERS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "in": lambda one, other: one in other,
    "not in": lambda one, other: one not in other,
}


def _called(node: ast.AST) -> str:
    """Return how the code calls a value: its variable, attribute, key or method."""
    if isinstance(node, ast.Constant):
        return CONSTANT
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        plain = all(isinstance(one, ast.Constant) for one in node.elts)
        return CONSTANT if plain else ""
    if isinstance(node, ast.Subscript):
        # Before Python 3.9 the key stands in a node of its own.
        key = getattr(node.slice, "value", "")
        key = getattr(key, "value", key)
        return key if isinstance(key, str) else ""
    if isinstance(node, ast.Call):
        named = _called(node.func)
        first = node.args[0] if named == "get" and node.args else None
        key = getattr(first, "value", named)
        return key if isinstance(key, str) else named
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _told(node: object) -> object:
    """Return the call that stands for a comparison of two values; anything else as it is."""
    sign = _SIGNS.get(type(node.ops[0])) if isinstance(node, ast.Compare) else None
    if not isinstance(node, ast.Compare) or sign is None or len(node.ops) > 1:
        return node
    sides = [node.left, node.comparators[0]]
    words = [ast.Constant(value=word) for word in (sign, *map(_called, sides))]
    name = ast.Name(id=NAME, ctx=ast.Load())
    return ast.copy_location(ast.Call(func=name, args=[*words, *sides], keywords=[]), node)


def telling(source: bytes, path: str) -> CodeType:
    """Return the code of a module whose comparisons tell of themselves."""
    tree = ast.parse(source, path)
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = map(_told, value)
            elif isinstance(value, ast.AST):
                setattr(node, field, _told(value))
        left += ast.iter_child_nodes(node)
    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)


def _texts(value: object) -> list[str]:
    """Return a text, or those in a collection."""
    if isinstance(value, (str, bytes, bytearray)):
        return [text(value)]
    if isinstance(value, _COLLECTIONS):
        return [text(one) for one in list(value)[:20] if isinstance(one, (str, bytes))]
    return []


def _facts(left: object, right: object) -> dict[str, str] | None:
    """Return what two sides are, ``None`` where one of them is no text with something in it."""
    sides = _texts(left), _texts(right)
    if not any(sides[0]) or not any(sides[1]):
        return None
    facts = {"left": sides[0][0], "right": next(filter(None, sides[1]))}
    for side, given in (("left", left), ("right", right)):
        if isinstance(given, (bytes, bytearray)):
            # A digest is no text: what is not UTF-8 in it could not be handed in as one.
            facts[f"{side}_data"] = given[:MAX_DATA].hex()
    return facts


def _unlike(left: object, right: object) -> bool:
    """Tell whether a text is compared with bytes, which ends at once and says nothing."""
    kinds = (bytes, bytearray)
    one = isinstance(left, str) and isinstance(right, kinds)
    return one or (isinstance(right, str) and isinstance(left, kinds))


class Unlike:
    """Remembers that what was handed in as a text was compared with bytes."""

    seen = False


MAX_DATA = 4000
"""Bytes of a side that are told; the longest digests have 64."""


def watch(path: str | None, observer: Observer) -> None:
    """Let the comparisons of one file of the target tell of themselves; of none without a path."""
    if path is None:
        return

    def compare(sign: str, left_name: str, right_name: str, left: Any, right: Any) -> Any:
        unlike = sign in {"==", "!="} and _unlike(left, right)
        Unlike.seen = Unlike.seen or unlike
        facts = None if unlike else _facts(left, right)
        if facts is not None:
            names = {"left_name": left_name, "right_name": right_name}
            observer.observe("compare", {"operator": sign, **names, **facts})
        return _ANSWERS[sign](left, right)

    setattr(builtins, NAME, compare)
    loader = importlib.machinery.SourceFileLoader
    original = loader.get_code
    wanted = os.path.realpath(path)

    def get_code(self: Any, fullname: Any = None) -> Any:
        found = self.get_filename(fullname)
        if os.path.realpath(found) != wanted:
            return original(self, fullname)
        return telling(self.get_data(found), found)

    replace(observer, loader, "get_code", get_code)


def constant_time(module: ModuleType, observer: Observer) -> None:
    """Report comparisons that take the same time for every guess."""
    original = module.compare_digest
    if getattr(original, "countermine", False):
        return  # taken over from the module that has it

    def compare_digest(*args: Any, **kwargs: Any) -> Any:
        unlike = len(args) > 1 and _unlike(args[0], args[1])
        Unlike.seen = Unlike.seen or unlike
        facts = _facts(args[0], args[1]) if len(args) > 1 and not unlike else None
        observer.observe("compare-digest", facts or {})
        return original(*args, **kwargs)

    compare_digest.countermine = True  # type: ignore[attr-defined]  # to know it again
    replace(observer, module, "compare_digest", compare_digest)
