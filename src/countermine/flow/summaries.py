"""What a function that was interpreted does, as its callers see it."""

from functools import reduce

from countermine.flow import aliases, bind, generators, outer
from countermine.flow.facts import common, nearest
from countermine.flow.frame import Frame, Summary
from countermine.flow.values import NO_FACTS, UNKNOWN, Value, unsure


def passing(key: str, parameters: int) -> Summary:
    """Return the summary of a function that was not followed: everything may pass through."""
    taints = tuple(unsure(bind.parameter_taint(key, place)) for place in range(min(parameters, 6)))
    return Summary(key, Value(taints) if taints else UNKNOWN)


def summary_of(frame: Frame) -> Summary:
    """Return the summary of an activation that has come to its end."""
    result = bind.returned(frame.returns)
    if frame.function.generator:
        result = generators.handed_out(frame)
    facts = NO_FACTS
    if frame.returns:
        facts = nearest(reduce(common, (f for _, f in frame.returns)))
    returns = bool(frame.returns) or frame.function.generator
    return Summary(
        frame.key,
        result,
        returns or frame.exhausted,
        facts,
        frame.stores,
        aliases.changes(frame),
        *outer.changes(frame),
    )
