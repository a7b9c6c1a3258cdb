"""What a finding says: its sentence, and its trace step by step."""

from countermine.core.entrypoints import Channel
from countermine.core.findings import TraceStep
from countermine.core.levels import SourceLevel
from countermine.core.weakness import WeaknessFacts
from countermine.find.entering import Entered, span
from countermine.flow.frame import Flow
from countermine.flow.origins import Step
from countermine.flow.reached import flatten

TRACE_KEPT = 40
"""Steps shown of one trace; the middle of a longer one is left out."""
STEPS_READ = 400
"""Steps of a trace that are read; traces through loops and recursion have no end of their own."""


def named(qualname: str) -> str:
    """Return how a function is called in a sentence."""
    return "the module" if qualname == "<module>" else qualname


def sentence(text: str) -> str:
    """Return the text with a full stop."""
    return text if text.endswith(".") else text + "."


def message(flow: Flow, facts: WeaknessFacts, entered: Entered) -> str:
    """Return what a flow means, in one sentence."""
    entry = entered.entry
    key = f" ({entry.key!r})" if entry.key and entry.channel is not Channel.PARAMETER else ""
    note = entered.note[:1].upper() + entered.note[1:]
    through = "" if entered.level is SourceLevel.API else f" through {named(entry.qualname)}"
    where = "" if flow.site.qualname == entry.qualname else f" in {named(flow.site.qualname)}"
    return (
        f"{note}{key} reaches {flow.site.told or flow.site.name}{where}{through}, "
        f"so that an attacker can {facts.consequence}."
    )


def trace(step: Step | None, first: TraceStep | None) -> tuple[TraceStep, ...]:
    """Return the steps of a trace, after ``first`` where it does not begin with a source."""
    steps = [] if first is None else [first]
    for each in flatten(step, STEPS_READ):
        found = TraceStep(
            kind=each.kind,
            span=span(each.path, each.start, each.end),
            function=each.function,
            note=each.note,
        )
        if not steps or steps[-1] != found:
            steps.append(found)
    if len(steps) > TRACE_KEPT:
        steps = [*steps[: TRACE_KEPT // 2], *steps[-TRACE_KEPT // 2 :]]
    return tuple(steps)
