"""Names that a file binds by its imports, read without parsing it."""

import re
from dataclasses import dataclass

_FROM = re.compile(
    rb"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\n|\\.)*)", re.MULTILINE
)
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+((?:[^\n\\;]|\\\n)*)", re.MULTILINE)
_ALIAS = re.compile(
    rb"^[ \t]*(?:\w+\.)*(\w+)[ \t]*=[ \t]*((?:\w+\.)*\w+)[ \t]*(?:#|$)", re.MULTILINE
)
_AS = re.compile(rb"([\w.]+)(?:\s+as\s+(\w+))?")


@dataclass(frozen=True, slots=True)
class BoundNames:
    """What stands for what in one file."""

    imported: frozenset[bytes]
    """Names that ``from ... import`` binds."""
    everything: bool
    """There is a ``from ... import *``."""
    others: dict[bytes, frozenset[bytes]]
    """Last parts of the dotted names that a name stands for, where it differs from them."""


def bound_names(text: bytes) -> BoundNames:
    """Return the names that the imports and plain assignments of a file bind."""
    imported: set[bytes] = set()
    others: dict[bytes, set[bytes]] = {}
    everything = False
    for match in _FROM.finditer(text):
        names = re.sub(rb"#[^\n]*", b"", match[2])
        everything = everything or b"*" in names
        for name, alias in _AS.findall(names):
            imported.add(alias or name)
            if alias:
                others.setdefault(alias, set()).add(name)
    for match in _IMPORT.finditer(text):
        for name, alias in _AS.findall(match[1]):
            if alias:
                others.setdefault(alias, set()).add(name.rpartition(b".")[2])
    for match in _ALIAS.finditer(text):
        others.setdefault(match[1], set()).add(match[2].rpartition(b".")[2])
    return BoundNames(frozenset(imported), everything, {k: frozenset(v) for k, v in others.items()})
