"""What owns the things that rows name: classes of sources, packages that take functions."""

from collections.abc import Iterable, Mapping

from countermine.catalogue.schema import ClassRow, Handler, Rows


def registrars_of(handlers: Iterable[Handler]) -> dict[str, tuple[Handler, ...]]:
    """Return the rows of functions that are handed over, by what hands them over."""
    found: dict[str, tuple[Handler, ...]] = {}
    for row in handlers:
        for name in row.registrars:
            found[name] = (*found.get(name, ()), row)
    return found


def bases_of(classes: Iterable[ClassRow]) -> dict[str, tuple[str, ...]]:
    """Return the bases of each class, of every row about it."""
    found: dict[str, dict[str, None]] = {}
    for row in classes:
        for name in row.names:
            found.setdefault(name, {}).update(dict.fromkeys(row.bases))
    return {name: tuple(bases) for name, bases in found.items()}


def bringing(rows: Rows) -> frozenset[str]:
    """Return the owners of sources, and the classes below them."""
    found = {name.rpartition(".")[0] for row in rows.sources for name in row.names} - {"", "*"}
    below = bases_of(rows.classes)
    while True:
        fresh = {name for name, bases in below.items() if name not in found and found & {*bases}}
        if not fresh:
            return frozenset(found)
        found |= fresh


def class_registrars(registrars: Mapping[str, tuple[Handler, ...]]) -> tuple[str, ...]:
    """Return the packages that a whole class can be handed over to, to call its methods."""
    found = {
        name.partition(".")[0]
        for name, rows in registrars.items()
        for row in rows
        if "*" in row.methods and name[0] != "*"
    }
    return tuple(sorted(found))
