"""What a call of a library gives, and what it does to its receiver."""

from countermine.catalogue.schema import Propagator, Sanitizer, Source
from countermine.core.findings import StepKind
from countermine.core.levels import SourceLevel
from countermine.flow import (
    builtins,
    conditions,
    doubt,
    expressions,
    guards,
    handlers,
    ir,
    known,
    methods,
    options,
    records,
    sinks,
    stores,
)
from countermine.flow.access import ROW, source_taint, turn_marks
from countermine.flow.bind import neutralised
from countermine.flow.derived import SAME, decoded, derived
from countermine.flow.dispatch import MODELS
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import ClassInfo
from countermine.flow.parts import store_field
from countermine.flow.rows import METHODS as ROW_METHODS
from countermine.flow.values import (
    NO_FACTS,
    UNKNOWN,
    Taint,
    Value,
    add_step,
    all_taints,
    constant,
    merge_taints,
    with_taints,
)

_GET_OPTION = "configparser.RawConfigParser.get"
_HELD = {**stores.METHODS, **options.METHODS, **ROW_METHODS}
_READERS = frozenset({"loads"})
"""Functions that read a text: what it was checked for says nothing of what stands in it."""


def set_up(
    frame: Frame,
    receiver: Value,
    arguments: Arguments,
    names: list[str],
    changed: Value | None,
) -> Value | None:
    """Return the receiver with the settings that the call makes on it."""
    for name in names:
        for row in frame.engine.catalogue.settings.get(name, ()):
            if all(conditions.condition_holds(frame, c, arguments, receiver) for c in row.when):
                key = conditions.setting_key(row.sets)
                changed = store_field(changed or receiver, key, constant(1))
    return changed


def any_receiver(node: ir.Call, callee: Value) -> list[str]:
    """Return the name of a method of a receiver of which nothing is known."""
    if isinstance(node.function, ir.Attr) and callee.ref is None:
        return [f"*.{node.function.name}"]
    return []


def with_rows(
    frame: Frame,
    node: ir.Call,
    callee: Value,
    arguments: Arguments,
    names: list[str],
    result: Value,
) -> Value:
    """Return the result with what the catalogue says of sources, sanitizers, guards and types."""
    catalogue = frame.engine.catalogue
    for name in names:
        for source in _sources(frame, callee, arguments, name):
            result = _sourced(frame, node, source, arguments, result, name)
        for sanitizer in catalogue.sanitizers.get(name, ()):
            if all(
                conditions.condition_holds(frame, c, arguments, callee.receiver)
                for c in sanitizer.when
            ):
                result = _sanitized(sanitizer, arguments, result)
        for guard in catalogue.guards.get(name, ()):
            subject = conditions.argument_value(guard.argument, arguments, callee.receiver)
            if subject is None:
                continue
            truth = guards.row_truth(guard, subject, list(arguments.positional))
            if guard.safe == "returns":
                frame.state.facts |= truth[0] if truth is not None else NO_FACTS
            elif truth is not None:
                result = Value(result.taints, type=result.type, truth=truth)
    of = next((catalogue.call_types[n] for n in names if n in catalogue.call_types), None)
    if of is None:
        return result
    return Value(
        result.taints, result.const, None, None, of, None, result.items, result.element,
        result.fields, result.prefix, result.truth, result.text,
    )  # fmt: skip


def _sources(frame: Frame, callee: Value, arguments: Arguments, name: str) -> tuple[Source, ...]:
    """Return what a call brings in; an option that the code itself set is none of those."""
    if name == _GET_OPTION and stores.has_option(callee.receiver, arguments):
        return ()
    return frame.engine.catalogue.sources.get(name, ())


def each_sanitized(frame: Frame, arguments: Arguments, result: Value) -> Value:
    """Return what ``map`` gives, by what the catalogue says of the function."""
    for row in frame.engine.catalogue.sanitizers.get(builtins.first(arguments).ref or "", ()):
        if not row.when and result.element is not None:
            inside = neutralised(result.element, frozenset(row.kinds))
            result = Value(result.taints, element=inside)
    return result


def _sanitized(row: Sanitizer, arguments: Arguments, result: Value) -> Value:
    result = neutralised(result, frozenset(row.kinds))
    kept = row.keeps
    harmful = None if kept is None else arguments.at(kept.position, kept.keyword)
    taints = () if harmful is None else all_taints(harmful)
    return with_taints(result, merge_taints([result.taints, taints])) if taints else result


def _sourced(
    frame: Frame, node: ir.Call, row: Source, arguments: Arguments, result: Value, ref: str
) -> Value:
    if row.form == "value" or not handlers.imports(frame.module, row.imports):
        return result
    name: str | None = None
    if row.key is not None:
        key = arguments.at(row.key.position, row.key.keyword)
        if key is not None and isinstance(key.const, str):
            name = key.const
    if row.keys and (name is None or name.lower() not in row.keys):
        return result
    taint = source_taint(frame, row, node, ref, name)
    if row.level is SourceLevel.REMOTE and _is_host_written(arguments):
        taint = doubt.trusted(taint)
    if row.form == "element":
        row_of = (result.fields or {}).get(ROW, UNKNOWN)
        inner = merge_taints([(taint,), all_taints(result)])
        return Value(element=with_taints(row_of, inner), fields=result.fields)
    passed = result
    if row.turns or row.harmless:
        passed = neutralised(Value(result.taints), turn_marks(row))
    fields = passed.fields if row.form == "call" else None
    return Value(merge_taints([(taint,), passed.taints]), type=result.type, fields=fields)


def _is_host_written(arguments: Arguments) -> bool:
    """Tell whether a call asks a host that the code names: one that is trusted, as a rule."""
    return any(sinks.names_host(value) for value in arguments.everything())


def _made(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments, names: list[str]
) -> tuple[Value, Value | None] | None:
    """Return what a function gives that looks into its arguments, if it is one."""
    receiver = callee.receiver
    row = records.row_made(frame, node, arguments)
    if row is not None:
        return row, None
    for name in names:
        work = MODELS.get(name)
        found = None if work is None else work(frame, node, arguments)
        if found is not None:
            return found, None
        held = _HELD.get(name)
        if receiver is not None and held is not None:
            return held(receiver, arguments)
    if receiver is not None and isinstance(receiver.type, ClassInfo):
        mapping = records.mapped(receiver, node_name(node), arguments)
        return None if mapping is None else (mapping, None)
    if receiver is not None and isinstance(receiver.target, ClassInfo):
        made = records.made_of(frame, receiver.target, node_name(node), arguments)
        return None if made is None else (made, None)
    return None


def given_by(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments, names: list[str]
) -> tuple[Value, Value | None]:
    """Return what the call gives, sanitizers and sources aside."""
    made = _made(frame, node, callee, arguments, names)
    if made is not None:
        return made
    for name in names or any_receiver(node, callee):
        rows = frame.engine.catalogue.propagators.get(name)
        if rows is not None:
            return _propagated(frame, node, callee, arguments, rows)
    built = _built_in(names, arguments)
    if built is not None:
        return expressions.compiled_at(frame, node, built), None
    attribute = node.function.name if isinstance(node.function, ir.Attr) else None
    last = attribute or (callee.ref or "").rpartition(".")[2]
    receiver = callee.receiver
    if last and receiver is not None:
        modelled = methods.method(last, receiver, arguments)
        if modelled is not None:
            return modelled
    if last in builtins.NOTHING_PASSES:
        return UNKNOWN, None
    return _through(frame, node, callee, arguments, last), None


def _built_in(names: list[str], arguments: Arguments) -> Value | None:
    """Return what one of the language's own functions gives."""
    for name in names:
        if not arguments.keywords and arguments.rest is None and arguments.mapping is None:
            found = known.function(name, arguments.positional)
            if found is not None:
                return found
        model = builtins.FUNCTIONS.get(name)
        if model is not None:
            return model(arguments)
    return None


def _through(frame: Frame, node: ir.Call, callee: Value, arguments: Arguments, last: str) -> Value:
    """Return the result of a call of which nothing is known: taint passes, but not surely."""
    parts = [all_taints(v) for v in arguments.everything()]
    if doubt.is_lookup(last) or last[:1].isupper():
        parts = [tuple(doubt.doubted(t) for t in taints) for taints in parts]
    if callee.receiver is not None:
        parts.append(all_taints(callee.receiver))
    elif callee.taints:
        parts.append(callee.taints)
    taints = merge_taints(parts)
    if not taints:
        return UNKNOWN
    found = []
    for taint in taints:
        step = frame.step(taint.step, StepKind.PASS, node, f"through {last or 'a call'}()")
        found.append(Taint(taint.origin, step, taint.neutral, taint.composed, sure=False))
    if last in _READERS:
        # What is known of a check is undone; what is known of who sent it holds on.
        read = decoded(tuple(found), last)
        pairs = zip(found, read, strict=True)
        return Value(
            tuple(Taint(b.origin, a.step, a.neutral, a.composed, sure=False) for a, b in pairs)
        )
    result = Value(tuple(found) if last in SAME else derived(tuple(found), last or "call"))
    asked = [] if callee.receiver is None else [callee.receiver]
    return doubt.looked_up(last, [*arguments.everything(), *asked], result)


def _propagated(
    frame: Frame,
    node: ir.Call,
    callee: Value,
    arguments: Arguments,
    rows: tuple[Propagator, ...],
) -> tuple[Value, Value | None]:
    parts: list[tuple[Taint, ...]] = []
    changed: Value | None = None
    prefix = ""
    for row in rows:
        for argument in row.inputs:
            value = conditions.argument_value(argument, arguments, callee.receiver)
            if value is not None:
                parts.append(all_taints(value))
                prefix = prefix or value.prefix
        if row.to_receiver and callee.receiver is not None:
            base = callee.receiver
            kept = neutralised(Value(merge_taints(parts)), frozenset(row.harmless))
            changed = with_taints(base, merge_taints([base.taints, kept.taints]))
    taints = merge_taints(parts)
    note = f"through {node_name(node)}()"
    stepped = tuple(add_step(t, frame.step(t.step, StepKind.PASS, node, note)) for t in taints)
    if any(row.decodes for row in rows):
        text = not any(row.several for row in rows)
        return Value(decoded(stepped, node_name(node)), text=text), changed
    return Value(derived(stepped, node_name(node)), prefix=prefix), changed


def node_name(node: ir.Call) -> str:
    """Return the last name of what is called, as it is written."""
    function = node.function
    return function.name if isinstance(function, (ir.Attr, ir.Name)) else "a call"
