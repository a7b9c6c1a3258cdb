"""How log injection shows itself: one record of the log takes more than one line."""

from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import CANARY, Encoding, Event, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place

_TWICE = "{canary}%s{canary}"
PLAN = Plan(
    attacks=(
        Payload(name="line-feed", text=_TWICE % "\n"),
        Payload(name="carriage-return", text=_TWICE % "\r"),
        Payload(name="both", text=_TWICE % "\r\n"),
        Payload(name="both-twice", text=_TWICE % "\r\n\r\n"),
        Payload(name="nested", text=_TWICE % "\r\r\n\n"),
        Payload(name="percent-encoded", text=_TWICE % "\n", encoding=Encoding.PERCENT),
    ),
    controls=(Payload(name="word", text=PROBE),),
)


def _plan(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    return PLAN


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    for event in seen.events:
        lines = _lines(event)
        if sum(CANARY in line for line in lines) > 1:
            return f"a record of the log has {len(lines)} lines {place(event)}"
    if not any(PROBE in (event.get("text") or "") for event in benign.events if _logs(event)):
        return Unclear(reason="the legitimate use did not get into the log")
    return None


def _logs(event: Event) -> bool:
    return event.name == "log"


def _lines(event: Event) -> list[str]:
    """Return the lines of a record that hold something."""
    text = (event.get("text") or "") if _logs(event) else ""
    return [line for line in text.replace("\r", "\n").split("\n") if line]


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Hands in line breaks, and looks at the records as they are written."""
