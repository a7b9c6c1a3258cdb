"""Calls: of the target's own functions, of its classes, and of libraries."""

from dataclasses import replace
from functools import reduce

from countermine.catalogue.schema import Form, Propagator, Sanitizer, Sink, Source
from countermine.core.findings import StepKind
from countermine.core.levels import SourceLevel
from countermine.flow import (
    aliases,
    builtins,
    callbacks,
    conditions,
    deferred,
    doubt,
    expressions,
    guards,
    handlers,
    ir,
    known,
    methods,
    outer,
    records,
    registering,
    rendering,
    sinks,
    stores,
    variants,
)
from countermine.flow.access import elements, source_taint, store_field, turn_marks
from countermine.flow.bind import Substitution, bind, neutralised
from countermine.flow.derived import SAME, decoded, derived
from countermine.flow.dispatch import CALLS, MADE, MODELS
from countermine.flow.frame import Arguments, CallSite, Frame, Summary, target_name
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.values import (
    MISSING,
    NO_FACTS,
    UNKNOWN,
    Closure,
    Facts,
    Taint,
    Value,
    add_step,
    all_taints,
    alternatives,
    constant,
    join,
    merge_taints,
    with_taints,
)
from countermine.flow.variants import decorator_names


def invoke(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments
) -> tuple[Value, Value | None]:
    """Return the result of a call, and the receiver if the call changes it."""
    if callee.others:
        return _either(frame, node, callee, arguments), None
    target = callee.target
    if callee.fields is not None:
        arguments = builtins.with_bound(callee, arguments)
    instead = _stand_in(frame, node, callee, arguments)
    if instead is not None:
        return invoke(frame, node, *instead)
    if isinstance(target, (FunctionInfo, Closure)):
        found = call_function(frame, node, target, callee.receiver, arguments)
        for other in variants.dispatched(target):
            call_function(frame, node, other, None, arguments)
        return found
    if isinstance(target, ClassInfo):
        return construct(frame, node, target, arguments), None
    return _called(frame, node, callee, arguments)


def _called(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments
) -> tuple[Value, Value | None]:
    """Return the result of calling something that is neither a function nor a class here."""
    task = callee.receiver.target if callee.receiver is not None else None
    if isinstance(node.function, ir.Attr) and isinstance(task, FunctionInfo):
        later = deferred.arguments_of(node.function.name, frame.engine.lowered(task), arguments)
        if later is not None:
            call_function(frame, node, task, None, later)
            frame.state.dead = False
            return UNKNOWN, None
    if callee.ref in MADE:
        return MADE[callee.ref](frame, node, callee, arguments), None
    if isinstance(callee.type, ClassInfo):
        method = frame.engine.hierarchy.method(callee.type, "__call__")
        if method is not None:
            return call_function(frame, node, method, callee, arguments)
    return _library(frame, node, callee, arguments)


def _stand_in(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments
) -> tuple[Value, Arguments] | None:
    """Return what is called instead of a decorated function, and with what."""
    target = callee.target
    if isinstance(target, FunctionInfo) and target.decorators and callee.shape != known.BARE:
        wrapper = frame.engine.wrapper(target)
        if wrapper is not None:
            return wrapper, deferred.behind(callee.receiver, arguments, node)
    return None


def _mapped(frame: Frame, node: ir.Call, arguments: Arguments) -> Value | None:
    """Return what ``map`` gives for a function of the target's own, or one that is modelled."""
    function, *rest = arguments.positional or [UNKNOWN]
    model = builtins.FUNCTIONS.get(function.ref or "")
    each_one = known.in_order(rest[0]) if model is not None and len(rest) == 1 else None
    if model is not None and each_one is not None and not all_taints(rest[0]):
        return known.collection(known.LIST, [model(Arguments([one], {})) for one in each_one])
    if not isinstance(function.target, (FunctionInfo, Closure)) or not rest:
        return None
    rows = [known.in_order(value) for value in rest]
    complete = [row for row in rows if row is not None]
    if len(complete) == len(rows):
        each = zip(*complete, strict=False)
        made = [invoke(frame, node, function, Arguments(list(row), {}))[0] for row in each]
        return known.collection(known.LIST, made)
    any_row = [elements(value) or UNKNOWN for value in rest]
    return Value(element=invoke(frame, node, function, Arguments(any_row, {}))[0])


def _either(frame: Frame, node: ir.Call, callee: Value, arguments: Arguments) -> Value:
    """Return the result of calling one of several things."""
    state = frame.state
    facts = state.facts
    found: list[tuple[Value, Facts]] = []
    for one in alternatives(callee):
        result, _ = invoke(frame, node, one, arguments)
        if not state.dead:
            found.append((result, state.facts))
        state.facts, state.dead = facts, False
    if not found:
        state.dead = True
        return UNKNOWN
    state.facts = frozenset.intersection(*(f for _, f in found))
    return reduce(join, [value for value, _ in found])


def leaves_alone(callee: Value) -> bool:
    """Tell whether what a call changes of its arguments is known, or that it changes nothing."""
    if callee.target is not None or (callee.receiver is not None and callee.receiver.text):
        return True
    return callee.ref in builtins.FUNCTIONS or known.is_function(callee.ref)


def call_function(
    frame: Frame,
    node: ir.Node,
    target: FunctionInfo | Closure,
    receiver: Value | None,
    arguments: Arguments,
) -> tuple[Value, Value | None]:
    """Call one of the target's own functions; return the result and the changed receiver."""
    static = isinstance(target, Closure) or (
        target.owner is None or "staticmethod" in decorator_names(target)
    )
    bound_receiver = None if static else receiver
    if not static and isinstance(target, FunctionInfo) and "classmethod" in decorator_names(target):
        bound_receiver = receiver if receiver is not None else Value(target=target.owner)
    function = frame.engine.lowered(target)
    bound = bind(frame, function, target, bound_receiver, arguments)
    own = _own_class(target, bound_receiver)
    summary = frame.engine.summarise(target, bound, own)
    frame.calls.append(
        CallSite(
            frame.key,
            summary.key,
            bound,
            frame.state.facts,
            frame.module.path,
            node.start,
            node.end,
            frame.qualname,
        )
    )
    put_back = Substitution(summary, bound, frame, node, target_name(target))
    if not summary.returns:
        frame.state.dead = True
        return UNKNOWN, None
    frame.state.facts |= put_back.facts(summary.facts)
    if doubt.is_check(target_name(target)):
        frame.state.facts |= doubt.checked(arguments.everything())
    result = _typed(frame, target, put_back.value(summary.result))
    outer.put(frame, target, summary, put_back)
    return result, _put_changes(frame, summary, put_back, bound_receiver, bound)


def _typed(frame: Frame, target: FunctionInfo | Closure, result: Value) -> Value:
    """Return a result with what the annotation of the function says of it."""
    if result.type is not None or result.target is not None or result.const is not MISSING:
        return result
    of = frame.engine.declarations.result_type(target)
    if of in ("int", "float", "bool"):
        return Value(truth=result.truth)
    if not isinstance(of, ClassInfo):
        return result
    return replace(result, type=of, ref=None)


def _put_changes(
    frame: Frame,
    summary: Summary,
    put_back: Substitution,
    receiver: Value | None,
    bound: list[Value],
) -> Value | None:
    """Change the arguments as the callee does; return the changed receiver if it is."""
    changed: Value | None = None
    for place, change in summary.changes.items():
        before = bound[place]
        after = aliases.changed(before, *put_back.change(change, place))
        if place == 0 and receiver is not None:
            changed = after
        else:
            aliases.put(frame, before, after)
    return changed


def _own_class(target: FunctionInfo | Closure, receiver: Value | None) -> ClassInfo | None:
    if receiver is not None and isinstance(receiver.type, ClassInfo):
        return receiver.type
    if receiver is not None and isinstance(receiver.target, ClassInfo):
        return receiver.target
    return target.owner if isinstance(target, FunctionInfo) else target.info.owner


def construct(frame: Frame, node: ir.Node, owner: ClassInfo, arguments: Arguments) -> Value:
    """Return a new instance of one of the target's own classes."""
    blank = Value(type=owner)
    maker = frame.engine.hierarchy.method(owner, "__new__")
    if maker is not None:
        made, _ = call_function(frame, node, maker, Value(target=owner), arguments)
        frame.state.dead = False
        blank = replace(made, type=owner, ref=None) if made.const is MISSING else blank
    known = frame.engine.catalogue.sinks
    method = frame.engine.hierarchy.method(owner, "__init__")
    line = frame.engine.hierarchy.names(owner)
    # The code of the library itself goes by its own name; without an own constructor it is the
    # library's that is called.
    # What its class overrides may be what makes it safe: nothing is said of it then.
    plain = method is None and not owner.methods
    name = next((n for n in (line if plain else line[:1]) if n in known), None)
    if name is not None and isinstance(node, ir.Call):
        rows = tuple(r for r in known[name] if r.form is Form.CALL)
        sinks.check_call(frame, rows, name, node, arguments, None)
    if method is not None:
        _, changed = call_function(frame, node, method, blank, arguments)
        frame.state.dead = False
        return changed if changed is not None else blank
    if maker is not None:
        return blank
    found = records.made(frame, owner, arguments)
    after = records.finisher(frame, owner)
    if after is None:
        return found
    _, changed = call_function(frame, node, after, found, Arguments([], {}))
    frame.state.dead = False
    return changed if changed is not None else found


def called_names(frame: Frame, node: ir.Call, callee: Value) -> list[str]:
    """Return the dotted names by which the catalogue may know what is called."""
    attribute = node.function.name if isinstance(node.function, ir.Attr) else None
    receiver = callee.receiver
    if attribute is not None and receiver is not None and receiver.type is not None:
        return [f"{n}.{attribute}" for n in frame.engine.hierarchy.names(receiver.type)]
    if callee.ref is not None:
        return [callee.ref]
    if isinstance(callee.type, str):
        return [f"{n}.__call__" for n in frame.engine.hierarchy.names(callee.type)]
    if attribute is not None and receiver is not None and receiver.text:
        return [f"str.{attribute}"]
    return []


def _receiver_text(node: ir.Call) -> str:
    inner = node.function.target if isinstance(node.function, ir.Attr) else None
    if isinstance(inner, ir.Call):
        inner = inner.function
    if isinstance(inner, (ir.Attr, ir.Name)):
        return inner.name
    return ""


def sink_rows(
    frame: Frame, node: ir.Call, callee: Value, names: list[str]
) -> tuple[str, tuple[Sink, ...]]:
    """Return the sinks that a call is, and the name by which it is one."""
    known = frame.engine.catalogue.sinks
    for name in names:
        rows = tuple(r for r in known.get(name, ()) if r.form is Form.CALL)
        if rows:
            return name, rows
    if not isinstance(node.function, ir.Attr):
        return "", ()
    receiver = callee.receiver
    if receiver is not None and (receiver.text or isinstance(receiver.type, str)):
        return "", ()
    found = known.get(f"*.{node.function.name}", ())
    text = _receiver_text(node).lower()
    rows = tuple(
        r
        for r in found
        if r.form is Form.CALL
        and (any(t in text for t in r.receivers) if r.receivers else callee.ref is None)
    )
    return f"{_receiver_text(node) or '*'}.{node.function.name}", rows


def _library(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments
) -> tuple[Value, Value | None]:
    names = called_names(frame, node, callee)
    name, rows = sink_rows(frame, node, callee, names)
    if rows:
        sinks.check_call(frame, rows, name, node, arguments, callee.receiver)
    elif doubt.is_check(node_name(node)):
        frame.state.facts |= doubt.checked(arguments.everything())
    _render(frame, node, names, arguments, callee.receiver)
    mapped = _mapped(frame, node, arguments) if names == ["map"] else None
    if mapped is not None:
        return mapped, None
    registering.by_call(frame, names, node, arguments)
    last = node_name(node)
    if names and not isinstance(node.function, ir.Attr):
        last = names[0].rpartition(".")[2]
    given = callbacks.call_back(frame, node, last, arguments)
    if any(builtins.never_returns(n) for n in names):
        frame.state.dead = True
        return UNKNOWN, None
    lookup = names or _any_receiver(node, callee)
    gives = callbacks.GIVES.get(last)
    if given is not None and gives is not None:
        return gives(given), None
    result, changed = _result(frame, node, callee, arguments, names)
    if callee.receiver is not None:
        changed = _set_up(frame, callee.receiver, arguments, names, changed)
    if names == ["map"]:
        result = _each_sanitized(frame, arguments, result)
    result = _with_rows(frame, node, callee, arguments, lookup, result)
    return rendering.loaded(frame, names, arguments, callee.receiver, result), changed


def _render(
    frame: Frame, node: ir.Call, names: list[str], arguments: Arguments, receiver: Value | None
) -> None:
    """Follow what a call renders into the template, which shows what it is given."""
    for each in rendering.renderings(frame, node, names, arguments, receiver):
        dead = frame.state.dead
        call_function(frame, node, each.template, None, each.arguments)
        frame.state.dead = dead


def _set_up(
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


def _any_receiver(node: ir.Call, callee: Value) -> list[str]:
    if isinstance(node.function, ir.Attr) and callee.ref is None:
        return [f"*.{node.function.name}"]
    return []


def _with_rows(
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
        for source in catalogue.sources.get(name, ()):
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
            truth = guards.row_truth(guard, subject)
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


def _each_sanitized(frame: Frame, arguments: Arguments, result: Value) -> Value:
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
        inner = merge_taints([(taint,), all_taints(result)])
        return Value(element=Value(inner))
    passed = result
    if row.turns or row.harmless:
        passed = neutralised(Value(result.taints), turn_marks(row))
    return Value(merge_taints([(taint,), passed.taints]), type=result.type)


def _is_host_written(arguments: Arguments) -> bool:
    """Tell whether a call asks a host that the code names: one that is trusted, as a rule."""
    return any(sinks.names_host(value) for value in arguments.everything())


def _made(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments, names: list[str]
) -> tuple[Value, Value | None] | None:
    """Return what a function gives that looks into its arguments, if it is one."""
    receiver = callee.receiver
    for name in names:
        work = MODELS.get(name)
        found = None if work is None else work(frame, node, arguments)
        if found is not None:
            return found, None
        if receiver is not None and name in stores.METHODS:
            return stores.METHODS[name](receiver, arguments)
    if receiver is not None and isinstance(receiver.type, ClassInfo):
        mapping = records.mapped(receiver, node_name(node))
        return None if mapping is None else (mapping, None)
    if receiver is not None and isinstance(receiver.target, ClassInfo):
        made = records.made_of(frame, receiver.target, node_name(node), arguments)
        return None if made is None else (made, None)
    return None


def _result(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments, names: list[str]
) -> tuple[Value, Value | None]:
    """Return what the call gives, sanitizers and sources aside."""
    made = _made(frame, node, callee, arguments, names)
    if made is not None:
        return made
    for name in names or _any_receiver(node, callee):
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
    return Value(tuple(found) if last in SAME else derived(tuple(found), last or "call"))


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
        return Value(decoded(stepped, node_name(node)), text=True), changed
    return Value(derived(stepped, node_name(node)), prefix=prefix), changed


def node_name(node: ir.Call) -> str:
    """Return the last name of what is called, as it is written."""
    function = node.function
    return function.name if isinstance(function, (ir.Attr, ir.Name)) else "a call"


CALLS.append(invoke)
