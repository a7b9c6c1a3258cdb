"""Facts: what holds of a taint's origin on one way through a function, or on several."""

from countermine.flow.values import EVERY_KIND, Facts

FACTS_KEPT = 300
"""Facts that outlive a call."""


def common(one: Facts, other: Facts) -> Facts:
    """Return the facts that hold either way, where one of them may speak of every kind."""
    both = one & other
    if len(both) == len(one) or len(both) == len(other):
        return both
    extra = [f for f in one - both if (f[0], EVERY_KIND) in other and f[1] != ":known"]
    extra += [f for f in other - both if (f[0], EVERY_KIND) in one and f[1] != ":known"]
    return both.union(extra) if extra else both


def nearest(facts: Facts) -> Facts:
    """Return facts, or, where they are too many to tell anything, those closest to an origin.

    Each call puts every taint of an argument in the place of one parameter.
    """
    if len(facts) <= FACTS_KEPT:
        return facts
    return frozenset(sorted(facts, key=lambda fact: (len(fact[0]), fact))[:FACTS_KEPT])
