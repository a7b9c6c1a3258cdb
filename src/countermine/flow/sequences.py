"""What takes out of collections, or orders them anew."""

from collections.abc import Callable
from functools import reduce

from countermine.flow import known
from countermine.flow.frame import Arguments
from countermine.flow.joining import join
from countermine.flow.parts import elements, item_key, load_item
from countermine.flow.values import ITEMS_KEPT, MISSING, UNKNOWN, Value, altered

_Changed = tuple[Value, Value | None]


def is_exact(value: Value) -> bool:
    """Tell whether every element of a sequence is told apart by its place."""
    return value.items is not None and value.element is None and not _has_keys(value)


def _has_keys(value: Value) -> bool:
    return value.fields is not None and any(key[0] == "[" for key in value.fields)


def with_items(value: Value, items: list[Value] | tuple[Value, ...]) -> Value:
    """Return a sequence with other elements."""
    return altered(value, items=tuple(items))


def _mixed(value: Value) -> Value:
    """Return a sequence of which the places are not known any more."""
    parts = [*(value.items or ()), *([value.element] if value.element is not None else [])]
    return altered(value, items=None, element=reduce(join, parts) if parts else None, shape="")


def _place(value: Value, index: Value) -> int | None:
    """Return the place that an index means in a sequence of known elements."""
    number, count = index.const, len(value.items or ())
    if not isinstance(number, int) or not -count <= number < count:
        return None
    return number % count


def taken(value: Value, index: Value) -> _Changed | None:
    """Return what stands at an index or under a key, and what is left without it."""
    if is_exact(value):
        place = _place(value, index)
        if place is not None and value.items is not None:
            rest = [*value.items[:place], *value.items[place + 1 :]]
            return value.items[place], with_items(value, rest)
        return load_item(value, index), _mixed(value)
    key = item_key(index)
    if key is not None and value.fields is not None and key in value.fields:
        fields = {k: v for k, v in value.fields.items() if k != key}
        return value.fields[key], altered(value, fields=fields)
    return None


def pop(receiver: Value, arguments: Arguments) -> _Changed | None:
    """Return what ``pop`` takes out; ``None`` where that is not known."""
    if len(arguments.positional) > 1:
        return None if _lacks(receiver, arguments.positional[0]) else _present(receiver, arguments)
    index = arguments.positional[0] if arguments.positional else Value(const=-1)
    return taken(receiver, index)


def _lacks(receiver: Value, key: Value) -> bool:
    name = item_key(key)
    return name is None or receiver.fields is None or name not in receiver.fields


def _present(receiver: Value, arguments: Arguments) -> _Changed | None:
    return taken(receiver, arguments.positional[0])


def _pop_left(receiver: Value, _arguments: Arguments) -> _Changed | None:
    return taken(receiver, Value(const=0)) if receiver.items is not None else None


def _remove(receiver: Value, arguments: Arguments) -> _Changed | None:
    if not is_exact(receiver) or not arguments.positional:
        return None
    wanted = arguments.positional[0]
    items = receiver.items or ()
    for place, item in enumerate(items):
        if item is wanted or (item.const is not MISSING and item.const == wanted.const):
            return UNKNOWN, with_items(receiver, [*items[:place], *items[place + 1 :]])
        if item.const is MISSING:
            break
    return UNKNOWN, _mixed(receiver)


def _clear(receiver: Value, _arguments: Arguments) -> _Changed | None:
    if receiver.items is None and receiver.fields is None and receiver.element is None:
        return None
    if receiver.fields is not None:
        fields = {k: v for k, v in receiver.fields.items() if k[0] != "["}
        shape = known.DICT if receiver.items is None else ""
        return UNKNOWN, Value(type=receiver.type, fields=fields, shape=shape)
    return UNKNOWN, Value(type=receiver.type, items=(), shape=receiver.shape)


def _reverse(receiver: Value, _arguments: Arguments) -> _Changed | None:
    if not is_exact(receiver):
        return None
    return UNKNOWN, with_items(receiver, (receiver.items or ())[::-1])


def _sort(receiver: Value, _arguments: Arguments) -> _Changed | None:
    return (UNKNOWN, _mixed(receiver)) if receiver.items else None


def _append_left(receiver: Value, arguments: Arguments) -> _Changed | None:
    items = receiver.items or ()
    if not is_exact(receiver) or not arguments.positional or len(items) >= ITEMS_KEPT:
        return None
    return UNKNOWN, with_items(receiver, (arguments.positional[0], *items))


TAKING: dict[str, Callable[[Value, Arguments], _Changed | None]] = {
    "pop": pop,
    "popleft": _pop_left,
    "remove": _remove,
    "discard": _remove,
    "clear": _clear,
    "reverse": _reverse,
    "sort": _sort,
    "appendleft": _append_left,
}
"""Methods that take out of collections or order them: ``None`` where too little is known."""


def without(value: Value, index: Value | None) -> Value:
    """Return a collection after ``del``; of a slice where there is no index."""
    found = None if index is None else taken(value, index)
    if found is not None and found[1] is not None:
        return found[1]
    return _mixed(value) if value.items is not None else value


def spread(value: Value, before: int, after: int) -> tuple[list[Value], Value, list[Value]]:
    """Return what an unpacking with a star gives its targets: before, at, and after the star."""
    items = value.items or ()
    if is_exact(value) and len(items) >= before + after:
        end = len(items) - after
        inner = known.collection(known.LIST, items[before:end])
        return list(items[:before]), inner, list(items[end:])
    each = elements(value) or UNKNOWN
    first = [load_item(value, Value(const=place)) for place in range(before)]
    return first, Value(element=each), [each] * after


def merged(left: Value, right: Value) -> Value | None:
    """Return the union of two dictionaries; ``None`` where they are not known to be such."""
    if left.fields is None or right.fields is None or left.items or right.items:
        return None
    element = left.element
    if right.element is not None:
        element = right.element if element is None else join(element, right.element)
    shape = known.DICT if left.shape == right.shape == known.DICT else ""
    taints = join(Value(left.taints), Value(right.taints)).taints
    return Value(
        taints, type=left.type, fields={**left.fields, **right.fields}, element=element, shape=shape
    )
