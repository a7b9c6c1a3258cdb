"""How the code uses a regular expression: by which methods, and what it asks of the match."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from countermine.regexes.cost import Use

METHODS = {
    "match": Use.MATCH, "fullmatch": Use.FULL, "search": Use.SEARCH, "findall": Use.SEARCH,
    "finditer": Use.SEARCH, "split": Use.SEARCH, "sub": Use.SEARCH, "subn": Use.SEARCH,
}  # fmt: skip
_PLACED = frozenset({"match", "fullmatch", "search", "findall", "finditer"})
"""Methods of a compiled expression that take a position to begin at."""
_TESTED = frozenset({"match", "fullmatch", "search"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchUse:
    """One call of a method."""

    method: str
    placed: bool
    """Whether a position may be given."""
    groups: bool
    """Whether someone may look at the groups."""


def use_at(source: bytes, offset: int) -> MatchUse | None:
    """Return what a call of ``re`` at an offset of UTF-8 source asks, ``None`` if unknown."""
    module = _parsed(source)
    if module is None:
        return None
    before = source[:offset]
    line, column = before.count(b"\n") + 1, offset - before.rfind(b"\n") - 1
    parents = _parents(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset) == (line, column):
            use = _use(node, parents, first=1)
            if use is not None:
                return use
    return None


def uses_of(source: bytes, name: str) -> list[MatchUse] | None:
    """Return what is asked of a compiled expression; ``None`` if more is done with its name."""
    if name.encode() not in source:
        return []
    module = _parsed(source)
    if module is None:
        return None
    parents = _parents(module)
    found: list[MatchUse] = []
    for node in _loads(module, name):
        method = parents.get(node)
        call = None if method is None else parents.get(method)
        if not (isinstance(method, ast.Attribute) and isinstance(call, ast.Call)):
            return None
        use = _use(call, parents, first=0) if call.func is method else None
        if use is None:
            return None
        found.append(use)
    return found


def _parsed(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _parents(module: ast.Module) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}


def _loads(module: ast.Module, name: str) -> Iterator[ast.AST]:
    """Yield the places where a name or attribute is read, and imports by which it goes on."""
    for node in ast.walk(module):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            if name == getattr(node, "id", getattr(node, "attr", None)):
                yield node
        elif isinstance(node, ast.Constant) and node.value == name:
            yield node


def _use(call: ast.Call, parents: dict[ast.AST, ast.AST], *, first: int) -> MatchUse | None:
    """Return what a call asks; ``first`` is the position of its first argument but the pattern."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in METHODS:
        return None
    placed = not first and method in _PLACED and len(call.args) + len(call.keywords) != 1
    groups = True
    if method in _TESTED:
        groups = not _is_tested(call, parents)
    elif method in {"sub", "subn"} and len(call.args) > first:
        put = call.args[first]
        plain = isinstance(put, ast.Constant) and isinstance(put.value, str | bytes)
        groups = not plain or "\\" in repr(getattr(put, "value", ""))
    return MatchUse(method=method, placed=placed, groups=groups)


def _is_tested(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether nothing is done with a value but to ask whether it is true or ``None``."""
    outer = parents.get(node)
    tested = False
    match outer:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            tested = True
        case ast.UnaryOp(op=ast.Not()) | ast.Call(func=ast.Name(id="bool")):
            tested = True
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            tested = test is node
        case ast.Assert(test=test):
            tested = test is node
        case ast.comprehension(ifs=ifs):
            tested = node in ifs
        case ast.BoolOp():
            tested = _is_tested(outer, parents)
        case _:
            pass
    return tested
