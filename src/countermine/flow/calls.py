"""Calls: of the target's own functions, of its classes, and of libraries."""

from functools import reduce

from countermine.catalogue.schema import Form, Sink
from countermine.flow import (
    aliases,
    builtins,
    callbacks,
    chosen_by_name,
    deferred,
    doubt,
    ir,
    known,
    outer,
    records,
    registering,
    rendering,
    sinks,
    variants,
)
from countermine.flow.bind import bind
from countermine.flow.dispatch import CALLS, MADE
from countermine.flow.frame import Arguments, CallSite, Frame, Summary, target_name
from countermine.flow.index import ClassInfo, FunctionInfo
from countermine.flow.joining import alternatives, join
from countermine.flow.library_calls import (
    any_receiver,
    each_sanitized,
    given_by,
    node_name,
    set_up,
    with_rows,
)
from countermine.flow.parts import elements
from countermine.flow.substitution import Substitution
from countermine.flow.values import MISSING, UNKNOWN, Closure, Facts, Value, all_taints, altered
from countermine.flow.variants import decorator_names

TAINTS_IN_A_STEP = 16
"""Taints that are put together in about the time of a step."""


def invoke(
    frame: Frame, node: ir.Call, callee: Value, arguments: Arguments
) -> tuple[Value, Value | None]:
    """Return the result of a call, and the receiver if the call changes it."""
    if callee.receiver is not None:
        callee = chosen_by_name.called(frame, node, callee)
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
    bound_receiver: Value | None = None
    if isinstance(target, FunctionInfo) and target.owner is not None:
        decorated = decorator_names(target) if target.decorators else ()
        bound_receiver = None if "staticmethod" in decorated else receiver
        if "classmethod" in decorated and "staticmethod" not in decorated:
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
    name = target_name(target)
    put_back = Substitution(summary, bound, frame, node, name)
    if not summary.returns:
        frame.state.dead = True
        return UNKNOWN, None
    frame.state.facts |= put_back.facts(summary.facts)
    if doubt.is_check(name):
        frame.state.facts |= doubt.checked(arguments.everything())
    result = _typed(frame, target, put_back.value(summary.result))
    result = doubt.looked_up(name, arguments.everything(), result)
    outer.put(frame, target, summary, put_back)
    changed = _put_changes(frame, summary, put_back, bound_receiver, bound)
    frame.steps += put_back.joined // TAINTS_IN_A_STEP
    return result, changed


def _typed(frame: Frame, target: FunctionInfo | Closure, result: Value) -> Value:
    """Return a result with what the annotation of the function says of it."""
    if result.type is not None or result.target is not None or result.const is not MISSING:
        return result
    of = frame.engine.declarations.result_type(target)
    if of in ("int", "float", "bool"):
        return Value(truth=result.truth)
    if not isinstance(of, ClassInfo):
        return result
    return altered(result, type=of, ref=None)


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
        blank = altered(made, type=owner, ref=None) if made.const is MISSING else blank
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
    if records.is_enum(frame, owner) and arguments.positional:
        frame.state.facts |= records.looked_up(frame, owner, arguments.positional[0])
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
        found = known.get(name)
        if found is None:
            continue
        text = _receiver_text(node).lower()
        rows = tuple(
            r
            for r in found
            if r.form is Form.CALL
            and (name[:4] != "str." or not r.receivers or any(t in text for t in r.receivers))
        )
        if rows:
            return name, rows
    if not isinstance(node.function, ir.Attr):
        return "", ()
    receiver = callee.receiver
    if receiver is not None and (receiver.text or isinstance(receiver.type, str)):
        return "", ()
    found = known.get(f"*.{node.function.name}", ())
    text = _receiver_text(node).lower() if found else ""
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
    if doubt.finds(node):
        asked = [] if callee.receiver is None else [callee.receiver]
        frame.state.facts |= doubt.found([*arguments.everything(), *asked])
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
    lookup = names or any_receiver(node, callee)
    gives = callbacks.GIVES.get(last)
    if given is not None and gives is not None:
        return gives(given), None
    result, changed = given_by(frame, node, callee, arguments, names)
    if callee.receiver is not None:
        changed = set_up(frame, callee.receiver, arguments, names, changed)
    if names == ["map"]:
        result = each_sanitized(frame, arguments, result)
    result = with_rows(frame, node, callee, arguments, lookup, result)
    return rendering.loaded(frame, names, arguments, callee.receiver, result), changed


def _render(
    frame: Frame, node: ir.Call, names: list[str], arguments: Arguments, receiver: Value | None
) -> None:
    """Follow what a call renders into the template, which shows what it is given."""
    for each in rendering.renderings(frame, node, names, arguments, receiver):
        dead = frame.state.dead
        call_function(frame, node, each.template, None, each.arguments)
        frame.state.dead = dead


CALLS.append(invoke)
