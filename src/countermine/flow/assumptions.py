"""What the analysis of a function may assume of the arguments of one call."""

from countermine.catalogue.schema import Catalogue
from countermine.flow import bind, ir
from countermine.flow.decisive import decisive_names
from countermine.flow.hierarchy import Hierarchy
from countermine.flow.index import ClassInfo
from countermine.flow.values import Value

GETTER_BYTES = 300
"""Longest method that is told apart by what it looks up in its receiver."""
CONTEXTS_KEPT = 40
"""Combinations of constant arguments for which one function is analysed apart."""
RECEIVERS_KEPT = 4
"""Subclasses for which an inherited method is analysed apart; plugins come in hundreds."""


class Assumptions:
    """Which combinations of arguments each function is analysed apart for."""

    def __init__(self, catalogue: Catalogue, hierarchy: Hierarchy) -> None:
        """Begin with no function known."""
        self._catalogue = catalogue
        self._hierarchy = hierarchy
        self._contexts: dict[str, set[tuple[str, ...]]] = {}
        self._receivers: dict[str, list[ClassInfo]] = {}
        self._deciding: dict[ir.Function, frozenset[str]] = {}

    def of(self, function: ir.Function, arguments: list[Value], *, method: bool) -> list[str]:
        """Return what the callee may assume of each argument.

        Nothing where no argument is tainted: then no flow depends on it.
        """
        first = 1 if method else 0
        attributes = self.held(arguments[0]) if method and arguments else {}
        held = bind.held_context(attributes)
        if (
            not any(bind.has_taint(v) or self._brings(v) for v in arguments[first:])
            and not any(map(self._brings, attributes.values()))
            and not (
                method
                and arguments
                and function.end - function.start <= GETTER_BYTES
                and bind.holds_taint(arguments[0])
            )
        ):
            return [""] * len(arguments)
        decisive = self._decisive(function)
        found = [held] * first
        for place, value in enumerate(arguments[first:], first):
            parameter = function.parameters[place]
            if parameter.stars:
                found.append(bind.gathered(value, parameter.stars))
                continue
            text = bind.assumed(value)
            if text.startswith("=") and parameter.name not in decisive:
                text = ""
            elif function.parameters[place].stars == 1:
                name = function.parameters[place].name
                text = bind.page_first(value) if name in decisive else ""
            found.append(text)
        return found

    def held(self, receiver: Value) -> dict[str, Value]:
        """Return the attributes of a receiver that a call assumes something of."""
        return bind.held(receiver, self._brings)

    def bounded(self, key: str, contexts: list[str], active: list[str]) -> list[str]:
        """Return the contexts without those that may go on without end.

        A recursion counts its depth, or hands on a function that is defined inside it; a table
        calls one function with hundreds of constants.
        """
        seen = self._contexts.setdefault(key, set())
        if not any(k.startswith(key) and k[len(key) :][:1] in ("", "(", "<") for k in active):
            if len(seen) < CONTEXTS_KEPT:
                seen.add(tuple(contexts))
            if tuple(contexts) in seen:
                return contexts
        return ["" if c.startswith(("=", "*")) or key in c else c for c in contexts]

    def is_specialised(self, key: str, own: ClassInfo) -> bool:
        """Tell whether an inherited method is analysed apart for this class of receiver."""
        classes = self._receivers.setdefault(key, [])
        if own not in classes and len(classes) < RECEIVERS_KEPT:
            classes.append(own)
        return own in classes

    def _brings(self, value: Value) -> bool:
        """Tell whether what comes in can be read from a value: it is a request, or the like."""
        if value.type is None:
            return value.ref is not None and value.ref in self._catalogue.bringing
        names = self._hierarchy.names(value.type)
        return not self._catalogue.bringing.isdisjoint(names)

    def _decisive(self, function: ir.Function) -> frozenset[str]:
        known = self._deciding.get(function)
        if known is None:
            known = self._deciding[function] = decisive_names(function.body)
        return known
