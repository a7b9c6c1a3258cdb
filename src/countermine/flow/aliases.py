"""One thing under several names: what is changed under one of them changes under all.

Values are never changed, so two names of one thing hold the same object. A change puts another
object in its place, wherever it stands.
"""

from countermine.flow import known
from countermine.flow.frame import Frame
from countermine.flow.joining import join
from countermine.flow.parts import extend, store_element, store_field
from countermine.flow.state import apply_facts
from countermine.flow.values import UNKNOWN, Taint, Value, altered, merge_taints

DEPTH = 4
"""Collections within collections in which other places of a thing are looked for."""


def held(place: int) -> str:
    """Return the variable that keeps what a parameter was given, whatever its name is bound to."""
    return f"<{place}>"


def put(frame: Frame, before: Value, after: Value) -> None:
    """Put what a thing has become everywhere where it stands."""
    if before is UNKNOWN or before is after:
        return
    variables = frame.state.variables
    for name, value in variables.items():
        if value is before:
            variables[name] = after
        elif value.height > before.height:
            variables[name] = _within(value, before, after, DEPTH)
    if frame.either:
        _put_perhaps(frame, before, after)


def _put_perhaps(frame: Frame, before: Value, after: Value) -> None:
    """Change the things that this may be as well: they are as before, or changed."""
    pairs = [pair for pair in frame.either if pair[0] is before]
    for pair in pairs:
        frame.either.remove(pair)
        maybe = join(pair[1], after)
        frame.either.append((after, maybe))
        put(frame, pair[1], maybe)


def _within(value: Value, before: Value, after: Value, depth: int) -> Value:
    """Return a value with one of its parts replaced; itself where it is no part of it."""
    if value is before:
        return after
    if depth == 0 or value.height <= before.height or value.size <= before.size:
        return value
    items, element, fields = value.items, value.element, value.fields
    same = True
    if items is not None:
        new_items = tuple(_within(item, before, after, depth - 1) for item in items)
        same = all(new is old for new, old in zip(new_items, items, strict=True))
        items = new_items
    if element is not None:
        element = _within(element, before, after, depth - 1)
        same = same and element is value.element
    if fields is not None:
        new_fields = {k: _within(v, before, after, depth - 1) for k, v in fields.items()}
        same = same and all(new_fields[k] is fields[k] for k in fields)
        fields = new_fields
    return value if same else altered(value, items=items, element=element, fields=fields)


def loosened(value: Value, depth: int = DEPTH) -> Value:
    """Return a value after something unknown may have changed how many elements are in it."""
    if known.is_mutable(value):
        value = known.forgotten(value)
    if depth == 0 or value.height <= 1:
        return value
    items, fields = value.items, value.fields
    if items is not None:
        items = tuple(loosened(item, depth - 1) for item in items)
    if fields is not None:
        fields = {k: loosened(v, depth - 1) for k, v in fields.items()}
    return altered(value, items=items, fields=fields)


def keep(frame: Frame) -> None:
    """Remember what has become of the parameters where the function ends."""
    variables, facts = frame.state.variables, frame.state.facts
    frame.lefts.append((variables, facts))
    frame.ends.append(
        [apply_facts(variables.get(held(n), v), facts) for n, v in enumerate(frame.given)]
    )


def changes(frame: Frame) -> dict[int, Value]:
    """Return what a function has made of those of its parameters that it changes."""
    found: dict[int, Value] = {}
    for place, given in enumerate(frame.given):
        ends = [end[place] for end in frame.ends]
        if all(end is given or (not end.height and end.taints == given.taints) for end in ends):
            continue
        last = ends[0]
        for end in ends[1:]:
            last = join(last, end)
        fields = dict(last.fields or {})
        for key, value in fields.items():
            if any(key not in (end.fields or {}) for end in ends):
                fields[key] = join(value, Value(extend(given.taints, key)))
        found[place] = altered(last, fields=fields) if fields else last
    return found


def changed(base: Value, change: Value, taints: tuple[Taint, ...]) -> Value:
    """Return a value after a change; ``taints`` is what the change adds to the whole of it."""
    for key, value in (change.fields or {}).items():
        base = store_field(base, key, value)
    if change.element is not None:
        base = store_element(base, change.element)
    if taints:
        base = altered(base, taints=merge_taints([base.taints, taints]))
    return base
