"""What of a library is shown: the names that the target uses, with signatures and docstrings."""

from collections.abc import Iterator

from countermine.find.specify.libraries import Definition, Library
from countermine.find.specify.survey import Use
from countermine.flow.index import ClassInfo, FunctionInfo

SHOWN_TOKENS = 12_000
"""Bound on what is shown of a library; no token is shorter than a byte."""
MOST_METHODS = 30
MAX_HEADER_LINES = 8
MAX_DOCSTRING = 400


def shown(library: Library, use: Use) -> str:
    """Return the definitions of the names that a target uses, the most used first."""
    parts: list[str] = []
    size = 0
    seen: set[str] = set()
    for name in use.names:
        for part in _parts(library, name, seen):
            size += len(part.encode()) + 1
            if size > SHOWN_TOKENS:
                return "\n".join(parts)
            parts.append(part)
    return "\n".join(parts)


def _parts(library: Library, name: str, seen: set[str]) -> Iterator[str]:
    found = library.defined(name)
    if found is None or name in seen:
        return
    seen.add(name)
    yield _entry(name, found)
    if isinstance(found, ClassInfo):
        methods = [one for one in found.methods.values() if not one.name.startswith("_")]
        for method in methods[:MOST_METHODS]:
            full = f"{name}.{method.name}"
            if full not in seen:
                seen.add(full)
                yield _entry(full, method)


def _entry(name: str, found: Definition) -> str:
    """Return a name with its header and the beginning of its docstring."""
    text = found.module.text[found.start : found.end].decode("utf-8", "replace")
    lines = text.splitlines()
    end = next(
        (n for n, line in enumerate(lines[:MAX_HEADER_LINES], 1) if line.rstrip().endswith(":")), 1
    )
    header = " ".join(line.strip() for line in lines[:end])
    said = _docstring("\n".join(lines[end:]))
    return f"--- {name}\n{header}" + (f"\n    {said}" if said else "")


def _docstring(body: str) -> str:
    text = body.lstrip()
    for mark in ('"""', "'''"):
        for prefix in ("", "r", "R"):
            if text.startswith(prefix + mark):
                inner = text.removeprefix(prefix + mark).partition(mark)[0]
                first = inner.strip().partition("\n\n")[0]
                return " ".join(first.split())[:MAX_DOCSTRING]
    return ""


def takes(definition: Definition) -> FunctionInfo | None:
    """Return the function that a call of the name runs; ``None`` where a class writes none."""
    if isinstance(definition, ClassInfo):
        return definition.methods.get("__init__")
    return definition
