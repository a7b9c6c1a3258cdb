"""What is asked of a directory: filters of RFC 4515 and names of RFC 4514, read whole."""

import re
from functools import lru_cache

from countermine.prove.drive.payloads import PROBE

Shape = tuple[object, ...]
"""Kinds of what a filter or name is made of, one inside another; constants are left out."""

_ITEM = re.compile(
    r"(?P<attribute>[\w.;-]*(?::dn)?(?::[\w.-]+)?)\s*(?P<sign>=|~=|>=|<=|:=)"
    r"(?P<value>(?:[^()\\\0]|\\[0-9a-fA-F]{2})*)"
)
_SIGNS = "&|!"
_BLANK = re.compile(r"\s*")
_PLAIN = re.compile(r"[^*]+")
_PART = re.compile(
    r"\s*(?P<type>[A-Za-z][\w.-]*|[\d.]+)\s*=\s*"
    r'(?P<value>"(?:[^"\\]|\\.)*"|(?:[^,+;"\\<>]|\\.)*)(?P<end>[,;+]|$)',
    re.DOTALL,
)


class _UnreadableError(ValueError):
    """What is read is no filter."""


@lru_cache(maxsize=512)
def shape_of_filter(text: str) -> Shape | None:
    """Return the shape of a filter, ``None`` where it is none. Source: RFC 4515, section 3."""
    try:
        found = _read(text)
    except (_UnreadableError, RecursionError):
        return None
    return _shape(found)


_Read = tuple[str, list["_Read"], str]
"""Sign or attribute with its sign, what is inside, and the value of an item."""


def _read(text: str) -> _Read:
    found, end = _filter(text, _blank(text, 0)) if "(" in text else _item(text, 0)
    if _blank(text, end) != len(text):
        raise _UnreadableError(text)
    return found


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _filter(text: str, at: int) -> tuple[_Read, int]:
    if text[at : at + 1] != "(":
        raise _UnreadableError(text)
    at = _blank(text, at + 1)
    sign = text[at : at + 1]
    if sign not in _SIGNS or not sign:
        found, at = _item(text, at)
    else:
        inside: list[_Read] = []
        at = _blank(text, at + 1)
        while text[at : at + 1] == "(":
            one, at = _filter(text, at)
            inside.append(one)
            at = _blank(text, at)
        found = (sign, inside, "")
    if text[at : at + 1] != ")" or (sign == "!" and len(found[1]) != 1):
        raise _UnreadableError(text)
    return found, at + 1


def _item(text: str, at: int) -> tuple[_Read, int]:
    found = _ITEM.match(text, at)
    if found is None:
        raise _UnreadableError(text)
    return (found["attribute"].lower() + found["sign"], [], found["value"]), found.end()


def _shape(read: _Read) -> Shape:
    kind, inside, value = read
    if kind in _SIGNS:
        return (kind, *map(_shape, inside))
    # Each star stands for anything: where there are any is part of the shape.
    return (kind, _PLAIN.sub("x", value))


@lru_cache(maxsize=512)
def shape_of_name(text: str) -> Shape | None:
    """Return the types of the parts of a name, ``None`` where it is none. Source: RFC 4514."""
    found: list[object] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        found += [part["type"].lower(), part["end"]]
        at = part.end()
        if part["end"] and at == len(text):
            return None
    return tuple(found)


def predicates(text: str) -> tuple[str, ...]:
    """Return what a filter compares with what; values of the program's own are ``?``."""
    try:
        return tuple(_said(_read(text), ""))
    except (_UnreadableError, RecursionError):
        return ()


def _said(read: _Read, path: str) -> list[str]:
    kind, inside, value = read
    if kind in _SIGNS:
        return [text for one in inside for text in _said(one, path + kind)]
    return [f"{path}{kind}{value if PROBE in value else '?'}"]
