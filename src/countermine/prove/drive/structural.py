"""Witnesses of what is no flow: the dangerous call itself is seen to happen."""

from collections.abc import Callable, Mapping

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import Event, Observation, Witness, WitnessKind
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import at_sink, place

PLAN = Plan(
    attacks=(Payload(name="use", text=PROBE),),
    controls=(Payload(name="legitimate-use", text=PROBE),),
    kind=WitnessKind.STRUCTURAL,
)
"""Calls the function that holds the call, and no more."""


def structural(name: str, dangerous: Callable[[Event], str | None]) -> PlannedMaker:
    """Return a maker for a weakness that is a call.

    Args:
        name: Of the observer's event.
        dangerous: Says what is dangerous about a call, ``None`` when it is not.
    """

    def shown(witness: Witness, seen: Observation, _benign: Observation) -> str | None:
        for event in seen.events:
            # A library may use, inside, what it would be wrong to use by itself.
            if event.name == name and event.get("direct") and at_sink(witness, event):
                what = dangerous(event)
                if what is not None:
                    return f"{what} {place(event)}"
        return None

    def plan(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
        return PLAN

    return PlannedMaker(plan=plan, shown=shown)
