"""Remedy of costly regular expressions: the same expression, written without its many ways."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.fix.bindings import module_value
from countermine.fix.expression_pieces import is_bytes, pieces_of, write
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, misfit, sink_call
from countermine.fix.tree import innermost
from countermine.regexes.cost import Use
from countermine.regexes.linear import is_same_under, linear

_USES = {
    "match": Use.MATCH, "fullmatch": Use.FULL, "search": Use.SEARCH, "findall": Use.SEARCH,
    "finditer": Use.SEARCH, "split": Use.SEARCH, "sub": Use.SEARCH, "subn": Use.SEARCH,
}  # fmt: skip
_FLAGS_AT = {"compile": 1, "split": 3, "sub": 4, "subn": 4}
_OTHER_FLAGS = (re.I, re.M, re.S, re.I | re.M | re.S | re.U)
"""Flags that a table's expressions may be compiled with."""
_PLACED = frozenset({"match", "fullmatch", "search", "findall", "finditer"})
"""Methods that take a position to begin at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """How the target uses an expression."""

    uses: frozenset[Use]
    anywhere: bool


_UNKNOWN = _Asked(uses=frozenset(Use), anywhere=True)


def _unambiguous(site: Site, draft: Draft) -> str | NoRemedy:
    text = innermost(site.chain, cst.SimpleString)
    if text is site.node or isinstance(site.node, cst.ConcatenatedString):
        return _entry(site, draft)
    call = sink_call(site)
    if call is None:
        misfit("the expression is not written out where it is found")
    call = _compiling(site, call)
    name = (site.callee(call) or "").removeprefix("re.")
    pattern = argument(call, 0, "pattern")
    if pattern is None:
        misfit("the expression is not written out where it is found")
    pieces = pieces_of(site, pattern.value)
    flags = _flags(site, call, name) | (int(re.ASCII) if is_bytes(pieces) else 0)
    asked = _asked_of(site, call) if name == "compile" else _asked_by(name)
    new = linear("".join(one.text for one in pieces), flags, asked.uses, anywhere=asked.anywhere)
    if new is None:
        return NoRemedy(reason="no other way to write the expression matches the same at less cost")
    write(draft, pieces, new)
    return "Match the same with an expression that reads each text in one way"


def _entry(site: Site, draft: Draft) -> str | NoRemedy:
    """Rewrite one expression of a table, whatever flags it is compiled with."""
    if not isinstance(site.node, cst.SimpleString | cst.ConcatenatedString):
        misfit("the expression is not written out where it is found")
    pieces = pieces_of(site, site.node)
    text = "".join(one.text for one in pieces)
    new = linear(text, 0, {Use.MATCH}, anywhere=True)
    if new is None or not is_same_under(text, new, _OTHER_FLAGS):
        return NoRemedy(reason="no other way to write the expression matches the same at less cost")
    write(draft, pieces, new)
    return "Match the same with an expression that reads each text in one way"


def _compiling(site: Site, call: cst.Call) -> cst.Call:
    """Return the call of ``re`` that the expression is an argument of."""
    for _ in range(3):
        full = site.callee(call) or ""
        if full.removeprefix("re.") in {*_USES, "compile"} and full.startswith("re."):
            return call
        owner = call.func.value if isinstance(call.func, cst.Attribute) else None
        if isinstance(owner, cst.Name):
            owner = module_value(site, owner.value)
        if not isinstance(owner, cst.Call):
            break
        call = owner
    misfit("the expression is not written out where it is found")


def _flags(site: Site, call: cst.Call, name: str) -> int:
    given = argument(call, _FLAGS_AT.get(name, 2), "flags")
    return 0 if given is None else _flag_number(site, given.value)


def _flag_number(site: Site, node: cst.BaseExpression) -> int:
    match node:
        case cst.Integer():
            return int(node.evaluated_value)
        case cst.BinaryOperation(operator=cst.BitOr(), left=left, right=right):
            return _flag_number(site, left) | _flag_number(site, right)
        case cst.Attribute() | cst.Name():
            full = site.resolve(node) or ""
            known = getattr(re, full.removeprefix("re."), None) if full.startswith("re.") else None
            if isinstance(known, re.RegexFlag):
                return int(known)
            value = module_value(site, node.value) if isinstance(node, cst.Name) else None
            if value is not None and not isinstance(value, cst.Name):
                return _flag_number(site, value)
    misfit("the flags of the expression cannot be told")


def _asked_by(method: str) -> _Asked:
    return _Asked(uses=frozenset({_USES[method]}), anywhere=False)


def _asked_of(site: Site, call: cst.Call) -> _Asked:
    """Return how a compiled expression is used, by what is done with the name it is given."""
    statement = innermost(site.chain, cst.Assign)
    owner = site.chain[-2] if len(site.chain) > 1 else None
    if isinstance(owner, cst.Attribute) and owner.attr.value in _USES:
        return _asked_by(owner.attr.value)
    if statement is None or statement.value is not call or len(statement.targets) != 1:
        return _UNKNOWN
    target = statement.targets[0].target
    name = target.attr.value if isinstance(target, cst.Attribute) else None
    name = target.value if isinstance(target, cst.Name) else name
    if name is None:
        return _UNKNOWN
    found = [_uses_of(text, name) for _, text in sorted(site.texts.items())]
    calls = [one for uses in found if uses is not None for one in uses]
    if None in found or not calls:
        return _UNKNOWN
    uses = frozenset(_USES[method] for method, _ in calls)
    placed = any(method in _PLACED and count != 1 for method, count in calls)
    return _Asked(uses=uses, anywhere=placed)


def _uses_of(source: bytes, name: str) -> list[tuple[str, int]] | None:
    """Return the methods called of a name, with how many arguments; ``None`` if more is done."""
    if name.encode() not in source:
        return []
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    called: dict[int, tuple[str, int]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            count = len(node.args) + len(node.keywords)
            called[id(node.func)] = (node.func.attr, count)
    loaded = set(_loads(module, name))
    found: list[tuple[str, int]] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and id(node.value) in loaded:
            loaded.discard(id(node.value))
            method = called.get(id(node), ("", 0))
            if method[0] not in _USES:
                return None
            found.append(method)
    return None if loaded else found


def _loads(module: ast.Module, name: str) -> Iterator[int]:
    """Yield the places where a name or attribute is read."""
    for node in ast.walk(module):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            if name == getattr(node, "id", getattr(node, "attr", None)):
                yield id(node)


UNAMBIGUOUS: NamedRemedy = remedy("unambiguous-expression", _unambiguous)
"""Writes an expression so that each text is read in one way; the matches stay as they are."""
