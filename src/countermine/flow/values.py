"""Abstract values: constants and shapes, together with taint. Never changed once made."""

from typing import TYPE_CHECKING, Protocol, TypeAlias

from countermine.flow.origins import Origin, OriginKey, Step

if TYPE_CHECKING:
    from countermine.catalogue.schema import Handler
    from countermine.flow import ir
    from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo

TAINTS_KEPT = 12
"""Origins told apart in one value; more than a handful means that everything is mixed anyway."""
ITEMS_KEPT = 24
"""Elements of a collection told apart."""
SIZE_KEPT = 400
"""Values in one value; larger ones are tables of data, or grow with every loop."""
PART_KEPT = 100
"""Values in one item of a mapping that is too large as a whole."""
HEIGHT_KEPT = 5
"""Collections within collections that are told apart."""
OTHERS_KEPT = 5
"""Functions or classes that one value may be."""
PATH_KEPT = 3
"""Attributes and items deep that parts of a parameter are told apart."""
EVERY_KIND = "*"
WHOLE, FRONT, BEHIND = 0, 1, 2
NORMAL = ":normal"
"""Mark, beside kinds, on a path that was made absolute and free of ``..``."""
UNSEEN = "\0"
"""Stands in the known beginning of a text for a part that is not known, and not tainted."""


class _Missing:
    """The constant of a value that is not known."""

    __slots__ = ()


MISSING = _Missing()
Constant: TypeAlias = str | int | float | bool | _Missing | None
Fact: TypeAlias = tuple[OriginKey, str]
"""What comes from this origin is harmless for this kind."""
Facts: TypeAlias = frozenset[Fact]
NO_FACTS: Facts = frozenset()
NO_KINDS: frozenset[str] = frozenset()


class Taint:
    """That a value comes from an origin, and what happened on the way."""

    __slots__ = ("composed", "neutral", "origin", "step", "sure")

    def __init__(
        self,
        origin: Origin,
        step: Step | None = None,
        neutral: frozenset[str] = NO_KINDS,
        composed: int = 0,
        sure: bool = True,  # noqa: FBT001, FBT002 - a record
    ) -> None:
        """Begin at an origin."""
        self.origin = origin
        self.step = step
        self.neutral = neutral
        """Kinds for which it was made harmless."""
        self.composed = composed
        """``WHOLE``; ``FRONT`` once something was joined to it; ``BEHIND`` something else."""
        self.sure = sure
        """False once it passed something of which little is known."""


class Scope(Protocol):
    """The variables of a function around another one."""

    @property
    def variables(self) -> "dict[str, Value]":
        """What they are at the moment."""
        ...


class Closure:
    """A function defined inside another one, with the variables it sees."""

    __slots__ = ("defaults", "function", "handler", "info", "key", "qualname", "scopes")

    def __init__(  # noqa: PLR0913, PLR0917 - a record
        self,
        function: "ir.Function",
        info: "FunctionInfo",
        scopes: tuple[Scope, ...],
        key: str,
        qualname: str,
        handler: "Handler | None" = None,
        defaults: "dict[str, Value] | None" = None,
    ) -> None:
        """Take it with its surroundings."""
        self.function = function
        self.info = info
        """The outermost function around it."""
        self.scopes = scopes
        """Variables of the functions around it, the nearest first."""
        self.key = key
        self.qualname = qualname
        self.handler = handler
        """How a framework calls it, when a decorator says so."""
        self.defaults: dict[str, Value] = {} if defaults is None else defaults
        """What parameters are that are not given."""


Callee: TypeAlias = "FunctionInfo | ClassInfo | ModuleInfo | Closure"


class Value:
    """What is known of a value; everything unknown by default."""

    __slots__ = (
        "const", "element", "fields", "height", "items", "others", "prefix", "receiver", "ref",
        "shape", "size", "taints", "target", "text", "truth", "type",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 - a record
        self,
        taints: tuple[Taint, ...] = (),
        const: Constant = MISSING,
        ref: str | None = None,
        target: "Callee | None" = None,
        type: "str | ClassInfo | None" = None,  # noqa: A002 - what it is called everywhere
        receiver: "Value | None" = None,
        items: "tuple[Value, ...] | None" = None,
        element: "Value | None" = None,
        fields: "dict[str, Value] | None" = None,
        prefix: str = "",
        truth: tuple[Facts, Facts] | None = None,
        text: bool = False,  # noqa: FBT001, FBT002 - a record
        others: "tuple[Value, ...]" = (),
        shape: str = "",
    ) -> None:
        """Know what is given; a collection that grew too large is reduced to its taint."""
        self.taints = taints
        self.const = const
        self.ref = ref
        """Dotted name of the library thing that it is: ``subprocess.run``."""
        self.target = target
        """The target's own function, class or module that it is."""
        self.type = type
        """Its class: a library's by dotted name, or one of the target's."""
        self.receiver = receiver
        """Of a bound method."""
        self.items = items
        """Elements of a sequence of known length."""
        self.element = element
        """Any further element."""
        self.fields = fields
        """Attributes (``.name``) and items by known key (``[key]``)."""
        self.prefix = prefix
        """Known beginning of a text."""
        self.truth = truth
        """Facts that hold when it is true, and when it is false."""
        self.text = text
        """It is surely a text or bytes."""
        self.others = others
        """What it may be instead: other functions, classes, or instances of other classes."""
        self.height = 0
        """Collections within collections."""
        self.size = 1
        """Values in it, itself included."""
        self.shape = shape
        """Kind of a collection of which every element is told apart, or ``true``, ``false``."""
        if items is not None or element is not None or fields is not None:
            self._measure()

    def _measure(self) -> None:
        """Measure a collection; keep only the taint of what is in one that grew too large."""
        parts: list[Value] = [] if self.items is None else [*self.items]
        if self.fields is not None:
            parts += self.fields.values()
        if self.element is not None:
            parts.append(self.element)
        size, height = 1, 0
        for part in parts:
            size += part.size
            if part.height > height:  # noqa: PLR1730 - a call for each part of each value
                height = part.height
        self.size, self.height = size, height + 1
        if size <= SIZE_KEPT and height < HEIGHT_KEPT:
            return
        if self.fields is not None and self.items is None and self.element is None:
            self._flatten(self.fields)
        if self.size > SIZE_KEPT or self.height > HEIGHT_KEPT:
            mixed = merge_taints([all_taints(p, HEIGHT_KEPT) for p in parts])
            # Which of the parts is read later is not known any more.
            self.taints = merge_taints([self.taints, tuple(map(unsure, mixed))])
            self.items = self.element = self.fields = None
            self.size, self.height, self.shape = 1, 0, ""

    def _flatten(self, fields: "dict[str, Value]") -> None:
        """Keep only the taint of those items of a mapping that are too large themselves."""
        self.fields = {
            key: value
            if value.height < HEIGHT_KEPT - 1 and value.size <= PART_KEPT
            else Value(all_taints(value, HEIGHT_KEPT), type=value.type)
            for key, value in fields.items()
            if key[0] == "["
        }
        if len(self.fields) == len(fields):
            self.size = 1 + sum(value.size for value in self.fields.values())
            self.height = 1 + max(value.height for value in self.fields.values())
        else:
            self.fields = fields


UNKNOWN = Value()


def unsure(taint: Taint) -> Taint:
    """Return the taint as one that passed something of which little is known."""
    if not taint.sure:
        return taint
    return Taint(taint.origin, taint.step, taint.neutral, taint.composed, sure=False)


def constant(value: "str | int | float | bool | None") -> Value:
    """Return the value of a literal."""
    if isinstance(value, str):
        return Value(const=value, prefix=value, text=True)
    return Value(const=value)


def add_step(taint: Taint, step: Step | None, *, neutral: frozenset[str] = NO_KINDS) -> Taint:
    """Return the taint after one more step."""
    return Taint(
        taint.origin,
        step,
        taint.neutral | neutral if neutral else taint.neutral,
        taint.composed,
        taint.sure,
    )


def common_kinds(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Return the kinds of both, where one of them may have every kind."""
    if one is other:
        return one
    if not one or not other:
        return NO_KINDS
    if EVERY_KIND in one:
        return one & other if EVERY_KIND in other else other
    return one if EVERY_KIND in other else one & other


def harmless(taints: tuple[Taint, ...], kinds: frozenset[str]) -> tuple[Taint, ...]:
    """Return the taints of a value that was made harmless for some kinds."""
    return tuple(Taint(t.origin, t.step, t.neutral | kinds, t.composed, t.sure) for t in taints)


def merge_taints(parts: "list[tuple[Taint, ...]]") -> tuple[Taint, ...]:
    """Join taints of one value: an origin is harmless only where each way made it so."""
    first: tuple[Taint, ...] = ()
    found: dict[OriginKey, Taint] | None = None
    for part in parts:
        if not part or part is first:
            continue
        if not first:
            first = part
            continue
        if found is None:
            found = {}
            _merge_into(found, first)
        _merge_into(found, part)
    return first if found is None else tuple(found.values())[:TAINTS_KEPT]


def _merge_into(found: dict[OriginKey, Taint], part: tuple[Taint, ...]) -> None:
    for taint in part:
        key = taint.origin.key
        known = found.get(key)
        if known is None:
            found[key] = taint
        elif known is not taint:
            found[key] = _either_way(known, taint)


def _either_way(known: Taint, taint: Taint) -> Taint:
    """Return what is known of one origin where it came by either of two ways."""
    neutral, composed, sure = known.neutral, known.composed, known.sure
    if neutral is not taint.neutral:
        neutral = common_kinds(neutral, taint.neutral)
    if composed != taint.composed:
        composed = max(composed, taint.composed)
    if composed == known.composed and (sure or not taint.sure) and neutral == known.neutral:
        return known
    return Taint(known.origin, known.step, neutral, composed, sure or taint.sure)


def all_taints(value: Value, depth: int = 4) -> tuple[Taint, ...]:
    """Return the taints of a value and of everything in it."""
    if value.items is None and value.element is None and value.fields is None:
        return value.taints
    parts = [value.taints]
    if depth > 0:
        if value.items is not None:
            parts += [all_taints(item, depth - 1) for item in value.items]
        if value.element is not None:
            parts.append(all_taints(value.element, depth - 1))
        if value.fields is not None:
            parts += [all_taints(field, depth - 1) for field in value.fields.values()]
    return merge_taints(parts)


def with_taints(value: Value, taints: tuple[Taint, ...]) -> Value:
    """Return the value with other taints on itself."""
    if taints is value.taints:
        return value
    return Value(
        taints,
        value.const,
        value.ref,
        value.target,
        value.type,
        value.receiver,
        value.items,
        value.element,
        value.fields,
        value.prefix,
        value.truth,
        value.text,
        shape=value.shape,
        others=value.others,
    )


def with_truth(value: Value, truth: tuple[Facts, Facts]) -> Value:
    """Return the value with what its being true or false says."""
    return Value(
        value.taints,
        value.const,
        value.ref,
        value.target,
        value.type,
        value.receiver,
        value.items,
        value.element,
        value.fields,
        value.prefix,
        truth,
        value.text,
        shape=value.shape,
        others=value.others,
    )


class _Kept:
    """A part that is as it was."""

    __slots__ = ()


KEPT = _Kept()


def altered(  # noqa: PLR0913 - one for each part
    value: Value,
    *,
    taints: tuple[Taint, ...] | _Kept = KEPT,
    const: Constant | _Kept = KEPT,
    ref: str | _Kept | None = KEPT,
    target: "Callee | _Kept | None" = KEPT,
    type: "str | ClassInfo | _Kept | None" = KEPT,  # noqa: A002 - as the part is called
    receiver: Value | _Kept | None = KEPT,
    items: tuple[Value, ...] | _Kept | None = KEPT,
    element: Value | _Kept | None = KEPT,
    fields: dict[str, Value] | _Kept | None = KEPT,
    prefix: str | _Kept = KEPT,
    others: tuple[Value, ...] | _Kept = KEPT,
    shape: str | _Kept = KEPT,
) -> Value:
    """Return a copy of a value in which some parts are others."""
    return Value(
        value.taints if isinstance(taints, _Kept) else taints,
        value.const if isinstance(const, _Kept) else const,
        value.ref if isinstance(ref, _Kept) else ref,
        value.target if isinstance(target, _Kept) else target,
        value.type if isinstance(type, _Kept) else type,
        value.receiver if isinstance(receiver, _Kept) else receiver,
        value.items if isinstance(items, _Kept) else items,
        value.element if isinstance(element, _Kept) else element,
        value.fields if isinstance(fields, _Kept) else fields,
        value.prefix if isinstance(prefix, _Kept) else prefix,
        value.truth,
        value.text,
        value.others if isinstance(others, _Kept) else others,
        value.shape if isinstance(shape, _Kept) else shape,
    )


def tainted(*values: Value) -> Value:
    """Return a value of which only the taint is known: that of all the others together."""
    taints = merge_taints([all_taints(v) for v in values])
    return Value(taints) if taints else UNKNOWN
