"""What was checked, as a document of the catalogue."""

from collections.abc import Iterable

from countermine.find.hypotheses.words import one_sentence
from countermine.find.specify.asking import ARGUMENT, Said, SaidPass, SaidSink, SaidSource, SaidType

Row = dict[str, object]


def document(rows: Iterable[Said]) -> dict[str, object]:
    """Return rows as the tables of a document, each row once and in a stable order."""
    tables: dict[str, dict[str, Row]] = {}
    for said in rows:
        table, row = _row(said)
        tables.setdefault(table, {}).setdefault(f"{said.name} {row}", row)
    return {
        table: [tables[table][key] for key in sorted(tables[table])]
        for table in _ORDER
        if table in tables
    }


_ORDER = ("source", "sink", "propagator", "type")


def _row(said: Said) -> tuple[str, Row]:
    match said:
        case SaidSink():
            note = (one_sentence(said.why) or "").rstrip(".")
            row: Row = {"name": said.name, "kind": said.kind, "argument": _argument(said)}
            return "sink", row | {"note": note}
        case SaidSource():
            return "source", {
                "name": said.name,
                "form": said.form,
                "level": said.level,
                "channel": said.channel,
                "note": (one_sentence(said.why) or "").rstrip("."),
            }
        case SaidPass():
            return "propagator", {"name": said.name, "from": _argument(said)}
        case SaidType():
            return "type", {"name": said.name, "returns": said.returns}


def _argument(said: SaidSink | SaidPass) -> object:
    if said.position == ARGUMENT:
        return said.keyword
    return [said.position, said.keyword] if said.keyword else said.position
