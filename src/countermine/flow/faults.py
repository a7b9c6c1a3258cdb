"""Exceptions: where they may come from, which handler they reach, and what runs in any case."""

import builtins
from dataclasses import dataclass

from countermine.flow import ir, known
from countermine.flow.dispatch import evaluate, execute
from countermine.flow.frame import Fault, Frame
from countermine.flow.index import ClassInfo
from countermine.flow.joining import join
from countermine.flow.loops import joined
from countermine.flow.missed import looked_up
from countermine.flow.state import State, join_states
from countermine.flow.values import UNKNOWN, Value, all_taints, merge_taints


@dataclass(slots=True, eq=False)
class _Attempt:
    """What came of a body that may be left by an exception."""

    anywhere: State | None
    """What holds where something that is not written as ``raise`` fails; ``None`` if it cannot."""
    raised: list[Fault]


def run_raise(frame: Frame, node: ir.Raise) -> None:
    """Leave for the handlers around."""
    values = [evaluate(frame, operand) for operand in node.operands]
    if frame.faults and not frame.state.dead:
        of, value = UNKNOWN, UNKNOWN
        if node.operands:
            of, value = _raised(frame, node.operands[0], values[0])
        frame.faults[-1].append(Fault(frame.state.copy(), of, value))
    frame.state.dead = True


def _raised(frame: Frame, node: ir.Expr, value: Value) -> tuple[Value, Value]:
    """Return the class of what is raised, and the exception."""
    if isinstance(value.type, ClassInfo):
        return Value(target=value.type), value
    if not isinstance(node, ir.Call):
        return value, Value(value.taints)
    arguments = [evaluate(frame, a.value) for a in node.arguments if not a.stars and not a.name]
    kept = known.collection(known.TUPLE, arguments)
    taints = merge_taints([value.taints, *map(all_taints, arguments)])
    return evaluate(frame, node.function), Value(taints, fields={".args": kept})


def _attempt(frame: Frame, body: list[ir.Stmt]) -> _Attempt:
    raised: list[Fault] = []
    during = frame.state.copy()
    frame.faults.append(raised)
    calm = bool(body)
    for statement in body:
        if frame.state.dead:
            break
        calm = calm and _is_calm(frame, statement)
        execute(frame, [statement])
        during = join_states(during, State(frame.state.variables, during.facts & frame.state.facts))
    frame.faults.pop()
    return _Attempt(None if calm and not frame.exhausted else during, raised)


def _is_calm(frame: Frame, node: ir.Stmt) -> bool:
    """Tell whether a statement fails only where it says so."""
    if isinstance(node, (ir.Raise, ir.Jump)):
        return True
    if isinstance(node, ir.Assign):
        names = all(isinstance(t, ir.Name) for t in node.targets)
        return names and _is_plain(frame, node.value)
    if isinstance(node, ir.Return):
        return node.value is None or _is_plain(frame, node.value)
    if isinstance(node, ir.Branch):
        bodies = [*(body for _, body in node.arms), node.otherwise]
        tests = all(_is_plain(frame, test) for test, _ in node.arms)
        return tests and all(_is_calm(frame, s) for body in bodies for s in body)
    return False


def _is_plain(frame: Frame, node: ir.Expr) -> bool:
    """Tell whether evaluating an expression cannot fail: names that are not set may."""
    if isinstance(node, ir.Compare):
        return _is_plain(frame, node.left) and _is_plain(frame, node.right)
    if isinstance(node, ir.Not):
        return _is_plain(frame, node.operand)
    if isinstance(node, ir.Logic):
        return all(_is_plain(frame, o) for o in node.operands)
    if isinstance(node, ir.Sequence):
        return all(_is_plain(frame, i) for i in node.items)
    if isinstance(node, ir.Name):
        return node.name in frame.state.variables
    return isinstance(node, ir.Const)


def run_try(frame: Frame, node: ir.Try) -> None:
    """Run a body, the handlers that its exceptions reach, and what runs in any case."""
    first, leaving = len(frame.returns), len(frame.lefts)
    attempt = _attempt(frame, node.body)
    if not frame.state.dead:
        execute(frame, node.otherwise)
    frame.state.facts |= looked_up(frame, node)
    ends = [frame.state]
    left = attempt.raised
    for handler in node.handlers:
        reaching, left = _reaching(frame, handler, left)
        entry = [*reaching]
        if attempt.anywhere is not None:
            entry.append(Fault(attempt.anywhere.copy(), UNKNOWN, UNKNOWN))
        if not entry:
            continue
        frame.state = joined([fault.state for fault in entry])
        if handler.name is not None:
            value = entry[0].value
            for fault in entry[1:]:
                value = join(value, fault.value)
            frame.state.variables[handler.name] = value
        execute(frame, handler.body)
        _import_first(frame, node, handler, ends[0])
        ends.append(frame.state)
    if frame.faults:
        frame.faults[-1].extend(left)
    frame.state = joined(ends)
    if node.finally_body:
        ways = [fault.state for fault in left]
        ways += [State(variables, facts) for variables, facts in frame.lefts[leaving:]]
        if attempt.anywhere is not None and not node.handlers:
            ways.append(attempt.anywhere)
        _on_the_way_out(frame, node.finally_body, ways)
        _finally(frame, node.finally_body, attempt, first)


def _import_first(frame: Frame, node: ir.Try, handler: ir.Handler, tried: State) -> None:
    """Have names mean what is tried first of what the catalogue knows, as at the top level."""
    for name in _imported(node.body) & _imported(handler.body):
        first = tried.variables.get(name, UNKNOWN)
        if frame.engine.is_known(first):
            frame.state.variables[name] = first


def _imported(body: list[ir.Stmt]) -> set[str]:
    """Return the names that the imports of a body bind."""
    return {one.name for node in body if isinstance(node, ir.Import) for one in node.names}


def _on_the_way_out(frame: Frame, body: list[ir.Stmt], ways: list[State]) -> None:
    """Run what comes last as it is run where the body was left, and less was checked by then."""
    after = frame.state
    ways = [way for way in ways if not way.dead and after.facts - way.facts]
    if after.dead or not ways:
        return
    kept = (frame.returns, frame.lefts, frame.ends)
    frame.returns, frame.lefts, frame.ends = [], [], []
    frame.state = joined([way.copy() for way in ways])
    execute(frame, body)
    frame.returns, frame.lefts, frame.ends = kept
    frame.state = after


def _finally(frame: Frame, body: list[ir.Stmt], attempt: _Attempt, first: int) -> None:
    """Run what comes last; a return there replaces those before it."""
    dead = frame.state.dead
    if dead:
        ways = [fault.state.copy() for fault in attempt.raised]
        if attempt.anywhere is not None:
            ways.append(attempt.anywhere.copy())
        ways.append(State(frame.state.variables, frame.state.facts))
        frame.state = joined(ways)
    before = len(frame.returns)
    execute(frame, body)
    if frame.state.dead and len(frame.returns) > before:
        del frame.returns[first:before]
    frame.state.dead = frame.state.dead or dead


def run_swallowing(frame: Frame, body: list[ir.Stmt]) -> None:
    """Run a body whose exceptions end it and nothing more."""
    attempt = _attempt(frame, body)
    ends = [frame.state, *(fault.state for fault in attempt.raised)]
    if attempt.anywhere is not None:
        ends.append(attempt.anywhere)
    frame.state = joined(ends)


def _reaching(
    frame: Frame, handler: ir.Handler, faults: list[Fault]
) -> tuple[list[Fault], list[Fault]]:
    """Return the exceptions that a handler may take, and those that may go on."""
    if handler.classes is None:
        return faults, []
    classes = evaluate(frame, handler.classes)
    every = classes.items if classes.items is not None else (classes,)
    taken: list[Fault] = []
    left: list[Fault] = []
    for fault in faults:
        verdicts = [_is_a(frame, fault.of, each) for each in every]
        if True in verdicts:
            taken.append(fault)
            continue
        if None in verdicts or not verdicts:
            taken.append(fault)
        left.append(fault)
    return taken, left


def _is_a(frame: Frame, of: Value, handled: Value) -> bool | None:
    """Tell whether an exception of a class is one of the class that is handled."""
    if isinstance(of.target, ClassInfo) and isinstance(handled.target, ClassInfo):
        return handled.target in frame.engine.hierarchy.line(of.target)
    mine = _builtins_of(frame, of)
    theirs = _builtin(handled.ref)
    if theirs is None or mine is None:
        return False if isinstance(handled.target, ClassInfo) and _builtin(of.ref) else None
    return any(issubclass(each, theirs) for each in mine)


def _builtins_of(frame: Frame, of: Value) -> list[type] | None:
    """Return the builtin classes that a class is or inherits, ``None`` if one is not known."""
    if isinstance(of.target, ClassInfo):
        outer = [c for c in frame.engine.hierarchy.line(of.target) if isinstance(c, str)]
        found = [_builtin(name) for name in outer]
        kept = [each for each in found if each is not None]
        return kept if kept and len(kept) == len(found) else None
    own = _builtin(of.ref)
    return None if own is None else [own]


def _builtin(name: str | None) -> type | None:
    found = getattr(builtins, name, None) if name is not None else None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
