"""The parts of abstract values: attributes and items below a value, and how they are replaced."""

from countermine.core.entrypoints import Channel
from countermine.flow import known
from countermine.flow.derived import derived, derived_one
from countermine.flow.joining import join
from countermine.flow.origins import Origin
from countermine.flow.values import (
    ITEMS_KEPT,
    MISSING,
    PATH_KEPT,
    UNKNOWN,
    UNSEEN,
    Taint,
    Value,
    altered,
    constant,
    merge_taints,
    with_taints,
)

_KEYED_BY_ATTRIBUTE = frozenset({Channel.ARGV, Channel.ENV, Channel.JSON, Channel.FORM})
_LASTING = frozenset(
    {Channel.QUERY, Channel.FORM, Channel.JSON, Channel.PATH, Channel.HEADER, Channel.COOKIE,
     Channel.ARGV, Channel.ENV}
)  # fmt: skip
"""Channels of which a key has one value as long as a request, or the program, lasts."""
_ANY_ITEM = "[]"
LOOKED_UP = "?"
"""Begins the part of a trail that a template looks up: an item or an attribute."""
_TEXTS = frozenset(
    {Channel.QUERY, Channel.FORM, Channel.PATH, Channel.HEADER, Channel.COOKIE, Channel.UPLOAD_NAME}
)
"""Channels that give a text for a key."""
ANY_VALUE = "[*]"
"""Of a mapping, where iterating gives the keys."""


def extend(taints: tuple[Taint, ...], trail: str) -> tuple[Taint, ...]:
    """Return the taints of a part of a tainted value."""
    if len(taints) == 1:
        return (_extended(taints[0], trail),)
    return tuple([_extended(t, trail) for t in taints])


def _extended(taint: Taint, trail: str) -> Taint:
    origin = taint.origin
    if taint.composed or origin.key[-1][:1] == "~":
        return derived_one(taint, trail)
    if origin.owner is None:
        return _keyed(taint, trail)
    if len(origin.trail) >= PATH_KEPT or not taint.sure:
        # What an unknown call gives is not the parameter: its parts are not the parameter's.
        return taint
    if origin.further is None:
        origin.further = {}
    below = origin.further.get(trail)
    if below is None:
        below = origin.further[trail] = Origin(
            (*origin.key, trail), origin.owner, origin.index, (*origin.trail, trail),
            function_key=origin.function_key,
        )  # fmt: skip
    return Taint(below, taint.step, taint.neutral, taint.composed, taint.sure)


def _keyed(taint: Taint, trail: str) -> Taint:
    origin = taint.origin
    if origin.name is not None:
        return derived_one(taint, trail)
    if trail in (_ANY_ITEM, ANY_VALUE):
        return taint
    if trail[0] == ".":
        if origin.channel not in _KEYED_BY_ATTRIBUTE:
            return taint
        name = trail[1:]
    else:
        name = trail[1:-1]
        if name.lstrip("-").isdigit() and origin.channel not in _KEYED_BY_ATTRIBUTE:
            return taint
    return Taint(named_origin(origin, name), taint.step, taint.neutral, sure=taint.sure)


def named_origin(origin: Origin, name: str) -> Origin:
    """Return the part of a source that has a name of its own: a form field, an option.

    However often it is read, it is the same value.
    """
    key = (*origin.key, name)
    if origin.channel in _LASTING:
        key = ("s", "", "", origin.key[3], name)
    return Origin(
        key, None, -1, (), origin.level, origin.channel, name, origin.note,
        origin.path, origin.start, origin.end, origin.function, origin.function_key,
    )  # fmt: skip


def item_key(index: Value) -> str | None:
    """Return how an item of a known key is called in trails and fields."""
    if isinstance(index.const, str):
        return f"[{index.const}]"
    if isinstance(index.const, int) and not isinstance(index.const, bool):
        return f"[{index.const}]"
    return None


def load_item(base: Value, index: Value | None) -> Value:
    """Return ``base[index]``; a slice where there is no index."""
    if index is None:
        return _slice(base)
    key = item_key(index)
    number = index.const if isinstance(index.const, int) else None
    if number is not None:
        found = _numbered(base, number)
        if found is not None:
            return found
    if key is not None and base.fields is not None and key in base.fields:
        return base.fields[key]
    taints = extend(base.taints, key or ANY_VALUE)
    if key is not None and base.fields is not None and base.element is None:
        return Value(taints) if taints else UNKNOWN
    inside = elements(base, plain=True)
    if inside is None:
        return Value(taints, text=base.text) if taints else UNKNOWN
    if number is not None and base.element is not None:
        # What is tested of one element says nothing of the others.
        inside = with_taints(inside, derived(inside.taints, f"[{number}]"))
    return with_taints(inside, merge_taints([inside.taints, taints])) if taints else inside


def _numbered(base: Value, number: int) -> Value | None:
    if isinstance(base.const, str):
        return constant(base.const[number : number + 1 or None])
    items = base.items or ()
    if -len(items) <= number < len(items) and (number >= 0 or base.element is None):
        return items[number]
    return None


def load_slice(base: Value, lower: Value, upper: Value, step: Value) -> Value:
    """Return ``base[lower:upper:step]``."""
    bounds = [b.const for b in (lower, upper, step) if b.const is None or isinstance(b.const, int)]
    if len(bounds) == 3 and bounds[2] != 0:  # noqa: PLR2004 - all of them
        part = slice(*bounds)
        if isinstance(base.const, str):
            return constant(base.const[part])
        if base.items is not None and base.shape in (known.LIST, known.TUPLE):
            return Value(base.taints, items=base.items[part], shape=base.shape)
        if base.prefix and _is_within(part, base.prefix):
            return constant(base.prefix[part])
    return _slice(base)


def _is_within(part: slice, prefix: str) -> bool:
    """Tell whether a slice takes nothing but what a text is known to begin with."""
    if not isinstance(part.stop, int) or not 0 <= part.stop <= len(prefix):
        return False
    forwards = part.step is None or part.step > 0
    return forwards and (part.start is None or part.start >= 0) and UNSEEN not in prefix[part]


def _slice(base: Value) -> Value:
    if base.items is None:
        return Value(derived(base.taints, "[:]"), element=base.element, text=base.text)
    element: Value | None = base.element
    for item in base.items:
        element = item if element is None else join(element, item)
    return Value(base.taints, element=element)


def elements(base: Value, *, plain: bool = False) -> Value | None:
    """Return what iterating over a value may give; ``plain`` leaves the value's own taint out."""
    found: Value | None = base.element
    for item in base.items or ():
        found = item if found is None else join(found, item)
    if plain and base.fields is not None:
        for key, field in base.fields.items():
            if key[0] == "[":
                found = field if found is None else join(found, field)
    if plain:
        return found
    if base.fields is not None and KEYS in base.fields:
        return base.fields[KEYS]
    if base.fields is not None and found is None:
        keys = [k[1:-1] for k in base.fields if k[0] == "["]
        if keys:
            found = constant(keys[0]) if len(keys) == 1 else Value(text=True)
    taints = extend(base.taints, _ANY_ITEM)
    if found is None:
        return Value(taints) if taints else None
    return with_taints(found, merge_taints([found.taints, taints])) if taints else found


def select(value: Value, trail: tuple[str, ...]) -> Value:
    """Return the part of a value that a trail leads to."""
    for place, part in enumerate(trail):
        if value.fields is not None and part in value.fields:
            value = value.fields[part]
        elif part[0] == "[":
            value = _selected_item(value, part)
        elif part[0] == LOOKED_UP:
            value = looked_up(value, part[1:])
        else:
            taints = value.taints
            for rest in trail[place:]:
                taints = extend(taints, rest)
            return Value(taints) if taints else UNKNOWN
    return value


def looked_up(value: Value, name: str) -> Value:
    """Return what a template writes as ``value.name``: an item or an attribute.

    What a request holds under a name is a text, which has nothing under other names.
    """
    fields = value.fields or {}
    for key in (f"[{name}]", f".{name}"):
        if key in fields:
            return fields[key]
    if value.items is not None and name.isdigit():
        return load_item(value, constant(int(name)))
    found: list[Taint] = []
    for taint in value.taints:
        origin = taint.origin
        if origin.owner is not None:
            found.append(_extended(taint, LOOKED_UP + name))
        elif not (taint.composed or (origin.name is not None and origin.channel in _TEXTS)):
            found.append(_extended(taint, f"[{name}]"))
    return Value(tuple(found)) if found else UNKNOWN


def _selected_item(value: Value, part: str) -> Value:
    text = part[1:-1]
    if part == ANY_VALUE:
        inside = elements(value, plain=True) or UNKNOWN
        return with_taints(inside, merge_taints([inside.taints, extend(value.taints, part)]))
    if not text:
        return elements(value) or UNKNOWN
    index = constant(int(text)) if text.lstrip("-").isdigit() else constant(text)
    return load_item(value, index)


def store_field(base: Value, key: str, value: Value) -> Value:
    """Return ``base`` with an attribute (``.name``) or item (``[key]``) replaced."""
    fields = dict(base.fields) if base.fields is not None else {}
    if len(fields) >= ITEMS_KEPT * 4 and key not in fields:
        return store_element(base, value)
    fields[key] = value
    items = base.items
    if items is not None and key[0] == "[":
        number = key[1:-1]
        if number.isdigit() and int(number) < len(items):
            place = int(number)
            items = (*items[:place], value, *items[place + 1 :])
    return Value(
        base.taints, MISSING, base.ref, base.target,
        base.type, base.receiver, items, base.element, fields,
        shape=_shape_after(base, key, items),
    )  # fmt: skip


def _shape_after(base: Value, key: str, items: tuple[Value, ...] | None) -> str:
    """Return the shape of a collection in which an item was replaced or a key added."""
    if base.shape == known.DICT and key[0] == "[":
        return base.shape
    return base.shape if items is not base.items else ""


PAIRED = ".of()"
"""Field of a key with its value: the dictionaries that such pairs are taken from."""
KEYS = ".keys()"
"""Field of what the keys of a dictionary may be, beside those that are known."""


def with_keys(base: Value, key: Value) -> Value:
    """Return a dictionary with one more key that is not known."""
    if not key.taints:
        return base
    before = (base.fields or {}).get(KEYS)
    fields = {**(base.fields or {}), KEYS: key if before is None else join(before, key)}
    return altered(base, fields=fields)


def store_element(base: Value, value: Value) -> Value:
    """Return ``base`` with one more element of unknown place."""
    element = value if base.element is None else join(base.element, value)
    return Value(
        base.taints, ref=base.ref, type=base.type, receiver=base.receiver, items=base.items,
        element=element, fields=base.fields,
    )  # fmt: skip
