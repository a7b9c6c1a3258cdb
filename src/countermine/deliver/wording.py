"""What a fix is called and how it explains itself, in commits and patch files."""

import textwrap
from collections.abc import Sequence

from countermine.core.cases import Case
from countermine.core.verdicts import GateOutcome, Proven
from countermine.core.weakness import WeaknessFacts

WIDTH = 72
"""Of the lines of a commit message."""


def subject(case: Case) -> str:
    """Return the first line of the message: what the fix does, as an order."""
    summary = case.patch.summary if case.patch is not None else str(case.finding.weakness)
    return " ".join(summary.split())[:WIDTH]


def message(case: Case, facts: Sequence[WeaknessFacts]) -> str:
    """Return the whole message: the flaw, the fix, the evidence."""
    fact = next((fact for fact in facts if fact.id == case.finding.weakness), None)
    title = f"{fact.title} (CWE-{case.finding.cwe})" if fact else f"CWE-{case.finding.cwe}"
    place = f"{case.finding.location.path}, {case.finding.function}"
    paragraphs = [
        f"{title} in {place}: {case.finding.message}",
        *([f"Fix: {case.patch.summary}."] if case.patch is not None else []),
        evidence(case),
    ]
    body = "\n\n".join(textwrap.fill(paragraph, WIDTH) for paragraph in paragraphs)
    return f"{subject(case)}\n\n{body}\n\nCountermine-Case: {case.id}\n"


def evidence(case: Case) -> str:
    """Return what was run, in one paragraph; never more than that."""
    if not isinstance(case.verdict, Proven):
        return "This fix was not proven: nothing shows yet that it ends the flaw."
    passed = [str(g.gate.value) for g in case.verdict.gates if g.outcome is GateOutcome.PASSED]
    none = [
        f"gate {gate.gate.value}: {gate.reason}"
        for gate in case.verdict.gates
        if gate.outcome is GateOutcome.NOT_APPLICABLE
    ]
    text = (
        "Proven in a sandbox: a witness triggered the flaw before the fix and no longer does, "
        "its variants neither, and legitimate use gives the same results "
        f"(gates {', '.join(passed)} passed)."
    )
    if not case.verdict.tests_ran:
        text += " The target's own tests could not be used."
    return text + (f" Not applicable: {'; '.join(none)}." if none else "")
