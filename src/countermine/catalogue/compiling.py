"""Rows to a catalogue: joined in order, and found by what they are about."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from countermine.catalogue.owners import bases_of, bringing, class_registrars, registrars_of
from countermine.catalogue.schema import Catalogue, Form, Handler, Rows, Sink


class _Named(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...


_NamedRow = TypeVar("_NamedRow", bound=_Named)


def compile_rows(documents: Iterable[Rows]) -> Catalogue:
    """Join rows, in order, and index them by name; later types win over earlier ones."""
    parts = list(documents)
    rows = Rows(
        sources=tuple(row for part in parts for row in part.sources),
        sinks=tuple(row for part in parts for row in part.sinks),
        sanitizers=tuple(row for part in parts for row in part.sanitizers),
        guards=tuple(row for part in parts for row in part.guards),
        propagators=tuple(row for part in parts for row in part.propagators),
        settings=tuple(row for part in parts for row in part.settings),
        types=tuple(row for part in parts for row in part.types),
        classes=tuple(row for part in parts for row in part.classes),
        handlers=tuple(row for part in parts for row in part.handlers),
        templates=tuple(row for part in parts for row in part.templates),
    )
    handler_bases: dict[str, tuple[Handler, ...]] = {}
    for handler in rows.handlers:
        for base in handler.bases:
            handler_bases[base] = (*handler_bases.get(base, ()), handler)
    methods: list[_Named] = [
        *rows.sources, *rows.sinks, *rows.sanitizers, *rows.guards, *rows.propagators, *rows.types,
        *rows.templates,
    ]  # fmt: skip
    named = [name for row in methods for name in row.names]
    decorators: dict[str, Handler] = {}
    unowned: dict[str, tuple[Handler, ...]] = {}
    for handler in rows.handlers:
        for name in handler.decorators:
            owner, _, last = name.rpartition(".")
            if owner == "*":
                unowned[last] = (*unowned.get(last, ()), handler)
            else:
                decorators[name] = handler
    registrars = registrars_of(rows.handlers)
    dotted = [*named, *decorators, *registrars]
    constructors = {c: c for name in dotted if (c := _class_of(name)) is not None}
    return Catalogue(
        rows=rows,
        sources=_by_name(rows.sources),
        sinks=_by_name(rows.sinks),
        sanitizers=_by_name(rows.sanitizers),
        guards=_by_name(rows.guards),
        propagators=_by_name(rows.propagators),
        settings=_by_name(rows.settings),
        value_types={name: row.type for row in rows.types if not row.call for name in row.names},
        call_types=constructors
        | {name: row.type for row in rows.types if row.call for name in row.names},
        bases=bases_of(rows.classes),
        decorators=decorators,
        unowned_decorators=unowned,
        handler_bases=handler_bases,
        set_names=_by_last_part(rows.sinks, Form.SETTING),
        marks=_by_last_part(rows.sinks, Form.DECORATOR),
        templates=_by_name(rows.templates),
        registrars=registrars,
        class_registrars=class_registrars(registrars),
        generated_bases=tuple(
            (base[1:], row) for row in rows.handlers for base in row.bases if base[0] == "*"
        ),
        named_handlers=tuple(row for row in rows.handlers if row.parameters),
        bringing=bringing(rows),
    )


def _class_of(name: str) -> str | None:
    """Return the class that a dotted name is a method or attribute of, told by its capital."""
    owner = name.rpartition(".")[0]
    last = owner.rpartition(".")[2]
    return owner if last[:1].isupper() and not last.isupper() else None


def _by_last_part(rows: tuple[Sink, ...], form: Form) -> dict[str, tuple[tuple[str, Sink], ...]]:
    found: dict[str, tuple[tuple[str, Sink], ...]] = {}
    for row in rows:
        if row.form is form:
            for name in row.names:
                last = name.rpartition(".")[2]
                found[last] = (*found.get(last, ()), (name, row))
    return found


def _by_name(rows: Iterable[_NamedRow]) -> dict[str, tuple[_NamedRow, ...]]:
    found: dict[str, tuple[_NamedRow, ...]] = {}
    for row in rows:
        for name in row.names:
            found[name] = (*found.get(name, ()), row)
    return found
