"""Names as they stand in a text: which of them can be a function that is looked for.

A method is called ``get`` in a hundred classes. What stands before the name often tells without
looking further that it is another one.
"""

import re
from typing import TypeAlias

from countermine.flow.engine import FlowEngine
from countermine.flow.index import MODULE_BODY, ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.values import Value

Target: TypeAlias = FunctionInfo | ClassInfo
"""A function, or a class that is made an instance of."""
_OWNER = re.compile(rb"(\.?)[ \t]*\b(\w+)[\s\\]*$")
_OWNER_BYTES = 120
"""Longest name before a dot, and the blanks behind it."""
_RECEIVERS = frozenset({b"self", b"cls"})


class Mentions:
    """Tells names apart by what the module around them binds."""

    def __init__(self, engine: FlowEngine) -> None:
        """Resolve names with this engine."""
        self._engine = engine
        self._local: dict[tuple[str, int, bytes], bool] = {}
        self._asked: frozenset[Target] = frozenset()
        self._methods = self._plain = False

    def _look_for(self, targets: frozenset[Target]) -> None:
        """Note of which kind the targets are; there may be hundreds, asked for again and again."""
        if targets is not self._asked:
            self._asked = targets
            methods = [isinstance(t, FunctionInfo) and t.owner is not None for t in targets]
            self._methods, self._plain = any(methods), not all(methods)

    def may_be(
        self,
        module: ModuleInfo,
        within: FunctionInfo,
        offset: int,
        name: str,
        targets: frozenset[Target],
    ) -> bool:
        """Tell whether the name at an offset can be one of the targets."""
        text = module.text
        head = text[max(0, offset - _OWNER_BYTES) : offset].rstrip(b" \t")
        self._look_for(targets)
        if not head.endswith(b"."):
            return self._plain and self._bound(module, within, name, targets)
        before = _OWNER.search(head[:-1])
        if before is None or before[1]:
            return self._methods or before is not None
        owner = before[2]
        if owner in _RECEIVERS and within.owner is not None:
            found = self._engine.hierarchy.method(within.owner, name)
            return found is None or found in targets
        return self._below(module, within, owner, name, targets)

    def _bound(
        self, module: ModuleInfo, within: FunctionInfo, name: str, targets: frozenset[Target]
    ) -> bool:
        """Tell whether a plain name can be one of the targets."""
        if _imports_itself(module, within):
            return True
        value = self._engine.global_value(module, name)
        return value is not None and _may_stand_for(value, targets)

    def _below(
        self,
        module: ModuleInfo,
        within: FunctionInfo,
        owner: bytes,
        name: str,
        targets: frozenset[Target],
    ) -> bool:
        """Tell whether ``owner.name`` can be one of the targets."""
        methods = self._methods
        if _imports_itself(module, within):
            return True
        key = (module.path, within.start, owner)
        local = self._local.get(key)
        if local is None:
            text = module.text[within.start : within.end]
            local = self._local[key] = _may_bind(text, owner)
        value = None if local else self._engine.global_value(module, owner.decode())
        if value is None or (value.target is None and value.ref is None):
            return methods
        if isinstance(value.target, ModuleInfo):
            found = self._engine.global_value(value.target, name)
            return found is not None and _may_stand_for(found, targets)
        if isinstance(value.target, ClassInfo):
            method = self._engine.hierarchy.method(value.target, name)
            return method is None or method in targets
        # A library's module or class has none of the target's functions.
        return value.type is not None and methods


def _may_stand_for(value: Value, targets: frozenset[Target]) -> bool:
    if value.target is None:
        return value.ref is None or value.type is not None
    return value.target in targets


def _imports_itself(module: ModuleInfo, within: FunctionInfo) -> bool:
    """Tell whether a function has imports of its own."""
    return within.name != MODULE_BODY and b"import " in module.text[within.start : within.end]


def _may_bind(text: bytes, name: bytes) -> bool:
    """Tell whether a function may give the name a meaning of its own."""
    pattern = rb"(?<![.\w])" + name + rb"\s*(?:=(?!=)|,|\)|:|\s+in\s)|\bas\s+" + name + rb"\b"
    return re.search(pattern, text) is not None
