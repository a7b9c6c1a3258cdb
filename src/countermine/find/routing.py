"""What the addresses of a web application say of the parameters that they hold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countermine.core.spans import TreePath
from countermine.flow import patterns
from countermine.flow.callers import Search
from countermine.flow.engine import FlowEngine
from countermine.flow.values import EVERY_KIND

_ROUTE = re.compile(
    r"\b(?:(?:re_)?(?:path|url)|add_(?:url_rule|route|api_route|get|post|view))\s*\("
)
_ROUTE_CHARACTERS = 600
"""Longest address before the name of the view that it leads to."""
_HARMLESS_CONVERTER = (
    r"<(?:(?:int|float|uuid|slug|date)(?:_\w+)?(?:\([^)]*\))?|any\([^)]*\)):{0}>"
    r"|\{{{0}:(?:int|float|uuid)\}}"
)
_SEGMENT_CONVERTER = r"<(?:str(?:ing)?(?:\([^)]*\))?:)?{0}>|\{{{0}(?::str)?\}}"
_ANY_CONVERTER = r"<(?:[^<>]*:)?{0}>|\{{{0}(?::\w+)?\}}"
_PARAMETER = re.compile(r"\(\?P<|<[\w:]+>|\{\w+")
_RULE = re.compile(r"""[(\[]\s*[uUrR]?(?P<quote>['"])(?P<address>/[^'"\n]*)(?P=quote)""")
_GIVEN = re.compile(r"\w+\s*,\s*defaults\s*=\s*\{([^{}]*)\}")
_KEY = re.compile(r"""['"](\w+)['"]\s*:""")
_SEGMENT_PATTERNS = frozenset({"[^/]+", "[^/]*", "[^/]+?"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What addresses take as a parameter."""

    harmless: frozenset[str] = frozenset()
    """Kinds for which it does no harm: numbers, identifiers and the like are taken only."""
    one_segment: bool = False
    """It ends at the next slash, so that it holds none."""


ANYTHING = Taken()
_SEGMENT = Taken(one_segment=True)
_HARMLESS = Taken(harmless=frozenset({EVERY_KIND}), one_segment=True)


def taken(routes: Iterable[str], name: str, *, complete: bool = False) -> Taken:
    """Return what all addresses together take as the parameter of that name.

    Args:
        routes: The addresses.
        name: The parameter.
        complete: Where they hold parameters at all, one that none holds is no part of them.
    """
    every = list(routes)
    found = [t for t in (_taken(route, name) for route in every) if t is not None]
    if not found:
        others = complete and any(_PARAMETER.search(route) for route in every)
        return _HARMLESS if others else ANYTHING
    some = [t for t in found if EVERY_KIND not in t.harmless]
    return Taken(
        harmless=frozenset.intersection(*(t.harmless for t in some or found)),
        one_segment=all(t.one_segment for t in found),
    )


def _taken(route: str, name: str) -> Taken | None:
    group = route.find(f"(?P<{name}>")
    if group >= 0:
        return _of_pattern(_body(route[group + len(name) + 5 :]))
    escaped = re.escape(name)
    if re.search(_HARMLESS_CONVERTER.format(escaped), route):
        return _HARMLESS
    if re.search(_SEGMENT_CONVERTER.format(escaped), route):
        return _SEGMENT
    return ANYTHING if re.search(_ANY_CONVERTER.format(escaped), route) else None


def _of_pattern(pattern: str) -> Taken:
    if pattern in _SEGMENT_PATTERNS:
        return _SEGMENT
    kinds = patterns.kinds_when_matched(pattern, 0, patterns.FULL)
    return Taken(harmless=kinds, one_segment="path" in kinds)


def _body(text: str) -> str:
    """Return what stands before the parenthesis that closes a group."""
    depth, bracket, place = 0, False, 0
    while place < len(text):
        character = text[place]
        if character == "\\":
            place += 1
        elif bracket:
            bracket = character != "]"
        elif character == "[":
            bracket = True
        elif character == "(":
            depth += 1
        elif character == ")":
            if depth == 0:
                return text[:place]
            depth -= 1
        place += 1
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An address of a table, or of a call, and the view that it leads to."""

    address: str
    given: frozenset[str]
    """Parameters that the program gives itself."""


def rules(engine: FlowEngine, search: Search, view: str) -> Sequence[Rule]:
    """Return the addresses that calls and tables of the target give a view of that name."""
    found: list[Rule] = []
    for path, offset in search(frozenset({view})).get(view, ()):
        module = engine.project.module(TreePath(path))
        if module is None or not module.counts:
            continue
        head = module.text[max(0, offset - _ROUTE_CHARACTERS) : offset].decode(errors="replace")
        rule = next((m for m in reversed([*_RULE.finditer(head)]) if _encloses(head, m)), None)
        if rule is not None:
            tail = module.text[offset : offset + _ROUTE_CHARACTERS].decode(errors="replace")
            given = _GIVEN.match(tail)
            keys = () if given is None else _KEY.findall(given[1])
            found.append(Rule(address=rule["address"], given=frozenset(keys)))
    return found


def _encloses(text: str, rule: re.Match[str]) -> bool:
    """Tell whether the bracket before an address is still open at the end of the text."""
    depth = 0
    for character in text[rule.end() :]:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return False
    return depth == 0


def named_routes(engine: FlowEngine, search: Search, view: str) -> Sequence[str]:
    """Return the addresses in files of the target that lead to the view of that name."""
    found: list[str] = []
    for path, offset in search(frozenset({view})).get(view, ()):
        module = engine.project.module(TreePath(path))
        if module is None or not module.counts:
            continue
        head = module.text[max(0, offset - _ROUTE_CHARACTERS) : offset].decode(errors="replace")
        starts = [match.end() for match in _ROUTE.finditer(head)]
        if starts:
            found.append(head[starts[-1] :])
    return found
