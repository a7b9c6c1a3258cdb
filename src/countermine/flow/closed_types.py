"""Annotations of which every value is harmless: numbers, dates, members of an enumeration."""

from countermine.flow import ir
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Frame
from countermine.flow.index import ClassInfo

CLOSED = frozenset(
    {
        "int", "float", "bool", "complex", "decimal.Decimal", "fractions.Fraction", "uuid.UUID",
        "datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta",
        "ipaddress.IPv4Address", "ipaddress.IPv4Network", "enum.Enum", "enum.StrEnum",
        "enum.IntEnum", "enum.Flag", "enum.IntFlag", "pydantic.PositiveInt",
        "pydantic.NonNegativeInt", "pydantic.PositiveFloat", "pydantic.NonNegativeFloat",
        "pydantic.StrictInt", "pydantic.StrictBool", "pydantic.UUID1", "pydantic.UUID4",
        "pydantic.UUID5", "pydantic.types.UUID4", "pydantic.PastDate", "pydantic.FutureDate",
        "pydantic.AwareDatetime", "pydantic.NaiveDatetime", "pydantic.ByteSize",
    }
)  # fmt: skip
_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "Required", "NotRequired", "Mapped"})


def is_closed(frame: Frame, annotation: ir.Expr) -> bool:
    """Tell whether whatever has this annotation is harmless, once it was read as that type."""
    if isinstance(annotation, ir.Const):
        return False
    if isinstance(annotation, ir.Item):
        return _is_closed_item(frame, annotation)
    if isinstance(annotation, ir.Binary):
        return all(_is_none(o) or is_closed(frame, o) for o in annotation.operands)
    value = evaluate(frame, annotation)
    of = value.target if isinstance(value.target, ClassInfo) else value.ref
    return of is not None and not CLOSED.isdisjoint(frame.engine.hierarchy.names(of))


def _is_closed_item(frame: Frame, annotation: ir.Item) -> bool:
    outer = (evaluate(frame, annotation.target).ref or "").rpartition(".")[2]
    if outer == "Literal":
        return True
    if outer not in _WRAPPERS or annotation.index is None:
        return False
    inner = annotation.index
    if isinstance(inner, ir.Sequence) and inner.items:
        inner = inner.items[0]
    return is_closed(frame, inner)


def _is_none(annotation: ir.Expr) -> bool:
    return isinstance(annotation, ir.Const) and annotation.value is None
