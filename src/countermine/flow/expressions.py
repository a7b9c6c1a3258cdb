"""Regular expressions that the code compiles or uses, and what they cost."""

from countermine.catalogue.schema import Constant, Sink, Test
from countermine.flow import ir
from countermine.flow.frame import Arguments, Frame, Site
from countermine.flow.guards import FLAGS, PATTERN
from countermine.flow.values import Value, constant
from countermine.regexes.cost import Growth, Use, cost

_EXPONENTIAL = {
    "exponential": (Use.MATCH, True),
    "exponential-full": (Use.FULL, True),
    "not-exponential": (Use.MATCH, False),
}


_PLACE = ".place"
"""Field of a compiled expression: file, start, end and function of the call that compiled it."""


def compiled_at(frame: Frame, node: ir.Call, made: Value) -> Value:
    """Return what a call makes; a compiled expression then knows where it was compiled."""
    if made.type != "re.Pattern":
        return made
    place = (frame.module.path, node.start, node.end, frame.qualname)
    items = tuple(constant(part) for part in place)
    fields = {**(made.fields or {}), _PLACE: Value(items=items)}
    return Value(made.taints, type=made.type, fields=fields)


def defect_of(frame: Frame, row: Sink, receiver: Value | None) -> Site | None:
    """Return the place of the expression that a call matches with, if it stands in the same file.

    An expression is one defect, however many calls match with it.
    """
    place = None if receiver is None else (receiver.fields or {}).get(_PLACE)
    if place is None or not any(c.test is Test.COST for c in row.when):
        return None
    path, start, end, qualname = (one.const for one in place.items or ())
    if path != frame.module.path or not (isinstance(start, int) and isinstance(end, int)):
        return None
    return Site(
        frame.module.path, start, end, "re.compile", str(qualname), frame.module.counts,
        told="an expression of re.compile",
    )  # fmt: skip


def costs(wanted: tuple[Constant, ...], value: Value, arguments: Arguments) -> bool:
    """Tell whether an expression costs as a condition says.

    Args:
        wanted: How it grows, as ``Test.COST`` says; then the position of the flags.
        value: The text of the expression, or a compiled one.
        arguments: Of the call, for its flags.
    """
    fields = value.fields or {}
    pattern = fields.get(PATTERN, value)
    position = wanted[1] if len(wanted) > 1 else None
    flags = arguments.at(position, "flags") if isinstance(position, int) else fields.get(FLAGS)
    if not isinstance(pattern.const, str) or (flags is not None and not _known(flags)):
        return False
    number = int(flags.const) if flags is not None and isinstance(flags.const, int) else 0
    name = str(wanted[0])
    if name in _EXPONENTIAL:
        use, is_so = _EXPONENTIAL[name]
        found = cost(pattern.const, number, use, powers=False)
        return (found.growth is Growth.EXPONENTIAL) is is_so
    # What is exponential is told where it is compiled, whoever uses it.
    return cost(pattern.const, number, Use(name)).growth is Growth.POLYNOMIAL


def _known(flags: Value) -> bool:
    return isinstance(flags.const, int) and not isinstance(flags.const, bool)
