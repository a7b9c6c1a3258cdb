"""What came back from an entry point, as text that is the same from run to run."""

# ruff: noqa: ANN401 - results of a target have any type

from __future__ import annotations

import itertools
import re
from typing import Any

MAX_ITEMS = 1000
MAX_TEXT = 64_000

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TEMPORARY = re.compile(r"/tmp/tmp[a-z0-9_]{8}|\btmp[a-z0-9_]{8}\b")  # noqa: S108 - a pattern


def normalised(text: str, base: str) -> str:
    """Return a text without what differs between two runs of the same code."""
    text = text[:MAX_TEXT].replace(base, "{base}")
    return _TEMPORARY.sub("{temporary}", _ADDRESS.sub("{address}", text))


def consumed(result: Any) -> Any:
    """Return what an iterator or a stream would give, so that its work is done."""
    if hasattr(result, "__next__"):
        return list(itertools.islice(result, MAX_ITEMS))
    if hasattr(result, "read") and callable(result.read) and not isinstance(result, type):
        try:
            return result.read(MAX_TEXT)
        except (OSError, ValueError, TypeError):
            return result
    return result


def described(result: Any, depth: int = 3) -> str:
    """Return a result as text: data by value, objects by class and public attributes."""
    if isinstance(result, (str, bytes, int, float, complex, bool, type(None))):
        return repr(result)
    if depth == 0:
        return f"<{type(result).__name__}>"
    if isinstance(result, dict):
        items = [
            f"{described(key, depth - 1)}: {described(item, depth - 1)}"
            for key, item in itertools.islice(result.items(), MAX_ITEMS)
        ]
        return "{" + ", ".join(items) + "}"
    if isinstance(result, (set, frozenset)):
        return "{" + ", ".join(sorted(described(item, depth - 1) for item in result)) + "}"
    if isinstance(result, (list, tuple)):
        parts = [described(item, depth - 1) for item in result[:MAX_ITEMS]]
        return f"{type(result).__name__}({', '.join(parts)})"
    return _object(result, depth)


def _object(result: Any, depth: int) -> str:
    name = type(result).__name__
    if getattr(type(result), "__repr__", None) is not getattr(object, "__repr__"):  # noqa: B009
        return f"<{name} {repr(result)[:4000]}>"
    attributes = getattr(result, "__dict__", None)
    if isinstance(attributes, dict):
        return f"<{name} {described(dict(sorted(attributes.items())), depth - 1)}>"
    return f"<{name}>"


def failure(problem: BaseException) -> str:
    """Return an exception as ``Type: message``."""
    try:
        return f"{type(problem).__name__}: {problem}"[:1000]
    except Exception:  # noqa: BLE001 - an exception of the target that cannot be shown
        return type(problem).__name__
