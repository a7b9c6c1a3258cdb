"""Findings as SARIF results, with what their cases came to."""

from countermine.core.cases import Case
from countermine.core.findings import Finding, FindingStatus, StepKind, TraceStep
from countermine.core.patches import Edit, Patch
from countermine.core.runs import Suppressed
from countermine.core.spans import TreePath
from countermine.core.verdicts import Proven, Regressed, StillExploitable
from countermine.report.redact import redact
from countermine.report.sarif_places import Json, Locator, text_of
from countermine.report.sarif_rules import LEVELS, taxon

FINGERPRINT = "countermine/v1"
_STATUS_RANK = {
    FindingStatus.SUSPECTED: 20.0,
    FindingStatus.TRACED: 50.0,
    FindingStatus.WITNESSED: 80.0,
}
_ESSENTIAL = {StepKind.SOURCE, StepKind.SINK}


def result_of(finding: Finding, case: Case | None, locator: Locator, *, isolated: bool) -> Json:
    """Return the result of a finding, with fix and verdict where its case has them."""
    result: Json = {
        "ruleId": finding.weakness,
        "level": LEVELS[finding.severity],
        "rank": _rank(finding),
        "message": {"text": text_of(redact(finding.message))},
        "locations": [locator.location(finding.location, finding.function)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "taxa": [taxon(finding.cwe)],
    }
    if finding.trace:
        result["codeFlows"] = [_code_flow(trace, locator) for trace in finding.traces]
    fix = _fix(case, locator)
    if fix is not None:
        result["fixes"] = [fix]
    result["properties"] = _properties(finding) | _outcome(case, isolated=isolated)
    return result


def suppressed_result(item: Suppressed, locator: Locator) -> Json:
    """Return the result of a finding that the user set aside, with the reason."""
    result = result_of(item.finding, None, locator, isolated=True)
    in_source = item.place.rpartition(":")[2].isdigit()
    # No "status": the first edition's schema calls it "state", and both take accepted for granted.
    suppression: Json = {
        "kind": "inSource" if in_source else "external",
        "justification": text_of(redact(item.reason)),
        "properties": {"place": text_of(item.place)},
    }
    if item.expires is not None:
        suppression["properties"] = {"place": text_of(item.place), "expires": item.expires}
    return result | {"suppressions": [suppression]}


def _rank(finding: Finding) -> float:
    """Return how sure and how bad it is, 0 to 100; the surest and worst is the highest."""
    return (
        _STATUS_RANK[finding.status] + 5.0 * finding.confidence.rank + 3.0 * finding.severity.rank
    )


def _code_flow(trace: tuple[TraceStep, ...], locator: Locator) -> Json:
    steps = [
        {
            "location": locator.location(step.span, step.function, redact(step.note)),
            "importance": "essential" if step.kind in _ESSENTIAL else "important",
            "kinds": [step.kind.value],
            "executionOrder": number,
        }
        for number, step in enumerate(trace, 1)
    ]
    return {"threadFlows": [{"locations": steps}]}


def _fix(case: Case | None, locator: Locator) -> Json | None:
    """Return the patch, unless running refuted it or it would show a secret."""
    if case is None or case.patch is None or isinstance(case.verdict, StillExploitable | Regressed):
        return None
    patch = case.patch
    if any(redact(edit.after) != edit.after for edit in patch.edits):
        return None
    changes = []
    for path in dict.fromkeys(edit.span.path for edit in patch.edits):
        replacements = _replacements(patch, path, locator)
        if replacements is None:
            return None
        artifact = locator.artifact(path)
        changes.append({"artifactLocation": artifact, "replacements": replacements})
    if not changes:
        return None
    return {"description": {"text": text_of(patch.summary)}, "artifactChanges": changes}


def _replacements(patch: Patch, path: TreePath, locator: Locator) -> list[Json] | None:
    edits = [edit for edit in patch.edits if edit.span.path == path]
    regions = [locator.region(edit.span) for edit in edits]
    if any(region is None for region in regions):
        return None
    return [_replacement(edit, region) for edit, region in zip(edits, regions, strict=True)]


def _replacement(edit: Edit, region: Json | None) -> Json:
    return {"deletedRegion": region, "insertedContent": {"text": edit.after}}


def _properties(finding: Finding) -> Json:
    properties: Json = {
        "status": finding.status.value,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "sink": text_of(finding.sink),
    }
    if finding.level is not None:
        properties["sourceLevel"] = finding.level.value
    if finding.remedy is not None:
        properties["remedy"] = finding.remedy
    if finding.proposed_by is not None:
        properties["proposedBy"] = text_of(redact(finding.proposed_by))
    if finding.opinion is not None:
        properties["opinion"] = {
            "model": text_of(redact(finding.opinion.model)),
            "confidenceBefore": finding.opinion.before.value,
            "reason": text_of(redact(finding.opinion.reason)),
        }
    return properties


def _outcome(case: Case | None, *, isolated: bool) -> Json:
    if case is None:
        return {}
    outcome: Json = {"case": case.id}
    if case.patch is not None:
        outcome["patch"] = {
            "summary": text_of(case.patch.summary),
            "origin": case.patch.origin.value,
            "author": text_of(case.patch.author),
        }
    if case.verdict is not None:
        outcome["verdict"] = case.verdict.kind
        outcome["isolated"] = isolated
    if isinstance(case.verdict, Proven):
        outcome["testsRan"] = case.verdict.tests_ran
    return outcome
