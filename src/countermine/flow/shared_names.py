"""Functions that set names of their module, or change the collections that stand there."""

import re
from collections.abc import Sequence

from countermine.flow.index import FunctionInfo, ModuleInfo, ValueRange

SETTERS_KEPT = 8
"""Functions that are looked into for one name; a name that more of them set is a whole store."""
_GLOBAL = re.compile(rb"\bglobal[ \t]+([A-Za-z_][\w, \t]*)")
_CHANGE = re.compile(
    rb"\b([A-Za-z_]\w*)(?:\.(?:append|appendleft|add|insert|update|extend|setdefault)\(|"
    rb"\[[^\]\n]{1,60}\]\s*=[^=])"
)
_COLLECTION = re.compile(rb"\[|\{|(?:list|dict|set|(?:collections\.)?(?:deque|defaultdict))\(")


def setting_functions(module: ModuleInfo) -> dict[str, list[FunctionInfo]]:
    """Return the functions that may set or fill each name of a module, in their order."""
    found: dict[str, list[FunctionInfo]] = {}
    text = module.text
    for match in _GLOBAL.finditer(text):
        for name in match[1].decode().split(","):
            _note(module, match.start(), name.strip(), found)
    collections = {n for n, bs in module.bindings.items() if _holds_collection(text, bs)}
    if collections:
        for match in _CHANGE.finditer(text):
            name = match[1].decode()
            if name in collections:
                _note(module, match.start(), name, found)
    return found


def _holds_collection(text: bytes, bindings: Sequence[object]) -> bool:
    return all(
        isinstance(b, ValueRange) and _COLLECTION.match(text, b.start) is not None for b in bindings
    )


def _note(module: ModuleInfo, offset: int, name: str, found: dict[str, list[FunctionInfo]]) -> None:
    known = found.setdefault(name, [])
    for function in module.functions:
        if function.start <= offset < function.end:
            if function not in known and len(known) < SETTERS_KEPT:
                known.append(function)
            return
