"""Flows on their way back from sinks, and the traces that they leave."""

from dataclasses import dataclass

from countermine.flow.frame import Flow
from countermine.flow.origins import Step
from countermine.flow.values import Taint


@dataclass(slots=True, eq=False)
class Reached:
    """A flow as far as the walk brought it."""

    flow: Flow
    taint: Taint
    hops: int
    """Calls that it crosses."""
    turns: int
    """Attributes of receivers that it was kept in."""
    made: tuple[str, str] | None
    """Where what reaches the sink was put together: path and name of the function that joined
    texts, or built the list. ``None`` while functions only hand on what they were given, or a
    part of it: then the sink itself is where it can be made safe."""
    kept: bool = False
    """It comes out of an attribute of an instance, which may be any of its class."""


def carried(
    reached: Reached,
    taint: Taint,
    pending: str,
    step: Step,
    kept: int,
    made: tuple[str, str] | None,
) -> Reached:
    """Return a flow that begins where ``taint`` does and goes on as ``reached``."""
    inner = reached.taint
    carried = Taint(
        taint.origin,
        step,
        taint.neutral | inner.neutral,
        max(taint.composed, inner.composed),
        taint.sure and inner.sure,
    )
    flow = reached.flow
    onwards = Flow(flow.site, flow.sink, carried, pending, flow.start, flow.end)
    return Reached(onwards, carried, reached.hops + 1, reached.turns + kept, made)


def reached_name(key: str) -> str:
    """Return the qualified name within a function's key."""
    return key.split(":")[1]


def flatten(step: Step | None, limit: int) -> list[Step]:
    """Return the steps of a trace in order, the last ``limit`` of them at most."""
    found: list[Step] = []
    waiting: list[Step] = [] if step is None else [step]
    while waiting and len(found) < limit:
        current = waiting.pop()
        if current.joined is not None:
            # What lies behind a call comes after it: take it first, going backwards.
            before = Step(
                current.before, current.kind, current.path, current.start, current.end,
                current.function, current.note,
            )  # fmt: skip
            waiting.append(before)
            waiting.append(current.joined)
            continue
        found.append(current)
        if current.before is not None:
            waiting.append(current.before)
    found.reverse()
    return found
