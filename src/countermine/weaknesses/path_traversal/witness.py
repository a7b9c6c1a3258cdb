"""How path traversal shows itself: what is opened lies outside the benign probe's folder."""

from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import Encoding, Observation, Witness
from countermine.prove.drive.archive_plan import archive_plan, written_outside
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
        Payload(name="dot-dot-nested", text="....//" * 12 + _SECRET),
        Payload(name="dot-dot-percent-encoded", text=UPWARDS + _SECRET, encoding=Encoding.PERCENT),
        Payload(name="dot-dot-behind-dot", text=f"./{UPWARDS}{_SECRET}"),
        Payload(name="parent-folder", text=".."),
    ),
    controls=(Payload(name="plain-name", text=f"{PROBE}.txt"),),
)


def _plan(finding: Finding, texts: Mapping[TreePath, bytes]) -> Plan:
    if _from_archive(finding):
        return archive_plan(finding, texts)
    return PLAN


def _from_archive(finding: Finding) -> bool:
    """Tell whether the path is the name of an archive's member."""
    return any("archive" in step.note for step in finding.trace[:1])


def _shown(witness: Witness, seen: Observation, benign: Observation) -> str | None:
    written = written_outside(witness, seen, benign)
    if written is not None:
        return written
    found = left(seen, benign, f"{SCRATCH}/outside")
    if found is None:
        return None
    event, path = found
    return f"{event.name} reached {path} {place(event)}"


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Names files outside, and looks where the target went."""
