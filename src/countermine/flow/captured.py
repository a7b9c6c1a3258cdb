"""What functions that are defined inside others see of the variables around them."""

from countermine.flow import ir
from countermine.flow.decisive import read_names
from countermine.flow.index import FunctionInfo
from countermine.flow.surroundings import scopes_of
from countermine.flow.values import Closure, Value
from countermine.flow.variants import function_key

VERSIONS_KEPT = 4
"""States of what a function inside another one sees for which it is analysed apart."""


class Captured:
    """Tells apart the states of the variables that functions see; remembers what it was asked."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._names: dict[ir.Function, tuple[str, ...]] = {}
        self._versions: dict[str, list[list[Value | None]]] = {}

    def names(self, function: ir.Function) -> tuple[str, ...]:
        """Return the names that a function and those inside it read."""
        known = self._names.get(function)
        if known is None:
            known = self._names[function] = tuple(sorted(read_names(function)))
        return known

    def version(self, callee: Closure | FunctionInfo, function: ir.Function) -> str:
        """Return the end of the key of a function for what it sees at the moment."""
        scopes = scopes_of(callee)
        if not scopes:
            return ""
        seen: list[Value | None] = []
        for name in self.names(function):
            scope = next((s for s in scopes if name in s.variables), None)
            seen.append(None if scope is None else scope.variables[name])
        versions = self._versions.setdefault(function_key(callee), [])
        for number, version in enumerate(versions):
            if all(new is old for new, old in zip(seen, version, strict=True)):
                return f"~{number}" if number else ""
        if len(versions) < VERSIONS_KEPT:
            versions.append(seen)
        return f"~{len(versions) - 1}" if len(versions) > 1 else ""
