"""Reads from a docstring of what type a parameter is, where the code itself does not say it."""

from __future__ import annotations

import builtins
import inspect
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMS = (
    re.compile(r"^\s*:param\s+(?P<type>[\w.]+)\s+(?P<name>\w+)\s*:", re.MULTILINE),
    re.compile(r"^\s*:type\s+(?P<name>\w+)\s*:\s*:?(?:class:)?[`~]*(?P<type>[\w.]+)", re.MULTILINE),
    re.compile(r"^\s*(?P<name>\w+)\s*\((?P<type>[\w.]+)(?:,[^)]*)?\)\s*:", re.MULTILINE),
    re.compile(r"^\s*(?P<name>\w+) : [`~]*(?P<type>[\w.]+)", re.MULTILINE),
)
"""Of Sphinx, twice, of Google and of NumPy."""
_WORDS = {"string": str, "integer": int, "boolean": bool, "dictionary": dict}
_PLAIN = (str, bytes, int, float, bool, list, tuple, dict, set)


def documented(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of parameters that a docstring names and that exist in the target."""
    told = [inspect.getdoc(function) or ""]
    if inspect.isclass(function):
        told.append(inspect.getdoc(function.__init__) or "")
    found: dict[str, Any] = {}
    for text in told:
        for form in _FORMS:
            for match in form.finditer(text):
                known = _resolved(match.group("type"), function)
                if known is not None:
                    found.setdefault(match.group("name"), known)
    return found


def _resolved(name: str, function: Callable[..., Any]) -> type | None:
    bare = name.rsplit(".", 1)[-1]
    plain = _WORDS.get(bare) or getattr(builtins, bare, None)
    if plain in _PLAIN:
        return plain
    of = function.__init__ if inspect.isclass(function) else function
    held = getattr(inspect.unwrap(of), "__globals__", {})
    package = str(held.get("__name__", "")).split(".")[0]
    places = [held]
    places += [
        vars(module)
        for at, module in sorted(sys.modules.items())
        if package and at.split(".")[0] == package and module is not None
    ]
    classes = (place.get(bare) for place in places)
    return next((one for one in classes if inspect.isclass(one)), None)
