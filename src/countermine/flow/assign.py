"""Assignments: binding a value to a name, an attribute or an item."""

from countermine.flow import aliases, ir, known, outer, protocols, sequences
from countermine.flow.access import CONTEXTS
from countermine.flow.calls import call_function
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import MODULE_BODY, FunctionInfo
from countermine.flow.joining import join
from countermine.flow.parts import (
    ANY_VALUE,
    elements,
    extend,
    item_key,
    load_item,
    store_element,
    store_field,
    with_keys,
)
from countermine.flow.state import apply_facts
from countermine.flow.storing import check_setting, check_store
from countermine.flow.values import UNKNOWN, Value, all_taints, constant, merge_taints, with_taints

ALL_FIELDS = "__dict__"
"""Attribute that holds all the others under their names."""


def assign(frame: Frame, target: ir.Expr, value: Value) -> None:
    """Bind a value to a target."""
    if isinstance(target, ir.Name):
        # What is not known is a thing of its own, of which more may become known.
        frame.state.variables[target.name] = Value() if value is UNKNOWN else value
        if frame.info.name == MODULE_BODY and not frame.scopes:
            check_setting(frame, target.name, value, target)
    elif isinstance(target, ir.Attr):
        base = evaluate(frame, target.target)
        stored = Arguments([], {"value": value})
        check_store(frame, base, "." + target.name, _text_of(target.target), stored, target)
        if base.ref in CONTEXTS:
            frame.engine.request_context.keep(f"{base.ref}.{target.name}", value)
        if not _set(frame, target, base, value):
            _store_attribute(frame, target, base, value)
    elif isinstance(target, ir.Item):
        base = evaluate(frame, target.target)
        index = evaluate(frame, target.index) if target.index is not None else UNKNOWN
        stored = Arguments([], {"value": value, "key": index})
        check_store(frame, base, "[]", _text_of(target.target), stored, target)
        method = protocols.special(frame, base, "__setitem__")
        if not _called(frame, target, base, method, index, value):
            change(frame, target.target, base, stored_item(base, index, value))
    elif isinstance(target, ir.Sequence):
        _unpack(frame, target, value)
    elif isinstance(target, ir.Spread):
        assign(frame, target.value, Value(element=elements(value)))


def stored_item(base: Value, index: Value, value: Value) -> Value:
    """Return a collection with an item stored in it."""
    if base.items is not None and isinstance(index.const, int) and index.const < 0:
        index = constant(index.const + len(base.items)) if base.element is None else UNKNOWN
    key = item_key(index)
    if key is not None:
        return store_field(base, key, value)
    return with_keys(store_element(base, value), index)


def _called(
    frame: Frame, target: ir.Attr | ir.Item, base: Value, method: FunctionInfo | None, *given: Value
) -> bool:
    """Call what a store into one of the target's own things calls; tell whether it does."""
    if method is None:
        return False
    result = call_function(frame, target, method, base, Arguments([*given], {}))
    if result[1] is not None:
        change(frame, target.target, base, result[1])
    return True


def _set(frame: Frame, target: ir.Attr, base: Value, value: Value) -> bool:
    return _called(frame, target, base, protocols.setter(frame, base, target.name), value)


def shared(frame: Frame, node: ir.Expr) -> None:
    """Forget how many elements a variable has that was handed to something unknown."""
    if isinstance(node, ir.Name):
        found = frame.state.variables.get(node.name)
        if found is not None and (known.is_mutable(found) or found.height > 1):
            aliases.put(frame, found, aliases.loosened(found))


def _text_of(target: ir.Expr) -> str:
    return target.name if isinstance(target, (ir.Name, ir.Attr)) else ""


def _unpack(frame: Frame, target: ir.Sequence, value: Value) -> None:
    stars = [place for place, part in enumerate(target.items) if isinstance(part, ir.Spread)]
    if len(stars) != 1:
        for place, part in enumerate(target.items):
            assign(frame, part, load_item(value, constant(place)))
        return
    first, inner, last = sequences.spread(value, stars[0], len(target.items) - stars[0] - 1)
    for part, given in zip(target.items, [*first, inner, *last], strict=True):
        assign(frame, part.value if isinstance(part, ir.Spread) else part, given)


def _store_attribute(frame: Frame, target: ir.Attr, base: Value, value: Value) -> None:
    if target.name == ALL_FIELDS:
        _store_all(frame, target.target, base, value)
        return
    record_store(frame, target.target, target.name, known.forgotten(value))
    change(frame, target.target, base, store_field(base, "." + target.name, value))


def _store_all(frame: Frame, holder: ir.Expr, base: Value, mapping: Value) -> None:
    """Set the attributes that a mapping holds, under their names."""
    after = base
    for key, value in (mapping.fields or {}).items():
        if key[0] == "[":
            record_store(frame, holder, key[1:-1], value)
            after = store_field(after, f".{key[1:-1]}", value)
    taints = merge_taints([after.taints, extend(mapping.taints, ANY_VALUE)])
    if mapping.element is not None:
        taints = merge_taints([taints, all_taints(mapping.element)])
    change(frame, holder, base, with_taints(after, taints))


def record_store(frame: Frame, holder: ir.Expr, name: str, value: Value) -> None:
    """Remember an attribute that the method sets on its receiver."""
    parameters = frame.function.parameters
    if (
        frame.owner is not None
        and parameters
        and isinstance(holder, ir.Name)
        and holder.name == parameters[0].name
    ):
        known = frame.stores.get(name)
        value = apply_facts(value, frame.state.facts)
        frame.stores[name] = value if known is None else join(known, value)


def change(frame: Frame, target: ir.Expr, before: Value, changed: Value) -> None:
    """Put a changed value back where it was read from, and wherever else it stands."""
    if isinstance(target, ir.Name):
        variables = frame.state.variables
        known = variables.get(target.name)
        if known is None or known is UNKNOWN or known is not before:
            outer.note_change(frame, target.name, changed)
    elif isinstance(target, ir.Attr) and target.name == ALL_FIELDS:
        _store_all(frame, target.target, evaluate(frame, target.target), changed)
    elif isinstance(target, ir.Attr):
        base = evaluate(frame, target.target)
        record_store(frame, target.target, target.name, changed)
        change(frame, target.target, base, store_field(base, "." + target.name, changed))
    elif isinstance(target, ir.Item) and target.index is not None:
        base = evaluate(frame, target.target)
        index = evaluate(frame, target.index)
        change(frame, target.target, base, stored_item(base, index, changed))
    receiver = _receiver(frame)
    held = frame.state.variables.get(receiver) if receiver is not None else None
    aliases.put(frame, before, changed)
    if receiver is not None and held is not None:
        _note_stores(frame, receiver, held)


def _receiver(frame: Frame) -> str | None:
    parameters = frame.function.parameters
    return parameters[0].name if frame.owner is not None and parameters else None


def _note_stores(frame: Frame, name: str, held: Value) -> None:
    """Remember attributes of the receiver that were changed by whatever other name."""
    after = frame.state.variables[name]
    if after is held:
        return
    before = held.fields or {}
    for key, value in (after.fields or {}).items():
        if key[0] == "." and before.get(key) is not value:
            record_store(frame, ir.Name(0, 0, name), key[1:], value)
