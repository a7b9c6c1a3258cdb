"""Which packages a file must know of for a library's class to be met in it at all."""

from countermine.catalogue.schema import Catalogue

_Names = frozenset[str]


class LibraryRoots:
    """For a class: its own package, and those whose calls and attributes give instances of it.

    ``request.files[...].save`` is werkzeug's, though only Flask is named.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Read what gives which type."""
        self._producers: dict[str, set[str]] = {}
        for table in (catalogue.call_types, catalogue.value_types):
            for name, of in table.items():
                self._producers.setdefault(of, set()).add(name)
        for handler in catalogue.rows.handlers:
            for of in handler.request:
                given = self._producers.setdefault(of, set())
                given.update(handler.decorators, handler.bases, handler.imports, handler.registrars)
                if handler.parameters and not handler.imports:
                    given.add("*")
        self._below: dict[str, set[str]] = {}
        for name, bases in catalogue.bases.items():
            for base in bases:
                self._below.setdefault(base, set()).add(name)

    def of(self, name: str) -> _Names:
        """Return the first parts of dotted names one of which must stand somewhere.

        Empty where nothing can be said.
        """
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            root = current.partition(".")[0].removesuffix("[]")
            if root == "*":
                return frozenset()
            found.add(root)
            waiting += self._below.get(current, ())
            for producer in self._producers.get(current, ()):
                waiting += (producer, producer.rpartition(".")[0] or producer)
        return frozenset(found)
