"""How header injection shows itself: the answer has a header that the value brought along."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Encoding, Event, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload

_NEXT = f"{PROBE}%sX-{{canary}}: {{canary}}"
PLAN = Plan(
    attacks=(
        Payload(name="both", text=_NEXT % "\r\n"),
        Payload(name="line-feed", text=_NEXT % "\n"),
        Payload(name="both-behind-a-blank", text=_NEXT % " \r\n"),
        Payload(name="carriage-return-twice", text=_NEXT % "\r\r\n"),
        Payload(name="nested", text=_NEXT % "\r\r\n\n"),
        Payload(name="percent-encoded", text=_NEXT % "\r\n", encoding=Encoding.PERCENT),
    ),
    controls=(Payload(name="word", text=PROBE),),
)


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    for event in _headers(seen):
        name, value = event.get("name") or "", event.get("text") or ""
        if CANARY.lower() in name.lower() and "\n" not in name:
            return f"the answer has a header of its own, {name!r}"
        if any("\n" in part and CANARY in part for part in (name, value)):
            return f"the header {name!r} is handed to the server with a line break: {value!r}"
    if not any(PROBE in (event.get("text") or "") for event in _headers(benign)):
        return Unclear(reason="the legitimate use did not get into a header")
    return None


def _headers(seen: Observation) -> list[Event]:
    return [event for event in seen.events if event.name == "header"]


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Hands in line breaks with a header behind them, and looks at the headers of the answer."""
