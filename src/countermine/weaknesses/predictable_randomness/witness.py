"""How predictable randomness shows itself: the predictable generator is seen to be asked.

That a fix is one is not taken from silence: a generator of the project's own, a counter or a clock
are no calls that anybody could list. Enough must be seen to come from the kernel's generator.
"""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.structural import structural

LEAST_BITS = 19
"""Drawn in the file of the flaw: a code of six digits has some twenty. Fewer can be tried out."""


def _dangerous(event: Event) -> str | None:
    return f"{event.get('call')} was asked"


_ASKED = structural("random", _dangerous)


def _shown(witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    asked = _ASKED.shown(witness, seen, benign)
    if asked is not None or not seen.reached:
        return asked
    drawn = sum(
        float(event.get("bits") or 0)
        for event in seen.events
        if event.name == "secure-random" and event.get("file") == witness.sink_path
    )
    if drawn < LEAST_BITS:
        return Unclear(
            reason=f"only {drawn:.0f} bits were seen to come from a generator of secrets"
        )
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=_ASKED.plan, shown=_shown)
"""Calls the function that makes the secret."""
