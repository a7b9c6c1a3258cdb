"""Classes: the target's own and the libraries', with their bases."""

from typing import Protocol

from countermine.catalogue.schema import Catalogue
from countermine.flow import ir
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.values import Value

BASES_FOLLOWED = 40
"""Classes above one class; deeper hierarchies are loops or generated."""


class Resolver(Protocol):
    """Finds what a plain dotted expression is at the top level of a module."""

    def __call__(self, module: ModuleInfo, expression: ir.Expr) -> Value:
        """Return what the expression is."""
        ...


class Hierarchy:
    """Answers questions about classes; remembers what it was asked."""

    def __init__(self, catalogue: Catalogue, resolve: Resolver) -> None:
        """Use the catalogue for the bases of library classes."""
        self._catalogue = catalogue
        self._resolve = resolve
        self._lines: dict[ClassInfo, tuple[ClassInfo | str, ...]] = {}
        self._names: dict[ClassInfo | str, tuple[str, ...]] = {}

    def line(self, owner: ClassInfo) -> tuple[ClassInfo | str, ...]:
        """Return a class and its bases, nearest first; a library's by dotted name."""
        known = self._lines.get(owner)
        if known is not None:
            return known
        found: list[ClassInfo | str] = []
        self._lines[owner] = (owner,)
        waiting: list[ClassInfo | str] = [owner]
        while waiting and len(found) < BASES_FOLLOWED:
            current = waiting.pop(0)
            if current in found:
                continue
            found.append(current)
            if isinstance(current, str):
                waiting.extend(self._catalogue.bases.get(current, ()))
            else:
                waiting = [*self._bases(current), *waiting]
        self._lines[owner] = tuple(found)
        return self._lines[owner]

    def _bases(self, owner: ClassInfo) -> list[ClassInfo | str]:
        if owner.around is not None:
            return list(owner.around.bases)
        found: list[ClassInfo | str] = []
        for base in owner.bases:
            value = self._resolve(owner.module, base)
            if isinstance(value.target, ClassInfo):
                found.append(value.target)
            elif value.ref is not None:
                found.append(value.ref)
            elif isinstance(value.type, ClassInfo):
                found.append(value.type)
        return found

    def names(self, of: "ClassInfo | str") -> tuple[str, ...]:
        """Return the dotted names under which the catalogue may know a class, nearest first."""
        known = self._names.get(of)
        if known is None:
            line = self.line(of) if isinstance(of, ClassInfo) else self._library_line(of)
            known = tuple(
                c if isinstance(c, str) else f"{c.module.name}.{c.qualname}" for c in line
            )
            self._names[of] = known
        return known

    def _library_line(self, name: str) -> list[str]:
        found: list[str] = []
        waiting = [name]
        while waiting and len(found) < BASES_FOLLOWED:
            current = waiting.pop(0)
            if current not in found:
                found.append(current)
                waiting.extend(self._catalogue.bases.get(current, ()))
        return found

    def method(
        self, owner: ClassInfo, name: str, after: ClassInfo | None = None
    ) -> FunctionInfo | None:
        """Return the method that a class has; with ``after`` the next one above that class."""
        line = self.line(owner)
        if after is not None and after in line:
            line = line[line.index(after) + 1 :]
        for current in line:
            if isinstance(current, ClassInfo) and name in current.methods:
                return current.methods[name]
        return None
