"""Probes for expressions that are slow with some texts."""

import re

from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Stimulus, Witness
from countermine.prove.drive.pumping import pump_of
from countermine.prove.regression.probes import literal

MAX_CHARS = 200_000
_LIMIT_S = 1
"""Seconds of the processor: a third of what the flaw takes, a thousand times what the fix does."""


def slow_texts(witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return probes with longer forms of the attacks, with which the flaw takes some seconds."""
    sources = dict.fromkeys(longer(attack) for attack in witness.attacks[:2])
    return tuple(_probe(source) for source in sources if source is not None)


def longer(attack: Stimulus) -> str | None:
    """Return the source of an attack with as many pumps as take seconds."""
    pump, times = pump_of(attack)
    wanted = re.search(r"-of-(\d+)", attack.name)
    if wanted is None or not pump or int(wanted[1]) * len(pump) > MAX_CHARS:
        return None
    before, _, after = attack.inputs[0].text.partition(pump * times)
    parts = [literal(before)] if before else []
    parts.append(f"{literal(pump)} * {wanted[1]}")
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
