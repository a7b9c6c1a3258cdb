"""Rows of a database: of which class they are, and which of their fields hold no text."""

from countermine.flow import ir
from countermine.flow.access import HARMLESS, ROW
from countermine.flow.builtins import first
from countermine.flow.dispatch import MODELS, evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo
from countermine.flow.values import UNKNOWN, Value

_QUERIES = ("django.db.models.QuerySet.", "sqlalchemy.orm.Query.")
_CHAINED = (
    "all", "filter", "exclude", "order_by", "select_related", "prefetch_related", "distinct",
    "annotate", "using", "defer", "only", "reverse", "filter_by", "limit", "offset", "options",
    "iterator", "join", "select_for_update",
)  # fmt: skip
"""Methods that give a query of the same rows, or fewer of them."""
_TAKING = (
    "get", "first", "last", "latest", "earliest", "one", "one_or_none", "first_or_404",
    "get_or_404", "aget", "afirst", "alast",
)  # fmt: skip
_CLOSED_COLUMNS = frozenset(
    {
        "Integer", "BigInteger", "SmallInteger", "Float", "Numeric", "Boolean", "Date", "DateTime",
        "Time", "Interval", "Uuid", "UUID", "INTEGER", "BIGINT", "FLOAT", "BOOLEAN", "DATE",
        "DATETIME", "TIMESTAMP",
    }
)  # fmt: skip


def _chained(receiver: Value, arguments: Arguments) -> tuple[Value, Value | None]:
    del arguments
    return Value(fields=receiver.fields) if ROW in (receiver.fields or {}) else UNKNOWN, None


def _taken(receiver: Value, arguments: Arguments) -> tuple[Value, Value | None]:
    """Return one row; by which key it was looked up says nothing of what it holds."""
    del arguments
    return (receiver.fields or {}).get(ROW, UNKNOWN), None


METHODS = {
    **{base + name: _chained for base in _QUERIES for name in _CHAINED},
    **{base + name: _taken for base in _QUERIES for name in _TAKING},
}
"""Methods of queries, by their dotted names."""


def _of_class(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    owner = first(arguments).target
    if not isinstance(owner, ClassInfo):
        return None
    return Value(fields={ROW: Value(type=owner)})


def _row_of_class(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    given = first(arguments)
    if isinstance(given.target, ClassInfo):
        return Value(type=given.target)
    return (given.fields or {}).get(ROW)


def _related(_frame: Frame, _node: ir.Call, arguments: Arguments) -> Value | None:
    other = arguments.at(0, "to")
    if other is None or not isinstance(other.target, ClassInfo):
        return None
    return Value(type=other.target)


def _column(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    """Return what a column of numbers or dates is; ``None`` for others."""
    del arguments
    for argument in node.arguments:
        given = argument.value
        named = given.function if isinstance(given, ir.Call) else given
        if isinstance(named, (ir.Name, ir.Attr)) and argument.name in (None, "type_"):
            last = (evaluate(frame, named).ref or "").rpartition(".")[2]
            if last in _CLOSED_COLUMNS:
                return Value(type=HARMLESS)
    return None


MODELS["sqlalchemy.orm.Session.query"] = _of_class
for _name in ("sqlalchemy.orm.Session.get", "django.shortcuts.get_object_or_404"):
    MODELS[_name] = _row_of_class
for _name in ("ForeignKey", "OneToOneField"):
    MODELS["django.db.models." + _name] = _related
for _name in ("sqlalchemy", "sqlalchemy.orm", "sqlalchemy.schema", "flask_sqlalchemy.SQLAlchemy"):
    MODELS[_name + ".Column"] = _column
    MODELS[_name + ".mapped_column"] = _column
