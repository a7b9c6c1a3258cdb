"""Modules that imports name, names that the catalogue knows, and attributes that a text assigns."""

import re

from countermine.catalogue.schema import Catalogue
from countermine.flow import ir
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo

_ATTRIBUTE = re.compile(rb"\.([\w\x80-\xff]+)")


def naming_attributes(owner: ClassInfo) -> dict[bytes, list[FunctionInfo]]:
    """Return the methods of a class by the attributes that they name, in their order."""
    found: dict[bytes, list[FunctionInfo]] = {}
    text = owner.module.text
    for method in (*owner.methods.values(), *owner.setters):
        for name in dict.fromkeys(_ATTRIBUTE.findall(text, method.start, method.end)):
            found.setdefault(name, []).append(method)
    return found


def stores(text: bytes, needle: bytes) -> bool:
    """Tell whether ``.name`` is followed by an assignment, an unpacking or a ``for``/``as``."""
    position = text.find(needle)
    while position >= 0:
        rest = text[position + len(needle) : position + len(needle) + 40].lstrip()
        after = text[position + len(needle) : position + len(needle) + 1]
        if not (after.isalnum() or after == b"_"):
            head = rest[:1]
            if head in (b",", b":", b")") or (head == b"=" and rest[1:2] != b"="):
                return True
            if rest[1:2] == b"=" or head in (b".", b"["):
                return True
        position = text.find(needle, position + 1)
    return False


def module_prefixes(catalogue: Catalogue) -> frozenset[str]:
    """Return every dotted name that the catalogue knows, and what stands before its dots."""
    found: set[str] = set()
    tables: list[dict[str, object]] = [
        dict(catalogue.sinks), dict(catalogue.sources), dict(catalogue.sanitizers),
        dict(catalogue.guards), dict(catalogue.call_types), dict(catalogue.value_types),
        dict(catalogue.decorators), dict(catalogue.bases), dict(catalogue.registrars),
    ]  # fmt: skip
    for table in tables:
        for name in table:
            parts = name.split(".")
            found.update(".".join(parts[:n]) for n in range(1, len(parts) + 1))
    return frozenset(found)


def absolute(module: ModuleInfo, name: ir.Imported) -> str:
    """Return the dotted name of the module that an import in this module means."""
    if name.level == 0:
        return name.module
    parts = module.package.split(".") if module.package else []
    base = parts[: len(parts) - (name.level - 1)] if name.level > 1 else parts
    return ".".join([*base, *filter(None, [name.module])])
