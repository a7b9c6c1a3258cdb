"""Regular expressions that the code compiles or uses, and what they cost."""

from countermine.catalogue.schema import Constant
from countermine.flow.frame import Arguments
from countermine.flow.guards import FLAGS, PATTERN
from countermine.flow.values import Value
from countermine.regexes.cost import Growth, Use, cost

_EXPONENTIAL = {
    "exponential": (Use.MATCH, True),
    "exponential-full": (Use.FULL, True),
    "not-exponential": (Use.MATCH, False),
}


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
