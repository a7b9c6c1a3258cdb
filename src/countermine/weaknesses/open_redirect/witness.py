"""How an open redirect shows itself: a browser would follow it to a host that the attack names."""

from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import CANARY, Observation, Witness
from countermine.prove.drive.addresses import leads_away
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload

_HOST = "{canary}.test"
PLAN = Plan(
    attacks=(
        Payload(name="other-host", text=f"https://{_HOST}/"),
        Payload(name="two-slashes", text=f"//{_HOST}/"),
        Payload(name="slash-and-back-slash", text=f"/\\{_HOST}/"),
        Payload(name="back-slashes", text=f"\\\\{_HOST}/"),
        Payload(name="three-slashes", text=f"///{_HOST}/"),
        Payload(name="slash-tab-slash", text=f"/\t/{_HOST}/"),
        Payload(name="blank-before", text=f" //{_HOST}/"),
        Payload(name="control-before", text=f"\x01//{_HOST}/"),
        Payload(name="scheme-without-slashes", text=f"https:{_HOST}/"),
        Payload(name="scheme-and-three-slashes", text=f"https:///{_HOST}/"),
        Payload(name="upper-case-scheme", text=f"HTTPS://{_HOST}/"),
        Payload(name="name-before-host", text=f"https://localhost@{_HOST}/"),
        Payload(name="back-slash-before-name", text=f"https://{_HOST}\\@localhost/"),
        Payload(name="longer-host", text=f"https://localhost.{_HOST}/"),
        Payload(name="host-behind-host", text="https://{canary}localhost/"),
        Payload(name="own-host-in-query", text=f"https://{_HOST}/?localhost"),
        Payload(name="second-slash", text=f"/{_HOST}/"),
        Payload(name="at-sign", text=f"@{_HOST}/"),
        Payload(name="dot-before", text=f".{_HOST}/"),
    ),
    controls=(
        Payload(name="own-page", text=f"/{PROBE}"),
        Payload(name="own-page-with-query", text=f"/{PROBE}/item?page=2#part"),
    ),
)


def _plan(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    return PLAN


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    for event in seen.events:
        address = event.get("location") if event.name == "response" else None
        host = leads_away(address) if address is not None else None
        if host is not None and CANARY in host:
            return f"the answer sends visitors to {host} by {address!r}"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Names another host in the ways that browsers understand, and looks where the answer leads."""
