"""How path traversal shows itself: what is opened lies outside the benign probe's folder."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Encoding, Observation, Witness
from countermine.prove.drive.drive import SCRATCH
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.paths import UPWARDS, left
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place

_SECRET = "{base}/outside/secret.txt"  # noqa: S105 - a file of the harness's own
_NEW = "{base}/outside/{canary}"

PLAN = Plan(
    attacks=(
        Payload(name="dot-dot", text=UPWARDS + _SECRET),
        Payload(name="absolute", text=_SECRET),
        Payload(name="dot-dot-to-new-file", text=UPWARDS + _NEW),
        Payload(name="behind-a-folder", text=f"{PROBE}/../{UPWARDS}{_SECRET}"),
        Payload(name="dot-dot-nested", text="....//" * 12 + _SECRET[1:]),
        Payload(name="dot-dot-percent-encoded", text=UPWARDS + _SECRET, encoding=Encoding.PERCENT),
        Payload(name="dot-dot-behind-dot", text=f"./{UPWARDS}{_SECRET}"),
        Payload(name="parent-folder", text=".."),
    ),
    controls=(Payload(name="plain-name", text=f"{PROBE}.txt"),),
)


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | None:
    found = left(seen, benign, f"{SCRATCH}/outside")
    if found is None:
        return None
    event, path = found
    return f"{event.name} reached {path} {place(event)}"


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Names files outside, and looks where the target went."""
