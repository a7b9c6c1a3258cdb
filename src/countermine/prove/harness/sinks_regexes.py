"""Matches of regular expressions: which expression reads which text.

The methods of compiled expressions cannot be replaced. Where matches are what is looked at, the
target's modules are compiled with a call in the place of ``.match`` and its like, which gives what
is there, and for an expression a function that tells before it does the same.
"""

# ruff: noqa: ANN401 - stands in for attributes of any type

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.rewriting import watch_attributes

if TYPE_CHECKING:
    from countermine.prove.harness.observer import Observer

NAME = "__countermine_attribute__"
METHODS = ("match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn")
MAX_TEXT = 6000
MAX_PATTERN = 4000


def _tell(observer: Observer, name: str, expression: Any, arguments: tuple[Any, ...]) -> None:
    """Report a match that is about to be tried."""
    place = 1 if name in {"sub", "subn"} else 0
    read = arguments[place] if len(arguments) > place else None
    try:
        compiled = re.compile(expression)
    except (re.error, TypeError, ValueError):
        return  # the target's own call says so
    pattern, flags = compiled.pattern, int(compiled.flags)
    if isinstance(read, (bytes, bytearray)) and isinstance(pattern, bytes):
        # Sign by sign: of bytes no more than those of ASCII are letters, digits or blanks.
        read, pattern = bytes(read).decode("latin-1"), pattern.decode("latin-1")
        flags |= int(re.ASCII)
    if not isinstance(read, str) or not isinstance(pattern, str):
        return
    facts = {"pattern": pattern[:MAX_PATTERN], "flags": str(flags)}
    observer.observe("regex", {"method": name, **facts, "text": read[:MAX_TEXT]})


def watch(root: str, observer: Observer, *, wanted: bool) -> None:
    """Let matches in the target's modules tell of themselves, if that is wanted."""
    if not wanted:
        return

    def attribute(owner: Any, name: str) -> Any:
        found = getattr(owner, name)
        if owner is not re and not isinstance(owner, re.Pattern):
            return found

        @functools.wraps(found)
        def telling_one(*args: Any, **kwargs: Any) -> Any:
            given = (*args, *([kwargs["string"]] if "string" in kwargs else []))
            if owner is re and given:
                _tell(observer, name, given[0], given[1:])
            elif owner is not re:
                _tell(observer, name, owner, given)
            return found(*args, **kwargs)

        return telling_one

    watch_attributes(root, observer, NAME, METHODS, attribute)
