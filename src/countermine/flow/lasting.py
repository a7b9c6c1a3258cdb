"""What of a value outlives the call that made it."""

from countermine.flow.values import MISSING, Value, all_taints


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
