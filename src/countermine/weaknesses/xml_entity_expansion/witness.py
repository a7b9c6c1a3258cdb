"""How entity expansion shows itself: a short document is a long text once it is parsed."""

from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import Observation, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.xml_documents import GROWING_DOCUMENT, PLAIN_DOCUMENT, grown


def plan(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    """Return the document that grows."""
    return Plan(attacks=(GROWING_DOCUMENT,), controls=(PLAIN_DOCUMENT,), as_file=True)


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    return next((said for event in seen.events if (said := grown(event))), None)


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Writes a document whose entities grow, and looks whether the parser puts them in."""
