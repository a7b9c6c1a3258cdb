"""Loops: followed turn by turn where what they go through is known, else until nothing changes."""

from countermine.flow import guards, ir, known, protocols
from countermine.flow.access import iterated
from countermine.flow.assign import assign
from countermine.flow.derived import EACH
from countermine.flow.dispatch import evaluate, execute
from countermine.flow.frame import Frame
from countermine.flow.joining import join
from countermine.flow.state import State, apply_facts, join_states
from countermine.flow.values import MISSING, NO_FACTS, UNKNOWN, Facts, Value, all_taints

LOOP_PASSES = 2
"""A second pass carries what the first one left in variables; a third finds little more."""
_PASSES_AT_MOST = 5
"""While constants turn out not to be constant, which may open branches."""
_TURNS = 40
"""Turns of a counted loop that are followed one by one."""
_ENDLESS_TURNS = 6
"""Of one that only a jump ends: a counter inside is seldom what it waits for."""


def run_loop(frame: Frame, node: ir.Loop) -> None:
    """Run a loop and what follows when it ends without a jump."""
    breaks: list[State] = []
    before = frame.steps
    if node.iterable is not None:
        value = protocols.iterated(frame, node.iterable, evaluate(frame, node.iterable))
        _over(frame, node, value, breaks)
    else:
        _counted(frame, node, breaks)
    frame.turns_left -= frame.steps - before
    if not frame.state.dead:
        execute(frame, node.otherwise)
    frame.state = joined([frame.state, *breaks])


def joined(states: list[State]) -> State:
    """Return what is known where control may come from any of these states."""
    found = states[0]
    for state in states[1:]:
        found = join_states(found, state)
    return found


def _turn(frame: Frame, node: ir.Loop, breaks: list[State]) -> None:
    continues: list[State] = []
    frame.jumps.append((breaks, continues))
    execute(frame, node.body)
    frame.jumps.pop()
    frame.state = joined([frame.state, *continues])


def _over(frame: Frame, node: ir.Loop, value: Value, breaks: list[State]) -> None:
    items = known.in_order(value)
    if items is None or frame.turns_left <= 0:
        _passes(frame, node, iterated(frame, value) or UNKNOWN, breaks, LOOP_PASSES)
        return
    limit = frame.steps + frame.turns_left
    for place, item in enumerate(items):
        if frame.state.dead:
            return
        if frame.steps > limit:
            rest = item
            for other in items[place + 1 :]:
                rest = join(rest, other)
            _passes(frame, node, rest, breaks, LOOP_PASSES)
            return
        if node.target is not None:
            assign(frame, node.target, apply_facts(item, frame.state.facts))
        _turn(frame, node, breaks)


def _counted(frame: Frame, node: ir.Loop, breaks: list[State]) -> None:
    """Run a loop with a test as long as the test is known, and something counts."""
    limit = frame.steps + frame.turns_left
    endless = node.test is None or isinstance(node.test, ir.Const)
    for _ in range(_ENDLESS_TURNS if endless else _TURNS):
        decided = _test(frame, node)
        if decided is None or frame.steps > limit:
            break
        if not decided:
            return
        before = frame.state.copy()
        _turn(frame, node, breaks)
        if frame.state.dead:
            return
        if not _advanced(before, frame.state):
            frame.state = join_states(before, frame.state)
            _passes(frame, node, None, breaks, LOOP_PASSES - 1)
            return
    _passes(frame, node, None, breaks, LOOP_PASSES)


def _test(frame: Frame, node: ir.Loop) -> bool | None:
    """Evaluate the test at the top of a turn; a test that fails ends the loop."""
    if node.test is None:
        return True
    value = evaluate(frame, node.test)
    decided = known.truth(value)
    if decided is False:
        frame.state.facts |= guards.of_value(value)[1]
    return decided


def _advanced(before: State, after: State) -> bool:
    """Tell whether a turn left some variable with another known value."""
    variables = after.variables
    for name, old in before.variables.items():
        new = variables.get(name)
        if new is None or new is old:
            continue
        if old.const is not MISSING and new.const is not MISSING and old.const != new.const:
            return True
        if old.shape and new.shape and len(old.items or ()) != len(new.items or ()):
            return True
    return False


def _passes(
    frame: Frame, node: ir.Loop, inside: Value | None, breaks: list[State], least: int
) -> None:
    """Run the body again and again from what every earlier turn may have left."""
    endless = False
    each = NO_FACTS
    for number in range(_PASSES_AT_MOST):
        before = frame.state.copy()
        endless = _enter(frame, node, inside)
        _turn(frame, node, breaks)
        gained = frame.state.facts - before.facts
        each = _of_each(inside, gained) | guards.of_each(gained)
        frame.state = join_states(before, frame.state)
        if number + 1 >= least and not _loosened(before, frame.state):
            break
    if node.test is not None and not endless:
        frame.state.facts |= guards.of_value(evaluate(frame, node.test))[1]
    if not breaks:
        frame.state.facts |= each
    frame.state.dead = frame.state.dead or endless


def _of_each(inside: Value | None, gained: Facts) -> Facts:
    """Return what holds after a loop whose every turn leaves these facts of its element."""
    if inside is None or not gained:
        return NO_FACTS
    keys = {taint.origin.key for taint in all_taints(inside)}
    found = {(key, kind) for key, kind in gained if any(k[: len(key)] == key for k in keys)}
    found |= {(key[:-1], kind) for key, kind in found if key in keys and key[-1] in EACH}
    return frozenset(found)


def _enter(frame: Frame, node: ir.Loop, inside: Value | None) -> bool:
    """Begin one pass; return whether the loop can only be left by a jump."""
    if inside is not None:
        if node.target is not None:
            assign(frame, node.target, apply_facts(inside, frame.state.facts))
        return False
    if node.test is None:
        return False
    test = evaluate(frame, node.test)
    frame.state.facts |= guards.of_value(test)[0]
    return known.truth(test) is True


def _loosened(before: State, after: State) -> bool:
    """Tell whether something that was known before a pass is not known any more."""
    variables = after.variables
    for name, old in before.variables.items():
        new = variables.get(name, old)
        if new is old:
            continue
        if (old.const is not MISSING and new.const is MISSING) or (old.shape and not new.shape):
            return True
    return False
