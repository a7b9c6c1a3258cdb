"""Statements: what running them does to the state at hand."""

import re
from collections.abc import Callable

from countermine.catalogue.schema import Handler
from countermine.flow import (
    aliases,
    click_options,
    guards,
    ir,
    known,
    local_classes,
    narrowing,
    opting,
    outer,
    perhaps,
    rendering,
    sequences,
    sinks,
)
from countermine.flow.assign import assign, change
from countermine.flow.calls import call_function
from countermine.flow.closed_types import is_closed
from countermine.flow.collect import evaluate_arguments
from countermine.flow.decorators import decorated
from countermine.flow.dispatch import EXECUTORS, evaluate, execute
from countermine.flow.evaluate import closure_of
from countermine.flow.expression_tables import check_table
from countermine.flow.faults import run_raise, run_swallowing, run_try
from countermine.flow.frame import Arguments, Frame
from countermine.flow.generators import GENERATOR
from countermine.flow.handlers import imports
from countermine.flow.index import MODULE_BODY, ClassInfo
from countermine.flow.loops import joined, run_loop
from countermine.flow.matching import fits
from countermine.flow.parts import elements
from countermine.flow.state import State, apply_facts
from countermine.flow.values import MISSING, UNKNOWN, Value, altered, constant

_QUOTED = re.compile(r"\s*(?:(?:typing\.)?Optional\[)?\s*([A-Za-z_][\w.]*)\s*\]?(?:\s*\|.*)?\s*")


def _assign(frame: Frame, node: ir.Assign) -> None:
    if frame.info.name == MODULE_BODY and not frame.scopes:
        check_table(frame, node)
    frame.goal = next((t.name for t in node.targets if isinstance(t, (ir.Name, ir.Attr))), "")
    grown = _grown(frame, node)
    value = apply_facts(evaluate(frame, node.value), frame.state.facts)
    frame.goal = ""
    if node.annotation is not None and value.type is None and value.const is MISSING:
        value = _annotated(frame, node.annotation, value)
    if value.shape == known.GENERATOR:
        value = known.forgotten(value)
    for target in node.targets:
        assign(frame, target, value)
    if grown is not None:
        aliases.put(frame, grown, value)
    elif isinstance(node.value, (ir.Choice, ir.Logic)):
        perhaps.note_choice(frame, node, value)


def _grown(frame: Frame, node: ir.Assign) -> Value | None:
    """Return the collection that an augmented assignment changes in place."""
    if not isinstance(node.value, ir.Binary) or node.value.operands[0] is not node.targets[0]:
        return None
    target = node.targets[0]
    found = frame.state.variables.get(target.name) if isinstance(target, ir.Name) else None
    return found if found is not None and found.height else None


def _annotated(frame: Frame, annotation: ir.Expr, value: Value) -> Value:
    if value.ref is not None or value.target is not None or value.items is not None:
        return value
    of = annotation_type(frame, annotation)
    if of is None:
        return value
    return Value(value.taints, type=of, fields=value.fields, element=value.element)


def annotation_type(frame: Frame, annotation: ir.Expr) -> "str | ClassInfo | None":
    """Return the class that an annotation names."""
    if isinstance(annotation, ir.Const):
        quoted = _quoted(annotation)
        return None if quoted is None else annotation_type(frame, quoted)
    if isinstance(annotation, ir.Item):
        outer = evaluate(frame, annotation.target)
        last = (outer.ref or "").rpartition(".")[2]
        if last in ("Optional", "Annotated", "Final") and annotation.index is not None:
            inner = annotation.index
            if isinstance(inner, ir.Sequence) and inner.items:
                inner = inner.items[0]
            return annotation_type(frame, inner)
        return None
    if isinstance(annotation, ir.Binary):
        found = [annotation_type(frame, o) for o in annotation.operands]
        return next((f for f in found if f is not None), None)
    value = evaluate(frame, annotation)
    if isinstance(value.target, ClassInfo):
        return value.target
    return value.ref


def _quoted(annotation: ir.Const) -> ir.Expr | None:
    """Return the first class in an annotation that is written as a text."""
    found = _QUOTED.fullmatch(annotation.value) if isinstance(annotation.value, str) else None
    if found is None:
        return None
    first, *rest = found[1].split(".")
    node: ir.Expr = ir.Name(annotation.start, annotation.end, first)
    for name in rest:
        node = ir.Attr(annotation.start, annotation.end, node, name)
    return node


def _evaluate(frame: Frame, node: ir.Evaluate) -> None:
    evaluate(frame, node.value)


def _branch(frame: Frame, node: ir.Branch) -> None:
    ends: list[State] = []
    for test, body in node.arms:
        value = evaluate(frame, test)
        if frame.state.dead:
            break
        decided = known.truth(value)
        yes, no = guards.of_value(value)
        on, off = opting.switched(frame, test, decided)
        if decided is not False:
            rest = frame.state.copy()
            frame.state.facts |= yes | on
            narrowed = narrowing.enter(frame, test)
            execute(frame, body)
            narrowing.leave(frame, narrowed)
            ends.append(frame.state)
            frame.state = rest
        frame.state.facts |= no | off
        if decided:
            frame.state.dead = True
            break
    else:
        execute(frame, node.otherwise)
    ends.append(frame.state)
    frame.state = joined(ends)
    perhaps.note_arms(frame, node)


def _match(frame: Frame, node: ir.Match) -> None:
    value = apply_facts(evaluate(frame, node.subject), frame.state.facts)
    ends: list[State] = []
    for case, body in node.arms:
        rest = frame.state.copy()
        verdict, facts = fits(frame, case, value)
        if verdict is not False:
            frame.state.facts |= facts
            execute(frame, body)
            ends.append(frame.state)
        frame.state = rest
        if verdict:
            frame.state.dead = True
            break
    ends.append(frame.state)
    frame.state = joined(ends)


def _jump(frame: Frame, node: ir.Jump) -> None:
    if frame.jumps:
        breaks, continues = frame.jumps[-1]
        (breaks if node.leaves else continues).append(frame.state.copy())
    frame.state.dead = True


def _return(frame: Frame, node: ir.Return) -> None:
    value = constant(None) if node.value is None else evaluate(frame, node.value)
    if frame.state.dead:
        return
    if frame.page is not None and node.value is not None and not _ends_request(node.value):
        sinks.check_return(frame, frame.page, value, node)
    for shown in rendering.returned(frame, node, value):
        call_function(frame, node, shown.template, None, shown.arguments)
        frame.state.dead = False
    facts = frame.state.facts
    frame.returns.append((apply_facts(value, facts), facts))
    aliases.keep(frame)
    frame.state.dead = True


def _ends_request(value: ir.Expr) -> bool:
    """Tell whether what is returned never is, since the call raises an answer."""
    function = value.function if isinstance(value, ir.Call) else None
    return isinstance(function, (ir.Attr, ir.Name)) and function.name == "abort"


def _with(frame: Frame, node: ir.With) -> None:
    swallows = False
    for manager, target in node.items:
        value = evaluate(frame, manager)
        swallows = swallows or _swallows(frame, manager)
        entered = value
        if value.type == GENERATOR:
            entered = elements(value) or UNKNOWN
        elif isinstance(value.type, ClassInfo):
            find = frame.engine.hierarchy.method
            method = find(value.type, "__enter__") or find(value.type, "__aenter__")
            if method is not None:
                entered, _ = call_function(frame, manager, method, value, Arguments([], {}))
        if target is not None:
            assign(frame, target, entered)
    if swallows:
        run_swallowing(frame, node.body)
    else:
        execute(frame, node.body)


def _swallows(frame: Frame, manager: ir.Expr) -> bool:
    """Tell whether a context manager may end exceptions of its body."""
    if not isinstance(manager, ir.Call):
        return False
    return evaluate(frame, manager.function).ref == "contextlib.suppress"


def _define(frame: Frame, node: ir.Define) -> None:
    function = node.function
    if frame.info.name == MODULE_BODY and not frame.scopes:
        # Functions of the top level, and of its classes, are indexed and analysed by themselves.
        frame.state.variables.pop(function.name, None)
        return
    closure = closure_of(frame, function)
    frame.defined[closure.key] = closure
    value = Value(target=closure)
    for decorator in function.decorators:
        closure.handler = closure.handler or handler_of(frame, decorator)
        check_decorator(frame, frame, decorator)
    frame.state.variables[function.name] = decorated(frame, function.decorators, value)


def check_decorator(frame: Frame, scope: Frame, decorator: ir.Expr) -> None:
    """Record a decorator of the function at hand that is dangerous, as it is read in ``scope``."""
    inner = decorator.function if isinstance(decorator, ir.Call) else decorator
    if not isinstance(inner, (ir.Name, ir.Attr)) or inner.name not in frame.engine.catalogue.marks:
        return
    value = evaluate(scope, inner)
    given = decorator.arguments if isinstance(decorator, ir.Call) else []
    sinks.check_decorator(frame, decorator, value, evaluate_arguments(scope, given))


def handler_of(frame: Frame, decorator: ir.Expr) -> Handler | None:
    """Return how a framework calls what stands under a decorator."""
    inner = decorator.function if isinstance(decorator, ir.Call) else decorator
    found = evaluate(frame, inner)
    known = frame.engine.catalogue.decorators
    if found.receiver is not None and found.receiver.type is not None:
        last = (found.ref or "").rpartition(".")[2]
        for name in frame.engine.hierarchy.names(found.receiver.type):
            if f"{name}.{last}" in known:
                return known[f"{name}.{last}"]
    exact = known.get(found.ref or "")
    if exact is None and found.ref is None and found.target is None:
        return _of_unknown(frame, decorator)
    return exact


def _of_unknown(frame: Frame, decorator: ir.Expr) -> Handler | None:
    """Return how a framework calls it that is registered at what the function was handed.

    A function that adds routes to an application has that as a parameter; a route is told by its
    address.
    """
    if not isinstance(decorator, ir.Call) or not isinstance(decorator.function, ir.Attr):
        return None
    rows = frame.engine.catalogue.unowned_decorators.get(decorator.function.name, ())
    if not rows or not decorator.arguments:
        return None
    address = decorator.arguments[0].value
    if not isinstance(address, ir.Const) or not isinstance(address.value, str):
        return None
    if address.value[:1] not in ("/", ""):
        return None
    return next((row for row in rows if imports(frame.module, row.imports)), None)


def _import(frame: Frame, node: ir.Import) -> None:
    for name in node.names:
        if name.attribute != "*":
            frame.state.variables[name.name] = frame.engine.imported(frame.module, name)


def _delete(frame: Frame, node: ir.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ir.Name):
            frame.state.variables.pop(target.name, None)
        elif isinstance(target, ir.Item):
            base = evaluate(frame, target.target)
            index = None if target.index is None else evaluate(frame, target.index)
            index = None if isinstance(target.index, ir.Slice) else index
            change(frame, target.target, base, sequences.without(base, index))


def _assert(frame: Frame, node: ir.Assert) -> None:
    test = evaluate(frame, node.test)
    frame.state.facts |= guards.of_value(test)[0]
    if known.truth(test) is False:
        frame.state.dead = True


_TABLE: dict[type, Callable[..., None]] = {
    ir.Assign: _assign,
    ir.Evaluate: _evaluate,
    ir.Branch: _branch,
    ir.Loop: run_loop,
    ir.Match: _match,
    ir.Return: _return,
    ir.Raise: run_raise,
    ir.Jump: _jump,
    ir.With: _with,
    ir.Try: run_try,
    ir.Define: _define,
    ir.DefineClass: local_classes.define,
    ir.Import: _import,
    ir.Delete: _delete,
    ir.Assert: _assert,
    ir.Global: outer.declare,
    ir.Output: rendering.output,
}
EXECUTORS.update(_TABLE)


def run(frame: Frame, parameters: list[Value]) -> None:
    """Interpret a whole function with these values of its parameters."""
    if frame.info.decorators and frame.function.name == frame.info.name:
        parameters = click_options.closed(frame, parameters)
    for place, (parameter, value) in enumerate(
        zip(frame.function.parameters, parameters, strict=False)
    ):
        given = _declared(frame, parameter, value)
        frame.given.append(given)
        frame.state.variables[aliases.held(place)] = given
        frame.state.variables[parameter.name] = given
    execute(frame, frame.function.body)
    if not frame.state.dead:
        frame.returns.append((constant(None), frame.state.facts))
        aliases.keep(frame)


def _declared(frame: Frame, parameter: ir.Parameter, value: Value) -> Value:
    """Return a parameter's value with what its annotation says."""
    if parameter.annotation is None or value.type is not None or value.const is not MISSING:
        return value
    of = annotation_type(frame, parameter.annotation)
    if is_closed(frame, parameter.annotation):
        return Value(type=of) if isinstance(of, ClassInfo) else UNKNOWN
    if of is None or of in ("str", "bytes"):
        return Value(value.taints, text=of is not None) if of is not None else value
    return value if value.target is not None else altered(value, type=of, ref=None)
