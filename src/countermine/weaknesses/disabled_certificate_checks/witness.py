"""How a check that is off shows itself: a connection, or a context for some, that asks for nothing.

The certificate that is not asked for never exists: there is no network. What is seen is what the
client asks of the other end when it would begin to talk to it. That a fix is one must be seen, too:
a connection, or a context, that does ask.
"""

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.silence import at_sink, place
from countermine.prove.drive.structural import PLAN

_OFF = {"verify_mode": ("CERT_NONE", "0"), "check_hostname": ("False", "0")}


def _plan(_finding: Finding, _texts: object) -> Plan:
    return PLAN


def _shown(witness: Witness, seen: Observation, _benign: Observation) -> str | Unclear | None:
    unchecked = [event for event in seen.events if _is_unchecked(event)]
    for event in unchecked:
        if event.name == "tls" and event.get("file") is not None:
            where = event.get("server") or "another host"
            return f"a connection to {where} asked for no certificate {place(event)}"
    for event in unchecked:
        if event.name == "tls-setting" and event.get("direct") and at_sink(witness, event):
            return f"{event.get('setting')} became {event.get('value')} {place(event)}"
    doubtful = [event for event in unchecked if event.name == "tls" or event.get("direct")]
    if doubtful:
        return Unclear(reason=f"some other check was turned off {place(doubtful[0])}")
    if not any(_is_checked(event) for event in seen.events):
        return Unclear(reason="nothing was seen that asks for a certificate")
    return None


def _is_unchecked(event: Event) -> bool:
    if event.name == "tls":
        return event.get("checks") == "CERT_NONE"
    return event.name == "tls-setting" and event.get("value") in _off(event)


def _off(event: Event) -> tuple[str, ...]:
    return _OFF.get(event.get("setting") or "", ())


def _is_checked(event: Event) -> bool:
    if event.name == "tls":
        return event.get("checks") == "CERT_REQUIRED"
    return event.name == "tls-setting" and event.get("value") in {"CERT_REQUIRED", "True"}


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Calls the function, and looks what it asks of the other end."""
