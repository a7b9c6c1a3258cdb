"""How entity expansion shows itself: a short document is a long text once it is parsed."""

from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import CANARY, Event, Observation, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload

GROWTH = 100
"""Times that a document of attack repeats the canary once its entities are put in."""
GROWING = "growing"
"""Begins the name of the attack whose entities make a long text of a short document."""
HEAD = '<?xml version="1.0"?>\n'

GROWING_DOCUMENT = Payload(
    name=f"{GROWING}-entity",
    text=(
        f'{HEAD}<!DOCTYPE r [<!ENTITY a "{"{canary}" * 10}"><!ENTITY b "{"&a;" * 10}">]>'
        "<r><i>&b;</i></r>"
    ),
    file_name="input.xml",
)
PLAIN_DOCUMENT = Payload(
    name="plain-document",
    text=f"{HEAD}<r><i>{PROBE}</i></r>",
    file_name="input.xml",
    samples=(".xml",),
)


def plan(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    """Return the document that grows."""
    return Plan(attacks=(GROWING_DOCUMENT,), controls=(PLAIN_DOCUMENT,), as_file=True)


def grown(event: Event) -> str | None:
    """Return what tells that entities were put in, where a text of an event says so."""
    times = ((event.get("text") or "") + (event.get("body") or "")).count(CANARY)
    return f"entities of the document were put in {times} times" if times >= GROWTH else None


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    return next((said for event in seen.events if (said := grown(event))), None)


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Writes a document whose entities grow, and looks whether the parser puts them in."""
