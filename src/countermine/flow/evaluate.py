"""Expressions: what they are, in the state at hand, and what evaluating them does to it."""

from collections.abc import Callable
from functools import reduce

from countermine.flow import (
    collect,
    doubt,
    guards,
    ir,
    iterators,
    known,
    library_models,
    namespaces,
    opting,
    protocols,
    records,
    sequences,
    sinks,
    texts,
)
from countermine.flow.access import (
    element_type,
    is_property,
    load_attribute,
    value_source,
    with_telling_key,
)
from countermine.flow.assign import assign, change, shared
from countermine.flow.bind import neutralised
from countermine.flow.calls import call_function, invoke, leaves_alone
from countermine.flow.comparisons import check_comparison
from countermine.flow.contexts import ESCAPED
from countermine.flow.dispatch import EVALUATORS, MADE, MODELS, evaluate
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.joining import alternatives, join
from countermine.flow.methods import method
from countermine.flow.parts import elements, load_item, load_slice, looked_up
from countermine.flow.self_filled import in_self_filled
from countermine.flow.state import apply_facts
from countermine.flow.values import (
    MISSING,
    NO_FACTS,
    UNKNOWN,
    Closure,
    Facts,
    Value,
    all_taints,
    constant,
    tainted,
    with_taints,
)

_MARKUP = "markupsafe.Markup"
_VIEWS = frozenset({"items", "keys", "values"})
_OUT_OF_MARKUP = frozenset({"unescape", "striptags"})
"""Methods of markup that make a plain text of it, which is escaped where it is shown."""
_SET_OPERATORS = frozenset({"|", "&", "-", "^"})
_NUMBERS_ONLY = frozenset({"b", "c", "d", "e", "E", "f", "F", "g", "G", "n", "o", "x", "X", "%"})
"""Formats that fail for a text."""


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
    read = _read(frame, node, found)
    if base.type is None or read is not found:
        return read
    return protocols.fallback(frame, node, base, node.name, found)


def _read(frame: Frame, node: ir.Attr, found: Value) -> Value:
    """Return what reading an attribute gives, where that calls a property."""
    if found.others:
        return reduce(join, [_read(frame, node, one) for one in alternatives(found)])
    target = found.target
    if isinstance(target, FunctionInfo) and found.receiver is not None and is_property(target):
        result, _ = call_function(frame, node, target, found.receiver, Arguments([], {}))
        return result
    return found


def _item(frame: Frame, node: ir.Item) -> Value:
    base = evaluate(frame, node.target)
    if isinstance(node.index, ir.Slice):
        return load_slice(base, *_bounds(frame, node.index))
    index = evaluate(frame, node.index) if node.index is not None else None
    own = _own_item(frame, node, base, index) if base.type or base.target or base.ref else None
    if own is not None:
        return own
    found = with_telling_key(frame, node, index, load_item(base, index))
    if index is not None and index.taints and base.fields and base.element is None:
        # A key that is none of those that are known raises.
        frame.state.facts |= guards.among(index, base)
    if found.type is not None or found.const is not MISSING or node.index is None:
        return found
    of = element_type(frame, base)
    return found if of is None else Value(found.taints, type=of)


def _own_item(frame: Frame, node: ir.Item, base: Value, index: Value | None) -> Value | None:
    """Return an item of one of the target's own things: a module, an enumeration, an object."""
    if index is None:
        return None
    target = base.target
    if base.ref == namespaces.LOADED or isinstance(target, ModuleInfo):
        return namespaces.item(frame, base, index)
    if isinstance(target, ClassInfo) and records.is_enum(frame, target):
        frame.state.facts |= guards.among(index, UNKNOWN)
        return Value(type=target)
    return protocols.call(frame, node, base, "__getitem__", index)


def _bounds(frame: Frame, node: ir.Slice) -> list[Value]:
    parts = (node.lower, node.upper, node.step)
    return [constant(None) if part is None else evaluate(frame, part) for part in parts]


def _slice(frame: Frame, node: ir.Slice) -> Value:
    _bounds(frame, node)
    return UNKNOWN


def _call(frame: Frame, node: ir.Call) -> Value:
    if isinstance(node.function, ir.Name) and node.function.name == "super":
        return _super(frame)
    callee = callee_of(frame, node.function)
    arguments = collect.evaluate_arguments(frame, node.arguments)
    result, changed = invoke(frame, node, callee, arguments)
    if isinstance(node.function, ir.Attr) and node.function.name in _OUT_OF_MARKUP:
        sinks.withdraw(frame, node.function.target, "html")
    if not leaves_alone(callee):
        for argument in node.arguments:
            shared(frame, argument.value)
    if changed is not None and callee.receiver is not None and isinstance(node.function, ir.Attr):
        change(frame, node.function.target, callee.receiver, changed)
    return result


def callee_of(frame: Frame, function: ir.Expr) -> Value:
    """Evaluate what is called; a bound method remembers its receiver."""
    if not isinstance(function, ir.Attr):
        return evaluate(frame, function)
    base = evaluate(frame, function.target)
    found = load_attribute(frame, base, function.name, function)
    read = _read(frame, function, found)
    if read is not found or found.receiver is not None or found.target is not None:
        return read
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


def _binary(frame: Frame, node: ir.Binary) -> Value:
    values = [evaluate(frame, o) for o in node.operands]
    result = values[0]
    for value, operand in zip(values[1:], node.operands[1:], strict=True):
        own = protocols.operated(frame, node, node.operator, result, value)
        result = _operate(node.operator, result, value) if own is None else own
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
    if left.const is not MISSING or left.shape:
        found = known.calculated(operator, left, right)
        if found is not None:
            return found
    if operator in ("+", "%"):
        return _put_together(operator, left, right)
    if operator == "/" and (left.type is not None or right.type is not None or left.taints):
        of = left.type if left.type is not None else right.type
        joined = texts.join_path([left, right])
        return Value(joined.taints, prefix=joined.prefix, type=of)
    repeated = left.text or (left.taints and isinstance(right.const, int))
    if operator == "*" and (repeated or left.items is not None):
        inner = elements(left, plain=True)
        return Value(left.taints, element=inner, text=left.text, prefix=left.prefix)
    return _united(operator, left, right) if operator in _SET_OPERATORS else UNKNOWN


def _united(operator: str, left: Value, right: Value) -> Value:
    """Return what an operator on sets, or the union of dictionaries, gives."""
    union = sequences.merged(left, right) if operator == "|" else None
    return join(left, right) if union is None else union


def _put_together(operator: str, left: Value, right: Value) -> Value:
    if left.type != _MARKUP:
        return texts.add(left, right) if operator == "+" else texts.percent(left, right)
    # What is added to markup is escaped.
    escaped = neutralised(right, frozenset({"html", ESCAPED}))
    both = tainted(left, escaped)
    return Value(both.taints, prefix=left.prefix, type=_MARKUP)


def _not(frame: Frame, node: ir.Not) -> Value:
    value = evaluate(frame, node.operand)
    yes, no = guards.of_value(value)
    facts = (no, yes) if yes or no else None
    decided = known.truth(value)
    return Value(truth=facts) if decided is None else Value(const=not decided, truth=facts)


def _sign(frame: Frame, node: ir.Sign) -> Value:
    value = evaluate(frame, node.operand)
    found = known.signed(node.operator, value) if value.const is not MISSING else None
    return tainted(value) if found is None else found


def _compare(frame: Frame, node: ir.Compare) -> Value:
    left, right = evaluate(frame, node.left), evaluate(frame, node.right)
    check_comparison(frame, node, left, right)
    # What this function put there itself is anything that it was given before.
    own = bool(left.taints) and in_self_filled(frame, node)
    truth = None if own else guards.comparison(node.operator, left, right)
    decided = known.compared(node.operator, left, right)
    return Value(const=decided, truth=truth) if decided is not None else Value(truth=truth)


def _logic(frame: Frame, node: ir.Logic) -> Value:
    facts = frame.state.facts
    parts: list[tuple[Facts, Facts]] = []
    found: list[Value] = []
    ends: list[bool | None] = []
    one_holds: list[Facts] = []
    wildcards = _wildcards(frame, node)
    for operand in node.operands:
        value = apply_facts(evaluate(frame, operand), frame.state.facts - facts)
        truth = guards.of_value(value)
        decided = known.truth(value)
        if decided is not node.conjunction and operand not in wildcards:
            parts.append(truth)
            if value.truth is not None:
                one_holds.append(truth[1] if node.conjunction else truth[0])
        if decided is not node.conjunction or operand is node.operands[-1]:
            found.append(value)
            ends.append(decided)
        if decided is (not node.conjunction):
            break
        frame.state.facts |= truth[0] if node.conjunction else truth[1]
    frame.state.facts = facts
    joined = guards.conjunction([*parts]) if node.conjunction else guards.disjunction([*parts])
    joined = _doubted(joined, doubt.unless(one_holds), conjunction=node.conjunction)
    return _either(found, ends, joined, conjunction=node.conjunction)


def _wildcards(frame: Frame, node: ir.Logic) -> list[ir.Expr]:
    """Return the tests whether an allow-list lets everything through, beside one of a value.

    ``host not in ALLOWED and "*" not in ALLOWED``: what the list says then is what is meant.
    """
    wanted = "not in" if node.conjunction else "in"
    tests = [o for o in node.operands if isinstance(o, ir.Compare) and o.operator == wanted]
    if len(tests) <= 1:
        return []
    text = frame.module.text
    lists = [text[o.right.start : o.right.end] for o in tests if not isinstance(o.left, ir.Const)]
    return [
        o
        for o in tests
        if isinstance(o.left, ir.Const) and text[o.right.start : o.right.end] in lists
    ]


def _doubted(
    truth: tuple[Facts, Facts] | None, doubts: Facts, *, conjunction: bool
) -> tuple[Facts, Facts] | None:
    """Return what ``and`` or ``or`` says, where only one test may have held: that is a doubt."""
    if not doubts:
        return truth
    yes, no = truth if truth is not None else (NO_FACTS, NO_FACTS)
    return (yes, no | doubts) if conjunction else (yes | doubts, no)


def _either(
    values: list[Value],
    ends: list[bool | None],
    facts: tuple[Facts, Facts] | None,
    *,
    conjunction: bool,
) -> Value:
    """Return what ``and`` or ``or`` gives: each of these values may be where it stops."""
    found = values[0]
    for value in values[1:]:
        found = join(found, value)
    # What stops before the end does so for its truth, which is the same for each.
    last = ends[-1]
    sure = last if len(ends) == 1 or last is (not conjunction) else None
    shape = found.shape if len(values) == 1 else known.of_truth(sure)
    return Value(
        found.taints, found.const if len(values) == 1 else MISSING, found.ref, found.target,
        found.type, found.receiver, found.items, found.element, found.fields, found.prefix,
        facts if facts is not None else (NO_FACTS, NO_FACTS), found.text, shape=shape,
    )  # fmt: skip


def _choice(frame: Frame, node: ir.Choice) -> Value:
    test = evaluate(frame, node.test)
    decided = known.truth(test)
    if decided is not None:
        return evaluate(frame, node.yes if decided else node.no)
    facts = frame.state.facts
    yes, no = guards.of_value(test)
    on, off = opting.switched(frame, node.test, None)
    frame.state.facts = facts | yes | on
    first = apply_facts(evaluate(frame, node.yes), yes)
    frame.state.facts = facts | no | off
    second = apply_facts(evaluate(frame, node.no), no)
    frame.state.facts = facts
    return join(first, second)


def _format(frame: Frame, node: ir.Format) -> Value:
    shown = [protocols.shown(frame, p, evaluate(frame, p)) for p in node.parts]
    return texts.concatenate([_as_text(part) for part in shown])


def _as_text(value: Value) -> Value:
    if value.const is not MISSING and not isinstance(value.const, str):
        return constant(str(value.const))
    return value


def _field(frame: Frame, node: ir.Field) -> Value:
    name = "__repr__" if node.conversion == "r" else "__str__"
    value = protocols.shown(frame, node, evaluate(frame, node.value), name)
    spec = constant("") if node.spec is None else evaluate(frame, node.spec)
    if isinstance(spec.const, str):
        found = known.formatted(value, node.conversion, spec.const)
        if found is not None:
            return found
        if spec.const[-1:] in _NUMBERS_ONLY:
            return UNKNOWN
    return (
        texts.shown(value) if node.conversion in ("r", "a") else Value(all_taints(value), text=True)
    )


def closure_of(frame: Frame, function: ir.Function) -> Closure:
    """Return a function defined in this activation, with the variables it sees."""
    qualname = function.name
    if frame.qualname != "<module>":
        qualname = f"{frame.qualname}.{function.name}"
    key = f"{frame.key}/{function.name}:{function.start}"
    defaults = {
        parameter.name: evaluate(frame, parameter.default)
        for parameter in function.parameters
        if parameter.default is not None
    }
    scopes = (frame, *frame.scopes)
    return Closure(function, frame.info, scopes, key, qualname, defaults=defaults)


def _lambda(frame: Frame, node: ir.Lambda) -> Value:
    closure = closure_of(frame, node.function)
    frame.defined[closure.key] = closure
    return Value(target=closure)


def _yield(frame: Frame, node: ir.Yield) -> Value:
    if node.value is None:
        return UNKNOWN
    value = apply_facts(evaluate(frame, node.value), frame.state.facts)
    handed: tuple[Value, ...] = (value,)
    place = node.start
    if node.spread and value.items is not None and value.element is None and not value.taints:
        handed = value.items
    elif node.spread:
        handed, place = (elements(value) or UNKNOWN,), -node.start
    before = frame.yields.get(place)
    if before is not None and len(before) == len(handed):
        handed = tuple(join(one, other) for one, other in zip(before, handed, strict=True))
    elif before is not None:
        handed = (reduce(join, (*before, *handed)),)
    frame.yields[place] = handed
    return UNKNOWN


def _assigned(frame: Frame, node: ir.Assigned) -> Value:
    value = evaluate(frame, node.value)
    assign(frame, node.target, value)
    return value


def _opaque(frame: Frame, node: ir.Opaque) -> Value:
    values = [evaluate(frame, o) for o in node.operands]
    return tainted(*values) if values else UNKNOWN


def _lookup(frame: Frame, node: ir.Lookup) -> Value:
    """Read what a template writes with a dot: an item comes before an attribute."""
    base = evaluate(frame, node.target)
    key = f"[{node.name}]"
    if base.fields is not None and key in base.fields:
        return base.fields[key]
    if base.items is not None and node.name.isdigit():
        return load_item(base, constant(int(node.name)))
    if node.name in _VIEWS and base.type is None and base.ref is None:
        viewed = method(node.name, base, Arguments([], {}))
        if viewed is not None:
            return viewed[0]
    if base.type is None and base.ref is None and base.target is None:
        return looked_up(base, node.name)
    found = load_attribute(frame, base, node.name, node)
    if isinstance(found.target, FunctionInfo) and found.receiver is not None:
        result, _ = call_function(frame, node, found.target, found.receiver, Arguments([], {}))
        return result
    return found


_TABLE: dict[type, Callable[..., Value]] = {
    ir.Const: _const,
    ir.Name: _name,
    ir.Attr: _attr,
    ir.Item: _item,
    ir.Slice: _slice,
    ir.Call: _call,
    ir.Binary: _binary,
    ir.Sign: _sign,
    ir.Not: _not,
    ir.Compare: _compare,
    ir.Logic: _logic,
    ir.Choice: _choice,
    ir.Format: _format,
    ir.Field: _field,
    ir.Spread: collect.spread_value,
    ir.Sequence: collect.sequence,
    ir.Mapping: collect.mapping,
    ir.Lambda: _lambda,
    ir.Comprehension: collect.comprehension,
    ir.Yield: _yield,
    ir.Assigned: _assigned,
    ir.Opaque: _opaque,
    ir.Lookup: _lookup,
}
EVALUATORS.update(_TABLE)
MODELS.update(library_models.TABLE)
MODELS.update(iterators.TABLE)
MADE.update(library_models.MADE)
