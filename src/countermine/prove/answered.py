"""What a witness became on the way to being shown, and when a network has to be stood in for."""

import re
from dataclasses import replace

from countermine.core.witnesses import Witness
from countermine.prove.reaching import through
from countermine.prove.records import NotWitnessed, Witnessed

_OFFLINE = re.compile(
    r"Connection(?:Refused|Aborted|Reset)?Error|Connect(?:ion)?Timeout|ConnectError|gaierror|URLError"
    r"|MaxRetryError|NameResolutionError|Max retries exceeded|Name or service not known"
    r"|Temporary failure in name resolution|Network is unreachable|Cannot connect to host"
)
"""How libraries say that nobody answers."""


def wants_answers(stopped: NotWitnessed) -> bool:
    """Tell whether a case stopped since the target called somebody who is not there."""
    told = [stopped.verdict.reason]
    told += [one.text for gate in stopped.verdict.gates[1:] for one in gate.evidence]
    return any(_OFFLINE.search(text) for text in told)


def as_shown(witness: Witness, witnessed: Witnessed) -> Witness:
    """Return the witness as it showed the flaw: what was needed for that goes on being used.

    Attacks that showed it stand first: it is they that a search and a regression test are made of.
    """
    if witnessed.test is not None:
        witness = through(witness, witnessed.test)
    shown = {one.name for one in witnessed.attacks if one.effect == "shown"}
    attacks = (*witness.attacks, *witnessed.also)
    return replace(
        witness,
        answered=witness.answered or witnessed.answered,
        attacks=tuple(sorted(attacks, key=lambda one: one.name not in shown)),
    )
