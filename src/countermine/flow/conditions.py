"""Conditions of rows: what must hold of a call's arguments, and of where it stands."""

from collections.abc import Callable

from countermine.catalogue.schema import Argument, Condition, Test
from countermine.flow import ir
from countermine.flow.by_default import is_by_default
from countermine.flow.expressions import costs
from countermine.flow.frame import Arguments, Frame
from countermine.flow.handlers import imports
from countermine.flow.index import ClassInfo
from countermine.flow.spellings import given_for, is_written_so, spelt
from countermine.flow.values import MISSING, UNKNOWN, UNSEEN, Value, all_taints, merge_taints

_COMPLETE = 2
"""Words of a known beginning from which on the first one is whole."""


def argument_value(
    argument: Argument, arguments: Arguments, receiver: Value | None
) -> Value | None:
    """Return what a call passes for an argument of a row."""
    if argument.receiver:
        return receiver
    if argument.onwards is not None:
        rest = tuple(arguments.positional[argument.onwards :])
        return Value(items=rest, element=arguments.rest) if rest else None
    if argument.every:
        return Value(merge_taints([all_taints(v) for v in arguments.everything()]))
    if argument.mapping:
        return arguments.mapping
    return arguments.at(argument.position, argument.keyword)


def program_name(value: Value) -> str | None:
    """Return the program that an argument list or a command line starts, ``None`` if unknown."""
    first = value.items[0] if value.items else value
    text = first.const if isinstance(first.const, str) else first.prefix
    if value.items and not isinstance(first.const, str):
        return None
    words = text.split()
    if not words or (
        not value.items and not isinstance(first.const, str) and len(words) < _COMPLETE
    ):
        return None
    name = words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    return None if UNSEEN in name else name


def condition_holds(
    frame: Frame,
    condition: Condition,
    arguments: Arguments,
    receiver: Value | None,
    node: ir.Call | None = None,
) -> bool:
    """Tell whether a condition of a row holds for a call, of which ``node`` is how it is written.

    For an assignment the arguments are ``value`` and ``key``.
    """
    if condition.argument is None:
        return _AROUND[condition.test](frame, condition)
    if condition.test is Test.SPELT:
        pattern = condition.pattern
        return node is not None and pattern is not None and spelt(node, condition.argument, pattern)
    if condition.test is Test.WRITTEN:
        return node is not None and is_written_so(frame.module.text, node, condition)
    if condition.test is Test.BY_DEFAULT:
        given = () if node is None else given_for(node, condition.argument)
        return any(is_by_default(frame, one, condition.values) for one in given)
    value = argument_value(condition.argument, arguments, receiver)
    if condition.item is not None and value is not None:
        value = item_of(value, condition.item)
    if condition.test is Test.COST:
        return value is not None and costs(condition.values, value, arguments)
    return _HOLDS[condition.test](frame, condition, value)


def item_of(value: Value, key: str) -> Value | None:
    """Return an item; ``None`` where a dictionary is known to have none of that key."""
    if value.items is not None and key.isdigit() and int(key) < len(value.items):
        return value.items[int(key)]
    if value.fields is None:
        return UNKNOWN
    found = value.fields.get(f"[{key}]")
    if found is None and (value.element is not None or value.taints):
        return UNKNOWN
    return found


def _has(frame: Frame, condition: Condition) -> bool:
    return any(str(word).encode() in frame.module.text for word in condition.values)


def _has_nearby(frame: Frame, condition: Condition) -> bool:
    around = frame.owner or frame.info
    start = min([around.start, *(d.start for d in frame.info.decorators)])
    text = frame.module.text[start : around.end]
    return any(str(word).encode() in text for word in condition.values)


def _lacks_within(frame: Frame, condition: Condition) -> bool:
    text = frame.module.text[frame.info.start : frame.info.end]
    return not any(str(word).encode() in text for word in condition.values)


def _imports(frame: Frame, condition: Condition) -> bool:
    return imports(frame.module, tuple(map(str, condition.values)))


def _function(frame: Frame, condition: Condition) -> bool:
    pattern = condition.pattern
    return pattern is not None and bool(
        pattern.search(frame.qualname) or (frame.goal and pattern.search(frame.goal))
    )


def _file(frame: Frame, condition: Condition) -> bool:
    return condition.pattern is not None and bool(condition.pattern.search(frame.module.path))


_AROUND: dict[Test, Callable[[Frame, Condition], bool]] = {
    Test.HAS: _has,
    Test.HAS_NEARBY: _has_nearby,
    Test.LACKS: lambda frame, condition: not _has(frame, condition),
    Test.LACKS_NEARBY: lambda frame, condition: not _has_nearby(frame, condition),
    Test.IMPORTS: _imports,
    Test.LACKS_WITHIN: _lacks_within,
    Test.FUNCTION: _function,
    Test.FILE: _file,
}


def _names_of(value: Value) -> set[str]:
    found: set[str] = set()
    if value.ref is not None:
        found.add(value.ref)
    if isinstance(value.type, str):
        found.add(value.type)
    for item in value.items or ():
        found |= _names_of(item)
    return found


def _all_names(frame: Frame, value: Value) -> set[str]:
    names = _names_of(value)
    for name in sorted(names):
        names.update(frame.engine.hierarchy.names(name))
    for own in (value.type, value.target):
        if isinstance(own, ClassInfo):
            names.update(frame.engine.hierarchy.names(own))
    return names


def _among(value: Value, condition: Condition) -> bool:
    return value.const is not MISSING and any(
        value.const == v and type(value.const) is type(v) for v in condition.values
    )


def _absent(_frame: Frame, _condition: Condition, value: Value | None) -> bool:
    return value is None


def _present(_frame: Frame, _condition: Condition, value: Value | None) -> bool:
    return value is not None


def _equals(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    return value is not None and _among(value, condition)


def _differs(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    return value is None or not _among(value, condition)


def _includes(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    return value is not None and (
        _among(value, condition) or any(_among(item, condition) for item in value.items or ())
    )


def _excludes(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    return (
        value is not None
        and value.items is not None
        and value.element is None
        and not any(item.const is MISSING or _among(item, condition) for item in value.items)
    )


def _below(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    limit = condition.values[0]
    return (
        value is not None
        and isinstance(value.const, (int, float))
        and not isinstance(value.const, bool)
        and isinstance(limit, (int, float))
        and value.const < limit
    )


def _constant(_frame: Frame, _condition: Condition, value: Value | None) -> bool:
    return value is not None and value.const is not MISSING


def _computed(_frame: Frame, _condition: Condition, value: Value | None) -> bool:
    return value is not None and value.const is MISSING


def _named(frame: Frame, condition: Condition, value: Value | None) -> bool:
    return value is not None and bool(_all_names(frame, value) & set(condition.values))


def _not_named(frame: Frame, condition: Condition, value: Value | None) -> bool:
    return not _named(frame, condition, value)


def _matches(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    if value is None or condition.pattern is None or not isinstance(value.const, str):
        return False
    return condition.pattern.search(value.const) is not None


def _unlike(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    known = "" if value is None else value.const if isinstance(value.const, str) else value.prefix
    return condition.pattern is None or condition.pattern.match(known.partition(UNSEEN)[0]) is None


def _begins(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    if value is None or condition.pattern is None or value.const is not MISSING:
        return False
    return condition.pattern.match(value.prefix) is not None


def _set(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    fields = value.fields if value is not None else None
    return fields is not None and any(setting_key(str(v)) in fields for v in condition.values)


def setting_key(name: str) -> str:
    """Return the field in which a value keeps that a setting was made on it."""
    return f".:{name}"


def _program(_frame: Frame, condition: Condition, value: Value | None) -> bool:
    return value is not None and program_name(value) in condition.values


_HOLDS: dict[Test, Callable[[Frame, Condition, Value | None], bool]] = {
    Test.ABSENT: _absent,
    Test.PRESENT: _present,
    Test.EQUALS: _equals,
    Test.DIFFERS: _differs,
    Test.INCLUDES: _includes,
    Test.EXCLUDES: _excludes,
    Test.BELOW: _below,
    Test.CONSTANT: _constant,
    Test.COMPUTED: _computed,
    Test.NAMED: _named,
    Test.NOT_NAMED: _not_named,
    Test.MATCHES: _matches,
    Test.UNLIKE: _unlike,
    Test.BEGINS: _begins,
    Test.PROGRAM: _program,
    Test.SET: _set,
}
