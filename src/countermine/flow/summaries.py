"""What a function that was interpreted does, as its callers see it."""

from functools import reduce

from countermine.flow import aliases, bind, execute, outer
from countermine.flow.frame import Frame, Summary
from countermine.flow.values import MISSING, NO_FACTS, UNKNOWN, Value, all_taints, common


def passing(key: str, parameters: int) -> Summary:
    """Return the summary of a function that was not followed: everything may pass through."""
    taints = tuple(bind.parameter_taint(key, place) for place in range(min(parameters, 6)))
    return Summary(key, Value(taints) if taints else UNKNOWN)


def without_parameters(value: Value) -> Value:
    """Return what is known of a value whoever called the function."""
    taints = tuple(t for t in all_taints(value) if t.origin.owner is None)
    const = value.const if value.const is None or isinstance(value.const, (bool, int)) else MISSING
    if value.fields is None and value.items is None and value.element is None:
        return Value(
            taints, value.const, value.ref, value.target, value.type, value.receiver,
            prefix=value.prefix, text=value.text,
        )  # fmt: skip
    return Value(taints, const, value.ref, value.target, value.type)


def kept_by(value: Value, depth: int = 3) -> Value:
    """Return what is known, part by part, of a value that outlives the call that made it."""
    if not value.height or depth == 0:
        return without_parameters(value)
    taints = tuple(t for t in value.taints if t.origin.owner is None)
    items, element, fields = value.items, value.element, value.fields
    return Value(
        taints, type=value.type, ref=value.ref,
        items=None if items is None else tuple(kept_by(i, depth - 1) for i in items),
        element=None if element is None else kept_by(element, depth - 1),
        fields=None if fields is None else {k: kept_by(f, depth - 1) for k, f in fields.items()},
    )  # fmt: skip


def summary_of(frame: Frame) -> Summary:
    """Return the summary of an activation that has come to its end."""
    result = bind.returned(frame.returns)
    if frame.function.generator:
        result = Value(element=frame.yields or UNKNOWN, type=execute.GENERATOR)
    facts = NO_FACTS
    if frame.returns:
        facts = reduce(common, (f for _, f in frame.returns))
    returns = bool(frame.returns) or frame.function.generator
    return Summary(
        frame.key,
        result,
        returns or frame.exhausted,
        facts,
        frame.stores,
        aliases.changes(frame),
        *outer.changes(frame),
    )
