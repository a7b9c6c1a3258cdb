"""Things of the standard library into which values are put under names, or one by one."""

from collections.abc import Callable

from countermine.flow.frame import Arguments
from countermine.flow.joining import join
from countermine.flow.parts import elements, item_key, load_item, store_element, store_field
from countermine.flow.values import UNKNOWN, Value

_Changed = tuple[Value, Value | None]
_HELD = ".held"
_TWO, _THREE = 2, 3


def _section(receiver: Value, key: Value) -> Value:
    name = item_key(key)
    if receiver.fields is not None and name is not None and name in receiver.fields:
        return receiver.fields[name]
    return Value(receiver.taints, fields={})


def _set_option(receiver: Value, arguments: Arguments) -> _Changed:
    given = arguments.positional
    if len(given) < _THREE:
        return UNKNOWN, None
    section, option = item_key(given[0]), item_key(given[1])
    inner = _section(receiver, given[0])
    inner = (
        store_element(inner, given[2]) if option is None else store_field(inner, option, given[2])
    )
    if section is None:
        return UNKNOWN, store_element(receiver, inner)
    return UNKNOWN, store_field(receiver, section, inner)


def _get_option(receiver: Value, arguments: Arguments) -> _Changed:
    given = arguments.positional
    fallback = arguments.keywords.get("fallback")
    if len(given) < _TWO:
        return UNKNOWN, None
    inner = load_item(receiver, given[0])
    found = load_item(inner, given[1])
    name = item_key(given[1])
    known = inner.fields is not None and name is not None and name in inner.fields
    return (found if fallback is None or known else join(found, fallback)), None


def has_option(receiver: Value | None, arguments: Arguments) -> bool:
    """Tell whether the code at hand set the option that a call asks a configuration for."""
    given = arguments.positional
    if receiver is None or len(given) < _TWO:
        return False
    section, option = item_key(given[0]), item_key(given[1])
    inner = None if section is None else (receiver.fields or {}).get(section)
    return inner is not None and option is not None and option in (inner.fields or {})


def _add_section(receiver: Value, arguments: Arguments) -> _Changed:
    name = item_key(arguments.positional[0]) if arguments.positional else None
    if name is None:
        return UNKNOWN, None
    return UNKNOWN, store_field(receiver, name, _section(receiver, arguments.positional[0]))


def _read_mapping(receiver: Value, arguments: Arguments) -> _Changed:
    given = arguments.positional[0] if arguments.positional else UNKNOWN
    changed = receiver
    for key, value in (given.fields or {}).items():
        if key[0] == "[":
            changed = store_field(changed, key, value)
    if given.fields is None or given.element is not None:
        changed = store_element(changed, elements(given) or UNKNOWN)
    return UNKNOWN, changed


def _items(receiver: Value, arguments: Arguments) -> _Changed:
    inner = load_item(receiver, arguments.positional[0]) if arguments.positional else receiver
    return Value(element=Value(items=(UNKNOWN, elements(inner, plain=True) or UNKNOWN))), None


def _put(receiver: Value, arguments: Arguments) -> _Changed:
    value = arguments.positional[0] if arguments.positional else UNKNOWN
    return UNKNOWN, store_element(receiver, value)


def _take(receiver: Value, _arguments: Arguments) -> _Changed:
    return elements(receiver) or UNKNOWN, None


def _hold(receiver: Value, arguments: Arguments) -> _Changed:
    value = arguments.positional[0] if arguments.positional else UNKNOWN
    return UNKNOWN, store_field(receiver, _HELD, value)


def _held(receiver: Value, arguments: Arguments) -> _Changed:
    if receiver.fields is not None and _HELD in receiver.fields:
        return receiver.fields[_HELD], None
    return (arguments.positional[0] if arguments.positional else UNKNOWN), None


_Model = Callable[[Value, Arguments], _Changed]
_CONFIG: dict[str, _Model] = {
    "set": _set_option,
    "get": _get_option,
    "add_section": _add_section,
    "read_dict": _read_mapping,
    "items": _items,
}
_QUEUE: dict[str, _Model] = {"put": _put, "put_nowait": _put, "get": _take, "get_nowait": _take}
_HOLDER: dict[str, _Model] = {"set": _hold, "get": _held}
_CLASSES: dict[str, dict[str, _Model]] = {
    "configparser.RawConfigParser": _CONFIG,
    "queue.Queue": _QUEUE,
    "contextvars.ContextVar": _HOLDER,
}
METHODS = {
    f"{owner}.{name}": model for owner, models in _CLASSES.items() for name, model in models.items()
}
"""What the methods of such things give and change."""
