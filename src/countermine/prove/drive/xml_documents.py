"""XML documents that witnesses hand to parsers, and what tells that their entities were put in."""

from countermine.core.witnesses import CANARY, Event
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


def grown(event: Event) -> str | None:
    """Return what tells that entities were put in, where a text of an event says so."""
    times = ((event.get("text") or "") + (event.get("body") or "")).count(CANARY)
    return f"entities of the document were put in {times} times" if times >= GROWTH else None
