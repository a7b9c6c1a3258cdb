"""Expressions: what they are, in the state at hand, and what evaluating them does to it."""

from collections.abc import Callable

from countermine.flow import guards, ir, texts
from countermine.flow.access import (
    elements,
    is_property,
    item_key,
    load_attribute,
    load_item,
    store_element,
    store_field,
    value_source,
)
from countermine.flow.calls import call_function, check_store, invoke
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.state import State, apply_facts
from countermine.flow.values import (
    MISSING,
    NO_FACTS,
    UNKNOWN,
    Closure,
    Facts,
    Taint,
    Value,
    all_taints,
    constant,
    join,
    merge_taints,
    tainted,
    with_taints,
)

_ITEMS_SPREAD = 24
_SET_OPERATORS = frozenset({"|", "&", "-", "^"})


def evaluate(frame: Frame, expression: ir.Expr) -> Value:
    """Return the value of an expression."""
    if frame.charge():
        return UNKNOWN
    return _EVALUATE[type(expression)](frame, expression)


def _const(_frame: Frame, node: ir.Const) -> Value:
    return constant(node.value)


def _name(frame: Frame, node: ir.Name) -> Value:
    name = node.name
    found = frame.state.variables.get(name)
    if found is not None:
        return found
    for scope in frame.scopes:
        found = scope.variables.get(name)
        if found is not None:
            return found
    found = frame.engine.global_value(frame.module, name)
    if found is None:
        return Value(ref=name)
    if found.ref is not None:
        taints = value_source(frame, found.ref, node)
        if taints:
            return with_taints(found, taints)
    return found


def _attr(frame: Frame, node: ir.Attr) -> Value:
    base = evaluate(frame, node.target)
    found = load_attribute(frame, base, node.name, node)
    target = found.target
    if isinstance(target, FunctionInfo) and found.receiver is not None and is_property(target):
        result, _ = call_function(frame, node, target, found.receiver, Arguments([], {}))
        return result
    if found.receiver is None and found.target is None and found.ref is None:
        return found
    return found


def _item(frame: Frame, node: ir.Item) -> Value:
    base = evaluate(frame, node.target)
    index = evaluate(frame, node.index) if node.index is not None else None
    found = load_item(base, index)
    if base.ref is None or found.type is not None or found.const is not MISSING:
        return found
    of = frame.engine.catalogue.value_types.get(f"{base.ref}[]")
    return found if of is None else Value(found.taints, type=of)


def _call(frame: Frame, node: ir.Call) -> Value:
    if isinstance(node.function, ir.Name) and node.function.name == "super":
        return _super(frame)
    callee = _callee(frame, node.function)
    arguments = evaluate_arguments(frame, node.arguments)
    result, changed = invoke(frame, node, callee, arguments)
    if changed is not None and isinstance(node.function, ir.Attr):
        _change(frame, node.function.target, changed)
    return result


def _callee(frame: Frame, function: ir.Expr) -> Value:
    """Evaluate what is called; a bound method remembers its receiver."""
    if not isinstance(function, ir.Attr):
        return evaluate(frame, function)
    base = evaluate(frame, function.target)
    found = load_attribute(frame, base, function.name, function)
    target = found.target
    if isinstance(target, FunctionInfo) and found.receiver is not None and is_property(target):
        result, _ = call_function(frame, function, target, found.receiver, Arguments([], {}))
        return result
    if found.receiver is not None or found.target is not None:
        return found
    return Value(
        found.taints, found.const, found.ref, found.target, found.type,
        base if base.ref is None or base.type is not None else None,
        found.items, found.element, found.fields, found.prefix,
    )  # fmt: skip


def _super(frame: Frame) -> Value:
    owner = frame.owner
    if owner is None or not frame.function.parameters:
        return UNKNOWN
    own = frame.state.variables.get(frame.function.parameters[0].name, UNKNOWN)
    above = frame.engine.hierarchy.line(owner)[1:]
    if isinstance(own.type, ClassInfo):
        line = frame.engine.hierarchy.line(own.type)
        if owner in line:
            above = line[line.index(owner) + 1 :]
    fields = dict(own.fields or {})
    for current in reversed(above):
        if isinstance(current, ClassInfo):
            for name, method in current.methods.items():
                fields["." + name] = Value(target=method, receiver=own)
    first = next((c for c in above if isinstance(c, str)), None)
    return Value(own.taints, type=first, fields=fields)


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


def _binary(frame: Frame, node: ir.Binary) -> Value:
    values = [evaluate(frame, o) for o in node.operands]
    result = values[0]
    for value, operand in zip(values[1:], node.operands[1:], strict=True):
        result = _operate(node.operator, result, value)
        if node.operator == "+" and _is_separator(operand, value):
            result = _marked(result)
    return result


def _is_separator(operand: ir.Expr, value: Value) -> bool:
    named = isinstance(operand, ir.Attr) and operand.name == "sep"
    return named or value.const in ("/", "\\")


def _marked(value: Value) -> Value:
    fields = {".ends_with_separator": constant(value=True)}
    return Value(value.taints, value.const, fields=fields, prefix=value.prefix, text=True)


def _operate(operator: str, left: Value, right: Value) -> Value:
    if operator == "+":
        return texts.add(left, right)
    if operator == "%":
        return texts.percent(left, right)
    if operator == "/" and (left.type is not None or right.type is not None or left.taints):
        of = left.type if left.type is not None else right.type
        joined = texts.join_path([left, right])
        return Value(joined.taints, prefix=joined.prefix, type=of)
    if operator == "*" and (left.text or left.items is not None):
        inner = elements(left, plain=True)
        return Value(left.taints, element=inner, text=left.text, prefix=left.prefix)
    return join(left, right) if operator in _SET_OPERATORS else UNKNOWN


def _not(frame: Frame, node: ir.Not) -> Value:
    value = evaluate(frame, node.operand)
    yes, no = guards.of_value(value)
    truth = (no, yes) if yes or no else None
    if value.const is not MISSING:
        return Value(const=not value.const, truth=truth)
    return Value(truth=truth)


def _compare(frame: Frame, node: ir.Compare) -> Value:
    left, right = evaluate(frame, node.left), evaluate(frame, node.right)
    truth = guards.comparison(node.operator, left, right)
    known = _known(node.operator, left, right)
    return Value(const=known, truth=truth) if known is not None else Value(truth=truth)


def _known(operator: str, left: Value, right: Value) -> bool | None:
    if left.const is MISSING or right.const is MISSING:
        return None
    if operator in ("==", "is"):
        return left.const == right.const
    if operator in ("!=", "is not", "<>"):
        return left.const != right.const
    return None


def _logic(frame: Frame, node: ir.Logic) -> Value:
    facts = frame.state.facts
    parts: list[tuple[Facts, Facts]] = []
    found: Value | None = None
    for operand in node.operands:
        value = apply_facts(evaluate(frame, operand), frame.state.facts - facts)
        truth = guards.of_value(value)
        parts.append(truth)
        decided = value.const is not MISSING and bool(value.const) != node.conjunction
        if not (value.const is not MISSING and not decided and operand is not node.operands[-1]):
            found = value if found is None else join(found, value)
        if decided:
            break
        frame.state.facts |= truth[0] if node.conjunction else truth[1]
    frame.state.facts = facts
    joined = guards.conjunction([*parts]) if node.conjunction else guards.disjunction([*parts])
    found = found if found is not None else UNKNOWN
    return Value(
        found.taints, found.const if len(parts) == 1 else MISSING, found.ref, found.target,
        found.type, found.receiver, found.items, found.element, found.fields, found.prefix,
        joined if joined is not None else (NO_FACTS, NO_FACTS), found.text,
    )  # fmt: skip


def _choice(frame: Frame, node: ir.Choice) -> Value:
    test = evaluate(frame, node.test)
    if test.const is not MISSING:
        return evaluate(frame, node.yes if test.const else node.no)
    facts = frame.state.facts
    yes, no = guards.of_value(test)
    frame.state.facts = facts | yes
    first = apply_facts(evaluate(frame, node.yes), yes)
    frame.state.facts = facts | no
    second = apply_facts(evaluate(frame, node.no), no)
    frame.state.facts = facts
    return join(first, second)


def _format(frame: Frame, node: ir.Format) -> Value:
    return texts.concatenate([_as_text(evaluate(frame, p)) for p in node.parts])


def _as_text(value: Value) -> Value:
    if value.const is not MISSING and not isinstance(value.const, str):
        return constant(str(value.const))
    return value


def _spread_value(frame: Frame, node: ir.Spread) -> Value:
    return elements(evaluate(frame, node.value)) or UNKNOWN


def _sequence(frame: Frame, node: ir.Sequence) -> Value:
    items: list[Value] = []
    element: Value | None = None
    for item in node.items:
        if isinstance(item, ir.Spread):
            value = evaluate(frame, item.value)
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
    return Value(items=tuple(items), element=element)


def _mapping(frame: Frame, node: ir.Mapping) -> Value:
    fields: dict[str, Value] = {}
    element: Value | None = None
    taints: list[tuple[Taint, ...]] = []
    for key, item in node.pairs:
        value = evaluate(frame, item)
        if key is None:
            fields.update({k: v for k, v in (value.fields or {}).items() if k[0] == "["})
            taints.append(value.taints)
            spread = value.element
            if spread is not None:
                element = spread if element is None else join(element, spread)
            continue
        name = item_key(evaluate(frame, key))
        if name is not None:
            fields[name] = value
        else:
            element = value if element is None else join(element, value)
    return Value(merge_taints(taints), fields=fields, element=element)


def closure_of(frame: Frame, function: ir.Function) -> Closure:
    """Return a function defined in this activation, with the variables it sees."""
    qualname = function.name
    if frame.qualname != "<module>":
        qualname = f"{frame.qualname}.{function.name}"
    key = f"{frame.key}/{function.name}:{function.start}"
    return Closure(function, frame.info, (frame.state, *frame.scopes), key, qualname)


def _lambda(frame: Frame, node: ir.Lambda) -> Value:
    closure = closure_of(frame, node.function)
    frame.defined[closure.key] = closure
    return Value(target=closure)


def _comprehension(frame: Frame, node: ir.Comprehension) -> Value:
    outer = frame.state
    frame.state = State(dict(outer.variables), outer.facts)
    for clause in node.clauses:
        iterable = evaluate(frame, clause.iterable)
        assign(frame, clause.target, elements(iterable) or UNKNOWN)
        for condition in clause.conditions:
            test = evaluate(frame, condition)
            frame.state.facts |= guards.of_value(test)[0]
    gained = frame.state.facts - outer.facts
    key = evaluate(frame, node.key) if node.key is not None else None
    value = apply_facts(evaluate(frame, node.element), gained)
    frame.state = outer
    if key is not None:
        value = join(value, Value(all_taints(key)))
    return Value(element=value)


def _yield(frame: Frame, node: ir.Yield) -> Value:
    if node.value is None:
        return UNKNOWN
    value = apply_facts(evaluate(frame, node.value), frame.state.facts)
    if node.spread:
        value = elements(value) or UNKNOWN
    frame.yields = value if frame.yields is None else join(frame.yields, value)
    return UNKNOWN


def _assigned(frame: Frame, node: ir.Assigned) -> Value:
    value = evaluate(frame, node.value)
    assign(frame, node.target, value)
    return value


def _opaque(frame: Frame, node: ir.Opaque) -> Value:
    values = [evaluate(frame, o) for o in node.operands]
    return tainted(*values) if values else UNKNOWN


_EVALUATE: dict[type, Callable[..., Value]] = {
    ir.Const: _const,
    ir.Name: _name,
    ir.Attr: _attr,
    ir.Item: _item,
    ir.Call: _call,
    ir.Binary: _binary,
    ir.Not: _not,
    ir.Compare: _compare,
    ir.Logic: _logic,
    ir.Choice: _choice,
    ir.Format: _format,
    ir.Spread: _spread_value,
    ir.Sequence: _sequence,
    ir.Mapping: _mapping,
    ir.Lambda: _lambda,
    ir.Comprehension: _comprehension,
    ir.Yield: _yield,
    ir.Assigned: _assigned,
    ir.Opaque: _opaque,
}


def assign(frame: Frame, target: ir.Expr, value: Value) -> None:
    """Bind a value to a target."""
    if isinstance(target, ir.Name):
        frame.state.variables[target.name] = value
    elif isinstance(target, ir.Attr):
        base = evaluate(frame, target.target)
        check_store(frame, base, "." + target.name, _text_of(target.target), value, target)
        _store_attribute(frame, target, base, value)
    elif isinstance(target, ir.Item):
        base = evaluate(frame, target.target)
        index = evaluate(frame, target.index) if target.index is not None else UNKNOWN
        check_store(frame, base, "[]", _text_of(target.target), value, target)
        key = item_key(index)
        changed = store_field(base, key, value) if key else store_element(base, value)
        _change(frame, target.target, changed)
    elif isinstance(target, ir.Sequence):
        _unpack(frame, target, value)
    elif isinstance(target, ir.Spread):
        assign(frame, target.value, Value(element=elements(value)))


def _text_of(target: ir.Expr) -> str:
    return target.name if isinstance(target, (ir.Name, ir.Attr)) else ""


def _unpack(frame: Frame, target: ir.Sequence, value: Value) -> None:
    for place, part in enumerate(target.items):
        if isinstance(part, ir.Spread):
            assign(frame, part.value, Value(element=elements(value)))
        else:
            assign(frame, part, load_item(value, constant(place)))


def _store_attribute(frame: Frame, target: ir.Attr, base: Value, value: Value) -> None:
    record_store(frame, target.target, target.name, value)
    _change(frame, target.target, store_field(base, "." + target.name, value))


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


def _change(frame: Frame, target: ir.Expr, changed: Value) -> None:
    """Put a changed value back where it was read from."""
    if isinstance(target, ir.Name):
        parameters = frame.function.parameters
        if frame.owner is not None and parameters and target.name == parameters[0].name:
            _note_stores(frame, target, changed)
        if target.name in frame.state.variables or not frame.scopes:
            frame.state.variables[target.name] = changed
    elif isinstance(target, ir.Attr):
        base = evaluate(frame, target.target)
        record_store(frame, target.target, target.name, changed)
        _change(frame, target.target, store_field(base, "." + target.name, changed))
    elif isinstance(target, ir.Item) and target.index is not None:
        base = evaluate(frame, target.target)
        key = item_key(evaluate(frame, target.index))
        _change(
            frame,
            target.target,
            store_field(base, key, changed) if key else store_element(base, changed),
        )


def _note_stores(frame: Frame, target: ir.Name, changed: Value) -> None:
    """Remember attributes that a method called on the same receiver has set."""
    before = frame.state.variables.get(target.name, UNKNOWN).fields or {}
    for key, value in (changed.fields or {}).items():
        if key[0] == "." and before.get(key) is not value:
            record_store(frame, target, key[1:], value)
