"""Expressions that collect others: arguments, displays and comprehensions."""

from countermine.flow import guards, ir, known, protocols, texts
from countermine.flow.assign import assign
from countermine.flow.dispatch import evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.joining import join
from countermine.flow.parts import elements, item_key, with_keys
from countermine.flow.state import State, apply_facts
from countermine.flow.values import ITEMS_KEPT, UNKNOWN, Taint, Value, all_taints, merge_taints

_ITEMS_SPREAD = 24


def evaluate_arguments(frame: Frame, nodes: list[ir.Argument]) -> Arguments:
    """Evaluate the arguments of a call."""
    found = Arguments([], {})
    for node in nodes:
        value = evaluate(frame, node.value)
        if node.name is not None:
            found.keywords[node.name] = value
            found.named_places[node.name] = (node.value.start, node.value.end)
        elif node.stars == 1:
            _spread(found, value, node)
        elif node.stars:
            _spread_mapping(found, value)
        elif found.rest is None:
            found.positional.append(value)
            found.places.append((node.start, node.end))
        else:
            found.rest = join(found.rest, value)
    return found


def _spread(found: Arguments, value: Value, node: ir.Argument) -> None:
    if value.items is not None and found.rest is None:
        for item in value.items:
            found.positional.append(item)
            found.places.append((node.start, node.end))
        if value.element is None and not value.taints:
            return
    inner = elements(value, plain=value.items is not None) or UNKNOWN
    found.rest = inner if found.rest is None else join(found.rest, inner)


def _spread_mapping(found: Arguments, value: Value) -> None:
    for key, field in (value.fields or {}).items():
        if key[0] == "[":
            found.keywords.setdefault(key[1:-1], field)
    if value.fields is None or value.element is not None or value.taints:
        rest = Value(value.taints, element=value.element)
        found.mapping = rest if found.mapping is None else join(found.mapping, rest)


def spread_value(frame: Frame, node: ir.Spread) -> Value:
    """Return an element of what is spread."""
    return elements(evaluate(frame, node.value)) or UNKNOWN


def sequence(frame: Frame, node: ir.Sequence) -> Value:
    """Return a list, tuple or set that is written out."""
    items: list[Value] = []
    element: Value | None = None
    shape = node.kind
    for item in node.items:
        if isinstance(item, ir.Spread):
            value = evaluate(frame, item.value)
            shape = "" if known.in_order(value) is None else shape
            if value.items is not None and element is None:
                items.extend(value.items)
            spread = value if value.items is None else Value(value.taints, element=value.element)
            inner = texts.spread_elements(spread)
            if value.items is not None and value.element is None and not value.taints:
                continue
        else:
            inner = evaluate(frame, item)
            if element is None and len(items) < _ITEMS_SPREAD:
                items.append(inner)
                continue
        if inner is not None:
            element = inner if element is None else join(element, inner)
    return Value(items=tuple(items), element=element, shape=shape if element is None else "")


def mapping(frame: Frame, node: ir.Mapping) -> Value:
    """Return a dictionary that is written out."""
    fields: dict[str, Value] = {}
    element: Value | None = None
    shape = "dict"
    taints: list[tuple[Taint, ...]] = []
    unknown: Value | None = None
    for key, item in node.pairs:
        value = evaluate(frame, item)
        if key is None:
            shape = shape if value.shape == "dict" else ""
            fields.update({k: v for k, v in (value.fields or {}).items() if k[0] == "["})
            taints.append(value.taints)
            spread = value.element
            if spread is not None:
                element = spread if element is None else join(element, spread)
            continue
        index = evaluate(frame, key)
        name = item_key(index)
        if name is not None:
            fields[name] = value
        else:
            shape = ""
            element = value if element is None else join(element, value)
            if index.taints:
                unknown = index if unknown is None else join(unknown, index)
    found = Value(merge_taints(taints), fields=fields, element=element, shape=shape)
    return found if unknown is None else with_keys(found, unknown)


def _turns(frame: Frame, node: ir.Comprehension, first: Value) -> Value | None:
    """Return what a comprehension over known elements collects, followed turn by turn."""
    if known.in_order(first) is None or frame.turns_left <= 0:
        return None
    outer, steps = frame.state, frame.steps
    frame.state = State(dict(outer.variables), outer.facts)
    made: list[tuple[Value | None, Value]] = []
    complete = _turn(frame, node, 0, first, made)
    frame.state = outer
    frame.turns_left -= frame.steps - steps
    if not complete:
        return None
    if node.key is None:
        return known.collection(node.kind, [value for _, value in made])
    names = [None if key is None else item_key(key) for key, _ in made]
    fields = {name: value for name, (_, value) in zip(names, made, strict=True) if name is not None}
    return None if None in names else Value(fields=fields, shape=known.DICT)


def _turn(
    frame: Frame,
    node: ir.Comprehension,
    place: int,
    iterable: Value,
    made: list[tuple[Value | None, Value]],
) -> bool:
    """Collect what a clause gives within those before it; return whether all of it is known."""
    clause = node.clauses[place]
    items = known.in_order(iterable)
    if items is None:
        return False
    for item in items:
        assign(frame, clause.target, item)
        verdict = _passes(frame, clause)
        if verdict is None or len(made) >= ITEMS_KEPT:
            return False
        if not verdict:
            continue
        if place + 1 < len(node.clauses):
            inner = evaluate(frame, node.clauses[place + 1].iterable)
            if not _turn(frame, node, place + 1, inner, made):
                return False
        else:
            key = evaluate(frame, node.key) if node.key is not None else None
            made.append((key, evaluate(frame, node.element)))
    return True


def _passes(frame: Frame, clause: ir.Clause) -> bool | None:
    """Tell whether the conditions of a clause hold for the element at hand."""
    for condition in clause.conditions:
        decided = known.truth(evaluate(frame, condition))
        if not decided:
            return decided
    return True


def _known_items(node: ir.Comprehension, iterable: Value) -> tuple[Value, ...] | None:
    """Return what a plain comprehension goes through, where each item is known by itself."""
    if len(node.clauses) != 1 or node.key is not None or node.clauses[0].conditions:
        return None
    if iterable.items is None or iterable.element is not None or all_taints(iterable):
        return None
    return iterable.items if 0 < len(iterable.items) <= _ITEMS_SPREAD else None


def _collected(frame: Frame, node: ir.Comprehension, item: Value) -> Value:
    outer = frame.state
    frame.state = State(dict(outer.variables), outer.facts)
    assign(frame, node.clauses[0].target, item)
    value = evaluate(frame, node.element)
    frame.state = outer
    return value


def comprehension(frame: Frame, node: ir.Comprehension) -> Value:
    """Return what a comprehension collects."""
    first = evaluate(frame, node.clauses[0].iterable) if node.clauses else UNKNOWN
    made = _turns(frame, node, first)
    if made is not None:
        return made
    items = _known_items(node, first)
    if items is not None:
        return Value(items=tuple(_collected(frame, node, item) for item in items))
    outer = frame.state
    frame.state = State(dict(outer.variables), outer.facts)
    for place, clause in enumerate(node.clauses):
        iterable = first if place == 0 else evaluate(frame, clause.iterable)
        assign(frame, clause.target, protocols.each(frame, clause.iterable, iterable))
        for condition in clause.conditions:
            test = evaluate(frame, condition)
            frame.state.facts |= guards.of_value(test)[0]
    gained = frame.state.facts - outer.facts
    key = evaluate(frame, node.key) if node.key is not None else None
    value = apply_facts(evaluate(frame, node.element), gained)
    frame.state = outer
    found = Value(element=value)
    return found if key is None else with_keys(found, key)
