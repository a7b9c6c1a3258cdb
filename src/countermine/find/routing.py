"""What the addresses of a web application say of the parameters that they hold."""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

from countermine.core.spans import TreePath
from countermine.flow.engine import FlowEngine
from countermine.flow.guards import is_narrow
from countermine.flow.walk import Search

_ROUTE = re.compile(r"\b(?:re_)?(?:path|url)\s*\(")
_ROUTE_CHARACTERS = 600
"""Longest address before the name of the view that it leads to."""
_HARMLESS_CONVERTER = (
    r"<(?:(?:int|float|uuid|slug|date)(?:_\w+)?(?:\([^)]*\))?|any\([^)]*\)):{0}>"
    r"|\{{{0}:(?:int|float|uuid)\}}"
)
_SEGMENT_CONVERTER = r"<(?:str(?:ing)?(?:\([^)]*\))?:)?{0}>|\{{{0}(?::str)?\}}"
_ANY_CONVERTER = r"<(?:[^<>]*:)?{0}>|\{{{0}(?::\w+)?\}}"
_SEGMENT_PATTERNS = frozenset({"[^/]+", "[^/]*", "[^/]+?"})


class Width(IntEnum):
    """How much an address takes as a parameter."""

    NARROW = 0
    """Only numbers, identifiers and the like."""
    SEGMENT = 1
    """Anything up to the next slash."""
    WIDE = 2
    """Anything, or it is not known what."""


def width(routes: Iterable[str], name: str) -> Width:
    """Return how much the addresses take as the parameter of that name."""
    found = [_width(route, name) for route in routes]
    return max((w for w in found if w is not None), default=Width.WIDE)


def _width(route: str, name: str) -> Width | None:
    group = route.find(f"(?P<{name}>")
    if group >= 0:
        return _of_pattern(_body(route[group + len(name) + 5 :]))
    escaped = re.escape(name)
    if re.search(_HARMLESS_CONVERTER.format(escaped), route):
        return Width.NARROW
    if re.search(_SEGMENT_CONVERTER.format(escaped), route):
        return Width.SEGMENT
    return Width.WIDE if re.search(_ANY_CONVERTER.format(escaped), route) else None


def _of_pattern(pattern: str) -> Width:
    if is_narrow(pattern, whole=True):
        return Width.NARROW
    return Width.SEGMENT if pattern in _SEGMENT_PATTERNS else Width.WIDE


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
