"""The rules of the log: every weakness that was looked for, and the CWEs they belong to."""

from collections.abc import Iterable, Sequence

from countermine.core.findings import Finding
from countermine.core.levels import Severity
from countermine.core.weakness import Cwe, WeaknessFacts
from countermine.report.cwe import cwe_name, cwe_url
from countermine.report.escape import printable
from countermine.report.sarif_places import Json

LEVELS = {
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
SECURITY_SEVERITY = {
    Severity.LOW: "2.5",
    Severity.MEDIUM: "5.5",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}
"""Middles of the bands into which GitHub code scanning sorts this number."""


def driver_rules(facts: Sequence[WeaknessFacts], found: Iterable[Finding]) -> list[Json]:
    """Return a rule for every weakness looked for, and for those that only findings know."""
    known = {fact.id for fact in facts}
    foreign = {finding.weakness: finding for finding in found if finding.weakness not in known}
    return [_rule(fact) for fact in facts] + [_bare(foreign[name]) for name in sorted(foreign)]


def taxonomy(cwes: Iterable[Cwe]) -> Json:
    """Return the part of MITRE's list that the rules and results refer to."""
    return {
        "name": "CWE",
        "organization": "MITRE",
        "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
        "informationUri": "https://cwe.mitre.org/",
        "isComprehensive": False,
        "taxa": [
            {
                "id": str(cwe),
                "shortDescription": {"text": cwe_name(cwe)},
                "helpUri": cwe_url(cwe),
            }
            for cwe in sorted(set(cwes))
        ],
    }


def taxon(cwe: Cwe) -> Json:
    """Return a reference to a CWE of the taxonomy."""
    return {"id": str(cwe), "toolComponent": {"name": "CWE", "index": 0}}


def _rule(fact: WeaknessFacts) -> Json:
    return {
        "id": fact.id,
        "name": "".join(part.capitalize() for part in fact.id.split("-")),
        "shortDescription": {"text": fact.title},
        "fullDescription": {"text": fact.summary},
        "help": {"text": _help(fact), "markdown": _help_markdown(fact)},
        "helpUri": cwe_url(fact.cwe),
        "defaultConfiguration": {"level": LEVELS[fact.severity]},
        **_classified(fact.cwe, fact.severity),
    }


def _bare(finding: Finding) -> Json:
    return {"id": printable(finding.weakness), **_classified(finding.cwe, finding.severity)}


def _classified(cwe: Cwe, severity: Severity) -> Json:
    return {
        "relationships": [{"target": taxon(cwe), "kinds": ["relevant"]}],
        "properties": {
            "tags": ["security", f"external/cwe/cwe-{cwe:03d}"],
            "security-severity": SECURITY_SEVERITY[severity],
        },
    }


def _help(fact: WeaknessFacts) -> str:
    return f"{fact.summary} So an attacker can {fact.consequence}. {fact.advice}"


def _help_markdown(fact: WeaknessFacts) -> str:
    return (
        f"# {fact.title}\n\n{fact.summary}\n\n**What it is good for:** an attacker can "
        f"{fact.consequence}.\n\n**What to do:** {fact.advice}\n\n"
        f"[CWE-{fact.cwe}: {cwe_name(fact.cwe)}]({cwe_url(fact.cwe)})\n"
    )
