"""Values that are known: as Python has them, what operators give for them, and their truth."""

import operator
import re
from collections.abc import Callable
from typing import TypeAlias

from countermine.flow.values import ITEMS_KEPT, MISSING, UNKNOWN, Value, constant

Plain: TypeAlias = object
"""A text, a number, ``None``, or a list, tuple or set of these; ``MISSING`` for none of them."""
LIST, TUPLE, SET, DICT, GENERATOR = "list", "tuple", "set", "dict", "generator"
BARE = "bare"
"""Shape of a function without what its decorators make of it."""
TRUE, FALSE = "true", "false"
"""Shapes of values of which only the truth is known."""
TEXT_KEPT = 4000
"""Characters of a known text that are kept; longer ones are documents."""
_NUMBER_BITS = 256
_POWER = 64
_MUTABLE = frozenset({LIST, SET, DICT, GENERATOR})
_ORDERED = frozenset({LIST, TUPLE, GENERATOR})
_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
_WIDE = re.compile(r"\d{4}|\*|:[^{}]*\{")
"""Widths in a format that could make a text without end."""


def plain(value: Value) -> Plain:
    """Return a value as Python has it, ``MISSING`` if something of it is not known."""
    if value.const is not MISSING:
        return value.const
    if value.taints or value.shape not in _MAKERS:
        return MISSING
    parts = [plain(item) for item in value.items or ()]
    if any(p is MISSING for p in parts):
        return MISSING
    try:
        return _MAKERS[value.shape](parts)
    except TypeError:
        return MISSING


_MAKERS: dict[str, Callable[[list[Plain]], Plain]] = {
    LIST: list,
    TUPLE: tuple,
    SET: frozenset,
    GENERATOR: list,
}


def abstract(thing: Plain) -> Value:
    """Return what a value that Python made is here."""
    if thing is None or isinstance(thing, (bool, float)):
        return constant(thing)
    if isinstance(thing, int):
        return constant(thing) if thing.bit_length() <= _NUMBER_BITS else UNKNOWN
    if isinstance(thing, str):
        return constant(thing) if len(thing) <= TEXT_KEPT else Value(text=True)
    if isinstance(thing, (list, tuple)):
        return collection(LIST if isinstance(thing, list) else TUPLE, [abstract(t) for t in thing])
    return UNKNOWN


def collection(shape: str, items: list[Value] | tuple[Value, ...]) -> Value:
    """Return a collection of which every element is told apart, unless there are too many."""
    if len(items) > ITEMS_KEPT:
        return Value(items=tuple(items[:ITEMS_KEPT]), element=UNKNOWN)
    return Value(items=tuple(items), shape=shape)


def in_order(value: Value) -> tuple[Value, ...] | None:
    """Return what iterating over a value gives one by one, ``None`` where that is not known."""
    if value.taints:
        return None
    if isinstance(value.const, str):
        return tuple(map(constant, value.const)) if len(value.const) <= ITEMS_KEPT else None
    if value.shape in _ORDERED:
        return value.items
    if value.shape == DICT and not any(_is_number(key) for key in value.fields or ()):
        return tuple(constant(key[1:-1]) for key in value.fields or () if key[0] == "[")
    return None


def _is_number(key: str) -> bool:
    """Tell whether a key may be a number as well as a text of digits."""
    return key[1:-1].lstrip("-").isdigit()


def truth(value: Value) -> bool | None:
    """Tell whether a value is true, ``None`` where that is not known."""
    if value.const is not MISSING:
        return bool(value.const)
    if value.shape:
        if value.shape in (TRUE, FALSE, BARE):
            return value.shape != FALSE
        return bool(value.fields if value.shape == DICT else value.items)
    return True if value.text and value.prefix else None


def of_truth(decided: bool | None) -> str:  # noqa: FBT001 - a truth is the subject
    """Return the shape of a value of which only the truth is known."""
    return "" if decided is None else TRUE if decided else FALSE


def forgotten(value: Value) -> Value:
    """Return a collection after something unknown may have been done to it."""
    if value.shape not in _MUTABLE:
        return value
    return Value(
        value.taints, value.const, value.ref, value.target, value.type, value.receiver,
        value.items, value.element, value.fields, value.prefix, value.truth, value.text,
    )  # fmt: skip


def is_mutable(value: Value) -> bool:
    """Tell whether a collection of known elements could be changed by whoever holds it."""
    return value.shape in _MUTABLE


def _small_power(left: Plain, right: Plain) -> Plain:
    if isinstance(right, (int, float)) and isinstance(left, (int, float)) and abs(right) <= _POWER:
        return operator.pow(left, right)
    return MISSING


def _shifted(left: Plain, right: Plain) -> Plain:
    if isinstance(left, int) and isinstance(right, int) and 0 <= right <= _POWER:
        return left << right
    return MISSING


def _times(left: Plain, right: Plain) -> Plain:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (str, list, tuple)) and isinstance(other, int):
            return one * other if len(one) * other <= TEXT_KEPT else MISSING
    return operator.mul(left, right)


def _percent(left: Plain, right: Plain) -> Plain:
    if isinstance(left, str):
        return MISSING if _WIDE.search(left) else left % right
    return operator.mod(left, right)


_OPERATORS: dict[str, Callable[..., Plain]] = {
    "+": operator.add, "-": operator.sub, "*": _times, "/": operator.truediv,
    "//": operator.floordiv, "%": _percent, "**": _small_power, "&": operator.and_,
    "|": operator.or_, "^": operator.xor, "<<": _shifted, ">>": operator.rshift,
}  # fmt: skip
_SIGNS: dict[str, Callable[..., Plain]] = {
    "-": operator.neg, "+": operator.pos, "~": operator.invert,
}  # fmt: skip


def calculated(name: str, left: Value, right: Value) -> Value | None:
    """Return what an operator gives for known operands, ``None`` if they are not known."""
    work = _OPERATORS.get(name)
    if work is None:
        return None
    first = plain(left)
    return None if first is MISSING else _worked(work, first, plain(right))


def signed(name: str, operand: Value) -> Value | None:
    """Return what a sign makes of a known number."""
    return _worked(_SIGNS[name], plain(operand)) if name in _SIGNS else None


def _worked(work: Callable[..., Plain], *operands: Plain) -> Value | None:
    if any(o is MISSING for o in operands):
        return None
    try:
        found = work(*operands)
    except _FAULTS:
        return None
    made = abstract(found)
    return None if found is MISSING or (made.const is MISSING and not made.shape) else made


def _is(left: Plain, right: Plain) -> bool:
    return type(left) is type(right) and left == right


_COMPARISONS: dict[str, Callable[..., bool]] = {
    "==": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge, "is": _is,
    "is not": lambda left, right: not _is(left, right),
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}  # fmt: skip


def compared(name: str, left: Value, right: Value) -> bool | None:
    """Return what a comparison gives, ``None`` where that is not known."""
    compare = _COMPARISONS.get(name)
    if compare is None:
        return None
    first, second = plain(left), plain(right)
    if first is MISSING or second is MISSING:
        return _partly(name, left, right)
    try:
        return bool(compare(first, second))
    except _FAULTS:
        return None


def _partly(name: str, left: Value, right: Value) -> bool | None:
    """Return what a comparison gives where one side is known in part."""
    if name in ("is", "is not", "==", "!="):
        for one, other in ((left, right), (right, left)):
            if one.const is None and (other.text or other.shape):
                return name in ("is not", "!=")
        return None
    if name not in ("in", "not in") or not isinstance(left.const, str) or right.taints:
        return None
    found: bool | None = None
    if right.shape == DICT:
        found = f"[{left.const}]" in (right.fields or {})
        found = None if _is_number(f"[{left.const}]") else found
    elif right.shape and any(_is(i.const, left.const) for i in right.items or ()):
        found = True
    return found if found is None or name == "in" else not found


_TEXT_METHODS = frozenset(
    {
        "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "replace", "ljust",
        "rjust", "center", "zfill", "expandtabs", "swapcase", "casefold", "removeprefix",
        "removesuffix", "split", "rsplit", "splitlines", "partition", "rpartition", "startswith",
        "endswith", "count", "find", "rfind", "index", "rindex", "isdigit", "isalnum", "isalpha",
        "isspace", "islower", "isupper", "istitle", "isnumeric", "isdecimal", "isidentifier",
        "isascii", "join", "format",
    }
)  # fmt: skip
_ORDERED_METHODS = frozenset({"count", "index"})


def method(name: str, receiver: Value, positional: list[Value]) -> Value | None:
    """Return what a method of a known text or sequence gives, ``None`` if that is not known."""
    known = _TEXT_METHODS if isinstance(receiver.const, str) else _ORDERED_METHODS
    if name not in known or (receiver.const is MISSING and receiver.shape not in _ORDERED):
        return None
    own = plain(receiver)
    if own is MISSING or (name == "format" and _WIDE.search(str(own))):
        return None
    given = [plain(v) for v in positional]
    if any(isinstance(g, int) and g > TEXT_KEPT for g in given):
        return None
    work: Callable[..., Plain] = getattr(own, name)
    return _worked(work, *given)


def formatted(value: Value, conversion: str, spec: str) -> Value | None:
    """Return a known value as a field of a formatted text shows it."""
    thing = plain(value)
    if thing is MISSING or _WIDE.search(spec):
        return None
    shown = _CONVERSIONS.get(conversion)
    return _worked(format, thing if shown is None else shown(thing), spec)


_CONVERSIONS: dict[str, Callable[[Plain], str]] = {"r": repr, "s": str, "a": ascii}


def _range(*bounds: int) -> Plain:
    found = range(*bounds)
    return list(found) if len(found) <= ITEMS_KEPT else MISSING


def _instance(thing: Plain, kind: Plain) -> Plain:
    return MISSING if kind is MISSING else isinstance(thing, kind)  # type: ignore[arg-type] # caught


_FUNCTIONS: dict[str, Callable[..., Plain]] = {
    "abs": abs, "round": round, "max": max, "min": min, "sum": sum, "divmod": divmod, "int": int,
    "float": float, "bool": bool, "ord": ord, "chr": chr, "hex": hex, "bin": bin, "oct": oct,
    "sorted": sorted, "pow": _small_power, "range": _range, "xrange": _range, "repr": repr,
    "format": lambda thing, spec="": MISSING if _WIDE.search(spec) else format(thing, spec),
}  # fmt: skip
_TYPES: dict[str, type] = {
    "str": str, "int": int, "float": float, "bool": bool, "list": list, "tuple": tuple,
}  # fmt: skip


def function(name: str, positional: list[Value]) -> Value | None:
    """Return what a builtin function gives for known arguments, ``None`` if that is not known."""
    structural = _STRUCTURAL.get(name)
    if structural is not None:
        return structural(positional)
    work = _FUNCTIONS.get(name)
    return None if work is None else _worked(work, *map(plain, positional))


def is_function(name: str | None) -> bool:
    """Tell whether a name is one of a function that may be known here."""
    return name in _STRUCTURAL or name in _FUNCTIONS


def _length(positional: list[Value]) -> Value | None:
    value = positional[0] if positional else UNKNOWN
    if isinstance(value.const, str):
        return constant(len(value.const))
    items = in_order(value) if value.shape == DICT else value.items
    if value.shape in (LIST, TUPLE, DICT) and items is not None:
        return constant(len(items))
    return None


def _every(positional: list[Value], *, stops: bool) -> Value | None:
    items = in_order(positional[0]) if positional else None
    if items is None:
        return None
    truths = [truth(item) for item in items]
    if stops in truths:
        return constant(stops)
    return constant(not stops) if None not in truths else None


def _numbered(positional: list[Value]) -> Value | None:
    items = in_order(positional[0]) if positional else None
    start = positional[1].const if len(positional) > 1 else 0
    if items is None or not isinstance(start, int):
        return None
    return collection(
        LIST, [collection(TUPLE, (constant(n), item)) for n, item in enumerate(items, start)]
    )


def _zipped(positional: list[Value]) -> Value | None:
    rows = [in_order(value) for value in positional]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    return collection(LIST, [collection(TUPLE, items) for items in zip(*known, strict=False)])


def _reversed(positional: list[Value]) -> Value | None:
    items = in_order(positional[0]) if positional else None
    return None if items is None else collection(LIST, items[::-1])


def _following(positional: list[Value]) -> Value | None:
    """Return the first element of a generator expression that nobody else has."""
    value = positional[0] if positional else UNKNOWN
    if value.shape != GENERATOR:
        return None
    return value.items[0] if value.items else positional[1] if len(positional) > 1 else None


def _copied(shape: str) -> Callable[[list[Value]], Value | None]:
    def copy(positional: list[Value]) -> Value | None:
        if not positional:
            return collection(shape, ())
        items = in_order(positional[0])
        return None if items is None else collection(shape, items)

    return copy


def _is_instance(positional: list[Value]) -> Value | None:
    if len(positional) != 2:  # noqa: PLR2004 - subject and classes
        return None
    subject, classes = positional
    every = classes.items if classes.items is not None else (classes,)
    kinds = [_TYPES.get(c.ref or "") for c in every]
    if None in kinds or plain(subject) is MISSING:
        return None
    return constant(isinstance(plain(subject), tuple(k for k in kinds if k is not None)))


_STRUCTURAL: dict[str, Callable[[list[Value]], Value | None]] = {
    "len": _length,
    "all": lambda positional: _every(positional, stops=False),
    "any": lambda positional: _every(positional, stops=True),
    "enumerate": _numbered,
    "zip": _zipped,
    "reversed": _reversed,
    "list": _copied(LIST),
    "tuple": _copied(TUPLE),
    "next": _following,
    "isinstance": _is_instance,
}
