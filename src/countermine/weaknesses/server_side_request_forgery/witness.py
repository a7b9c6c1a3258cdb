"""How server-side request forgery shows itself: the server calls a host that the attack names."""

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Event, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place

_HOST = "{canary}.test"
_INSIDE = "127.91.77.13"
"""An address of this machine that nobody calls by chance."""
_SPELLED = ("2136689933", "0x7f5b4d0d", "[::ffff:127.91.77.13]")
"""The same address in other spellings."""
PLAN = Plan(
    attacks=(
        Payload(name="address", text=f"http://{_HOST}/x"),
        Payload(name="encrypted", text=f"https://{_HOST}/x"),
        Payload(name="host", text=_HOST),
        Payload(name="host-and-path", text=f"{_HOST}/"),
        Payload(name="host-and-fragment", text=f"{_HOST}#"),
        Payload(name="two-slashes", text=f"//{_HOST}/"),
        Payload(name="at-sign", text=f"@{_HOST}/"),
        Payload(name="dot-before", text=f".{_HOST}/"),
        Payload(name="name-before-host", text=f"http://localhost@{_HOST}/"),
        Payload(name="back-slash-before-name", text=f"http://{_HOST}\\@localhost/"),
        Payload(name="longer-host", text=f"http://localhost.{_HOST}/"),
        Payload(name="upper-case-scheme", text=f"HTTP://{_HOST}/"),
        Payload(name="own-machine", text=f"http://{_INSIDE}/"),
        *(
            Payload(name=f"own-machine-{at}", text=f"http://{spelled}/")
            for at, spelled in enumerate(_SPELLED, 1)
        ),
    ),
    controls=(
        Payload(
            name="page",
            text=f"http://{PROBE}.test/page",
            alternatives=(f"{PROBE}.test", f"/{PROBE}", PROBE, "1"),
        ),
    ),
)


def _plan(_finding: Finding, _texts: object) -> Plan:
    return PLAN


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    for event in seen.events:
        host = (event.get("host") or "").lower().rstrip(".")
        if _calls(event) and host.endswith((f"{CANARY}.test", _INSIDE)):
            return f"the server called {host} {place(event)}"
    if not any(_calls(event) for event in benign.events):
        return Unclear(reason="the legitimate use called nobody")
    return None


def _calls(event: Event) -> bool:
    return event.name in {"resolve", "connect"}


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Names hosts in the ways that clients understand, and looks whom the server calls."""
