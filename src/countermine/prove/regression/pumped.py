"""Probes for expressions that are slow with some texts."""

import re

from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Stimulus, Witness
from countermine.prove.drive.pumping import pump_of
from countermine.prove.regression.probes import literal

MAX_CHARS = 200_000
_LIMIT_S = 1
"""Seconds of the processor: a third of what the flaw takes, a thousand times what the fix does."""
_STEEP = 8
"""What takes seconds with so few times the pumps of an attack doubles with each few of them."""


def slow_texts(witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return probes with longer forms of the attacks, with which the flaw takes some seconds."""
    first = witness.attacks[:2]
    longest = (longer(attack, 2) for attack in first[:1])
    sources = dict.fromkeys((*map(longer, first), *longest))
    return tuple(_probe(source) for source in sources if source is not None)


def longer(attack: Stimulus, as_long: int = 1) -> str | None:
    """Return the source of an attack with as many pumps as take seconds.

    Args:
        attack: It says how many pumps that are, by what a machine of some years ago took.
        as_long: How many times as many are wanted, where the cost is no power of them.
    """
    pump, times = pump_of(attack)
    told = re.search(r"-of-(\d+)", attack.name)
    if told is None or not pump:
        return None
    wanted = int(told[1]) * as_long
    doubles = int(told[1]) < _STEEP * times
    if wanted * len(pump) > MAX_CHARS or (as_long > 1 and doubles):
        return None
    before, _, after = attack.inputs[0].text.partition(pump * times)
    parts = [literal(before)] if before else []
    parts.append(f"{literal(pump)} * {wanted}")
    return " + ".join([*parts, literal(after)] if after else parts)


def _probe(source: str) -> RegressionProbe:
    return RegressionProbe(
        name="reads_any_text_at_once",
        summary="How long a text takes to be read must not grow much faster than the text.",
        payloads=(source,),
        setup=("began = time.process_time()",),
        never=f"time.process_time() - began > {_LIMIT_S}",
        message="reading the text takes far too long",
        imports=("import time",),
    )
