"""Values that may be one of two, joined: what is known of both, and which things they may be."""

from collections.abc import Iterable

from countermine.flow.values import (
    MISSING,
    OTHERS_KEPT,
    UNKNOWN,
    Value,
    all_taints,
    altered,
    merge_taints,
)

OTHER_KEPT = 12
"""Values in one of the things that a value may be instead."""


def join(left: Value, right: Value, depth: int = 4) -> Value:
    """Return what is known where it may be either."""
    if left is right:
        return left
    if depth <= 0:
        return Value(merge_taints([all_taints(left), all_taints(right)]))
    same = type(left.const) is type(right.const) and left.const == right.const
    taints = left.taints
    if taints is not right.taints and right.taints:
        taints = merge_taints([taints, right.taints])
    items, element = left.items, left.element
    if items is not right.items or element is not right.element:
        items, element = _join_items(left, right, depth)
    others = _join_others(left, right)
    other = left if others else right
    return Value(
        taints,
        left.const if same else MISSING,
        left.ref if left.ref is not None else other.ref,
        left.target if left.target is not None else other.target,
        left.type if left.type is not None else other.type,
        left.receiver if left.receiver is not None else other.receiver,
        items,
        element,
        _join_fields(left, right, depth),
        _common(left.prefix, right.prefix),
        None,
        left.text and right.text,
        shape=_common_shape(left, right) if left.shape else "",
        others=others,
    )


def _join_others(left: Value, right: Value) -> tuple[Value, ...]:
    """Return what the first of two values may be instead, if they are told apart by name."""
    if not right.others and _same_thing(left, right):
        return left.others
    if not _is_thing(left) or not _is_thing(right):
        return left.others or right.others
    return instead_of(left, (*left.others, right))


def instead_of(first: Value, others: Iterable[Value]) -> tuple[Value, ...]:
    """Return what a value may be instead of ``first``: each thing once, none with others itself."""
    found: list[Value] = []
    for other in others:
        for one in alternatives(other):
            if not _same_thing(first, one) and not any(_same_thing(one, o) for o in found):
                found.append(one if one.size <= OTHER_KEPT else _bare(one))
    return tuple(found[:OTHERS_KEPT])


def _bare(value: Value) -> Value:
    """Return which thing a value is, without what is known of its parts."""
    return Value(
        all_taints(value), ref=value.ref, target=value.target, type=value.type,
        receiver=value.receiver,
    )  # fmt: skip


def _is_thing(value: Value) -> bool:
    return value.target is not None or value.type is not None or value.ref is not None


def _same_thing(left: Value, right: Value) -> bool:
    return left.target is right.target and left.type == right.type and left.ref == right.ref


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return what a value may be, each by itself."""
    if not value.others:
        return (value,)
    first = altered(value, others=())
    return (first, *(o for o in value.others if not _same_thing(first, o)))


def _common_shape(left: Value, right: Value) -> str:
    """Return the shape of two collections of as many elements, or with the same keys."""
    if left.shape != right.shape or len(left.items or ()) != len(right.items or ()):
        return ""
    mine, other = left.fields, right.fields
    alike = mine is other or (mine is not None and other is not None and [*mine] == [*other])
    return left.shape if alike and left.element is None is right.element else ""


def _common(left: str, right: str) -> str:
    if left == right:
        return left
    length = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        length += 1
    return left[:length]


def _join_items(
    left: Value, right: Value, depth: int
) -> tuple[tuple[Value, ...] | None, Value | None]:
    mine, other = left.items, right.items
    if mine is None and other is None:
        return None, _join_optional(left.element, right.element, depth)
    if mine is not None and other is not None and len(mine) == len(other):
        joined = tuple(join(a, b, depth - 1) for a, b in zip(mine, other, strict=True))
        return joined, _join_optional(left.element, right.element, depth)
    shared = 0
    if mine is not None and other is not None:
        shared = min(len(mine), len(other))
        head = tuple(join(mine[i], other[i], depth - 1) for i in range(shared))
        rest = [*mine[shared:], *other[shared:]]
    else:
        unknown, known = (left, right) if mine is None else (right, left)
        head, rest = known.items or (), []
        if head and (unknown.taints or unknown.element is not None):
            # Of the other nobody knows what it holds: any of its elements may stand there.
            any_of = _join_optional(Value(unknown.taints), unknown.element, depth) or UNKNOWN
            head = tuple(join(one, any_of, depth - 1) for one in head)
    element = _join_optional(left.element, right.element, depth)
    for value in rest:
        element = _join_optional(element, value, depth)
    return head, element


def _join_optional(left: Value | None, right: Value | None, depth: int) -> Value | None:
    if left is None or right is None:
        return right if left is None else left
    return join(left, right, depth - 1)


def _join_fields(left: Value, right: Value, depth: int) -> dict[str, Value] | None:
    mine, other = left.fields, right.fields
    if mine is None or other is None:
        return other if mine is None else mine
    if mine is other:
        return mine
    found = dict(mine)
    for name, value in other.items():
        known = found.get(name)
        found[name] = value if known is None else join(known, value, depth - 1)
    return found
