"""The sentences that several reports share: counts, coverage, where a case stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from countermine.core.cases import Case
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Severity
from countermine.core.patches import Patch, PatchOrigin
from countermine.core.runs import Run, RunState
from countermine.core.verdicts import (
    Gate,
    GateOutcome,
    GateResult,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
    Verdict,
)
from countermine.report.escape import printable
from countermine.report.redact import redact

GATE_TITLES = {
    Gate.BASELINE: "baseline",
    Gate.RED: "the flaw shows",
    Gate.CONTROL: "legitimate use works",
    Gate.SCOPE: "scope of the patch",
    Gate.BUILDS: "builds",
    Gate.DETECTOR: "detector is silent",
    Gate.GREEN: "the flaw is gone",
    Gate.CONTROL_AGAIN: "legitimate use still works",
    Gate.TESTS: "the target's own tests",
    Gate.REATTACK: "re-attack",
    Gate.REGRESSION_TEST: "regression test",
}
_OWN_NAME = "countermine"
"""Author of what no remedy makes: the regression tests."""

STATUS_MEANING = {
    FindingStatus.WITNESSED: "it was run, and the effect was seen",
    FindingStatus.TRACED: "a data flow from source to sink was followed",
    FindingStatus.SUSPECTED: "a pattern matched",
}

NOT_BEGUN = "not begun"


class Tone(StrEnum):
    """How a word is coloured; no report says anything by colour alone."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a case stands, in words."""

    label: str
    """One or two words, the same in every report."""
    tone: Tone
    sentence: str
    """Why, on one harmless line without secrets."""


def standing(case: Case, *, isolated: bool) -> Standing:
    """Return where a case stands, never saying more than was run.

    Args:
        case: The case.
        isolated: False where the sandbox did not isolate; the sentence of a verdict says so.
    """
    stands = _without_verdict(case) if case.verdict is None else _judged(case.verdict)
    said = stands.sentence
    if not isolated and case.verdict is not None:
        said = f"{said} Run without isolation."
    return replace(stands, sentence=marked(case.finding, said))


def marked(finding: Finding, sentence: str) -> str:
    """Return a sentence about a finding, with the model before it that proposed the finding."""
    proposer = of_model(finding)
    return sentence if proposer is None else f"P{proposer[1:]}. {sentence}"


def of_model(finding: Finding) -> str | None:
    """Return ``proposed by the model NAME``, ``None`` for what the search finds by itself."""
    name = finding.proposed_by
    return None if name is None else f"proposed by the model {safe(name)}"


def opinion_of(finding: Finding) -> str | None:
    """Return what a model made of the trace, in one sentence; ``None`` where none moved it."""
    opinion = finding.opinion
    if opinion is None:
        return None
    way = "raised" if finding.confidence.rank > opinion.before.rank else "lowered"
    return (
        f"The model {safe(opinion.model)} {way} the confidence from {opinion.before}: "
        f"{safe(opinion.reason)}"
    )


def _judged(verdict: Verdict) -> Standing:
    match verdict:
        case Proven(tests_ran=tests_ran):
            tests = "" if tests_ran else " No test of the target could be run."
            sentence = "The flaw was shown, the patch ends it, and what worked still works."
            return Standing(label="proven", tone=Tone.GOOD, sentence=sentence + tests)
        case StillExploitable(after=after):
            sentence = f"The flaw still shows on the patched tree: {safe(after)}."
            return Standing(label="still exploitable", tone=Tone.BAD, sentence=sentence)
        case Regressed(gates=gates, failures=failures):
            said = [gate.reason for gate in gates if gate.outcome is GateOutcome.FAILED] or failures
            why = safe(said[0]) if said else "The patch breaks something."
            return Standing(label="regressed", tone=Tone.BAD, sentence=why)
        case Unwitnessed(reason=reason):
            return Standing(label="unwitnessed", tone=Tone.UNSURE, sentence=safe(reason))
        case Inconclusive(reason=reason):
            return Standing(label="inconclusive", tone=Tone.UNSURE, sentence=safe(reason))


def _without_verdict(case: Case) -> Standing:
    if case.patch is not None:
        why = case.no_witness or "The patch has not been judged."
        return Standing(label="not judged", tone=Tone.UNSURE, sentence=safe(why))
    if not_begun(case):
        said = "Nothing has been done about it yet."
        return Standing(label=NOT_BEGUN, tone=Tone.QUIET, sentence=said)
    why = case.no_patch or case.no_witness or "No patch has been made yet."
    return Standing(label="no fix", tone=Tone.QUIET, sentence=safe(why))


def not_begun(case: Case) -> bool:
    """Tell whether a case still waits: nothing is known of it but its finding."""
    known = (case.witness, case.no_witness, case.patch, case.no_patch, case.verdict)
    return all(part is None for part in known)


def decided_by(verdict: Verdict) -> GateResult | None:
    """Return the gate that did not pass, ``None`` where all did."""
    passing = {GateOutcome.PASSED, GateOutcome.NOT_APPLICABLE}
    return next((gate for gate in verdict.gates if gate.outcome not in passing), None)


def made_by(patch: Patch) -> str:
    """Return who made a patch, as ``by the remedy shell-quote``."""
    author = safe(patch.author)
    match patch.origin:
        case PatchOrigin.REMEDY if author == _OWN_NAME:
            return "written by Countermine"
        case PatchOrigin.PERSON:
            return f"from {author}"
        case PatchOrigin.REMEDY | PatchOrigin.MODEL:
            return f"by the {patch.origin} {author}"


def safe(text: str) -> str:
    """Return one line of text without secrets or invisible characters."""
    return printable(redact(text))


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 file``, ``2 files``, ``12,345 lines``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def by_severity(findings: Iterable[Finding]) -> str:
    """Return ``1 critical, 2 high``, the worst first."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[level]} {level}" for level in reversed(Severity) if counts[level])


def by_status(findings: Iterable[Finding]) -> str:
    """Return ``3 witnessed, 2 traced``, the highest rung first."""
    counts = Counter(finding.status for finding in findings)
    return ", ".join(f"{counts[rung]} {rung}" for rung in STATUS_MEANING if counts[rung])


def current_findings(run: Run) -> tuple[Finding, ...]:
    """Return the findings in their order, each on the rung that its case has reached."""
    reached = {case.finding.fingerprint: case.finding for case in run.cases}
    return tuple(reached.get(finding.fingerprint, finding) for finding in run.findings)


def looked_at(record: CoverageRecord) -> str:
    """Return ``6 files (1,234 lines)``."""
    beside = f" and {counted(record.templates, 'template')}" if record.templates else ""
    return f"{counted(record.files, 'file')} ({counted(record.lines, 'line')}){beside}"


def not_looked_at(record: CoverageRecord) -> str | None:
    """Return what was missed, ``None`` where nothing was but on purpose."""
    missed = [entry for entry in record.entries if not entry.expected]
    if not missed:
        return None
    places = len({entry.path for entry in missed if entry.path is not None})
    whole = sum(entry.path is None for entry in missed)
    parts = [counted(places, "file")] if places else []
    parts += [counted(whole, "part of the whole", "parts of the whole")] if whole else []
    verb = "was" if places + whole == 1 else "were"
    return f"{' and '.join(parts)} {verb} not wholly looked at: unknown is not clean."


def left_out(record: CoverageRecord) -> str | None:
    """Return what was left out on purpose, ``None`` where nothing was."""
    reasons = Counter(entry.reason for entry in record.entries if entry.expected)
    if not reasons:
        return None
    said = ", ".join(f"{number:,} {safe(reason)}" for reason, number in reasons.most_common(3))
    more = ", ..." if len(reasons) > 3 else ""  # noqa: PLR2004 - as many as are named above
    return f"Left out on purpose: {said}{more}."


def state_sentence(state: RunState) -> str | None:
    """Return what a run that is not finished must say of itself."""
    return {
        RunState.RUNNING: "This run has not finished: what follows is as far as it got.",
        RunState.INTERRUPTED: "This run was interrupted: what follows is as far as it got.",
        RunState.FAILED: "This run failed: what follows is as far as it got.",
        RunState.FINISHED: None,
    }[state]
