"""What a query of a document database says: where it holds operators, and programs."""

import json
import re

from pydantic import JsonValue

from countermine.prove.drive.payloads import PROBE

Path = tuple[str, ...]
"""Keys from the top of a filter; places in lists do not count."""

METHODS = frozenset(
    {
        "aggregate", "count", "count_documents", "delete_many", "delete_one", "find", "find_one",
        "find_one_and_delete", "find_one_and_replace", "find_one_and_update", "replace_one",
        "update_many", "update_one",
    }
)  # fmt: skip
"""Methods of a collection that take a filter, or steps, first."""

_JOINING = frozenset({"$and", "$or", "$nor"})
_PROGRAMS = frozenset({"$where", "$function", "body"})
_EXPRESSIONS = frozenset({"$expr"})
_STAGES = frozenset({"$match"})
"""Source: the manual of MongoDB, query and projection operators; aggregation stages."""

_TOKENS = re.compile(
    r"""(?P<constant>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\b\d[\w.]*)"""
    r"""|(?P<word>[A-Za-z_$][\w$]*)|(?P<blank>\s+|//[^\n]*|/\*.*?\*/)|(?P<other>.)""",
    re.DOTALL,
)


def parsed(text: str) -> JsonValue:
    """Return a filter as the observer tells it, ``None`` where it is cut off."""
    try:
        found: JsonValue = json.loads(text)
    except ValueError:
        return None
    return found


def operators(query: JsonValue) -> frozenset[Path]:
    """Return where a filter, or the steps of a pipeline, has operators that decide what fits.

    A mapping below an operator of comparison is compared as it stands: there are none in it.
    """
    return frozenset(_of_query(query, ()))


def _of_query(query: JsonValue, path: Path) -> list[Path]:
    found: list[Path] = []
    if isinstance(query, list):
        for one in query:
            found += _of_query(one, path)
    elif isinstance(query, dict):
        for key, value in query.items():
            here = (*path, key)
            if not key.startswith("$"):
                found += _of_field(value, here)
                continue
            found.append(here)
            if key in _JOINING or key in _STAGES:
                found += _of_query(value, here)
    return found


def _of_field(value: JsonValue, path: Path) -> list[Path]:
    found: list[Path] = []
    for key, inner in value.items() if isinstance(value, dict) else ():
        if not key.startswith("$"):
            continue
        found.append((*path, key))
        if key == "$not":
            found += _of_field(inner, (*path, key))
        elif key == "$elemMatch":
            found += _of_query(inner, (*path, key))
    return found


def predicates(query: JsonValue, path: Path = ()) -> tuple[str, ...]:
    """Return what a filter compares with what, as texts; values of the program's own are ``?``."""
    found: list[str] = []
    for one in query if isinstance(query, list) else ():
        found += predicates(one, path)
    for key, value in query.items() if isinstance(query, dict) else ():
        here = (*path, key)
        if key in _JOINING | _STAGES:
            found += predicates(value, here)
        elif isinstance(value, dict) and value and all(one.startswith("$") for one in value):
            found += [_said(here, name, inner) for name, inner in value.items()]
        else:
            found.append(_said(here, "$eq", value))
    return tuple(found)


def _said(path: Path, operator: str, value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{'.'.join(path)} {operator} {text if PROBE in text else '?'}"


def programs(query: JsonValue) -> tuple[tuple[str, ...], ...]:
    """Return the kinds of the words of each program in a query, in the order of the query."""
    found: list[tuple[str, ...]] = []
    if isinstance(query, list):
        for one in query:
            found += programs(one)
    elif isinstance(query, dict):
        for key, value in query.items():
            if key in _PROGRAMS and isinstance(value, str):
                found.append(_kinds(value))
            elif key in _JOINING | _STAGES | _EXPRESSIONS | _PROGRAMS:
                found += programs(value)
    return tuple(found)


def _kinds(program: str) -> tuple[str, ...]:
    """Return what the words of a program are: names and signs as they stand, constants as such."""
    return tuple(
        "constant" if found.lastgroup == "constant" else found[0]
        for found in _TOKENS.finditer(program)
        if found.lastgroup != "blank"
    )
