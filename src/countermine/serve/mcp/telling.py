"""From runs and cases to what tools answer: secrets hidden, sizes bounded."""

import json
from collections.abc import Iterable
from dataclasses import replace

from pydantic import JsonValue

from countermine.core.cases import Case, case_id
from countermine.core.coverage import CoverageRecord
from countermine.core.entrypoints import EntryPoint
from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.spans import Span, TreePath
from countermine.core.verdicts import GateResult
from countermine.loop.records import WitnessRecord
from countermine.loop.workflow import step_name
from countermine.prove.records import Witnessed
from countermine.report.as_json import render_json
from countermine.report.diffs import diff_text
from countermine.report.escape import printable, printable_lines
from countermine.report.redact import redact
from countermine.report.sources import Sources
from countermine.report.wording import safe, standing
from countermine.serve.mcp.answers import (
    CaseAnswer,
    CodeAnswer,
    CoverageAnswer,
    FindingAnswer,
    GateAnswer,
    Place,
    ShownAnswer,
    VerdictAnswer,
)
from countermine.serve.mcp.shelf import KeptCase, KeptRun

MAX_TEXT = 20_000
"""Characters of one text in an answer; a patch in scope has at most 64 KiB, most a hundredth."""
MAX_EVIDENCE = 1_500
"""Characters of what a gate saw, in an answer that is not about evidence."""
MAX_MISSED = 20
MAX_CODE = 12
"""Stretches of code in an answer."""
AROUND = 12
"""Lines before and after a place: a function, mostly."""


def finding_answer(finding: Finding, sources: Sources) -> FindingAnswer:
    """Return a finding."""
    return FindingAnswer(
        case=case_id(finding),
        weakness=finding.weakness,
        cwe=finding.cwe,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        status=finding.status.value,
        message=safe(finding.message),
        function=safe(finding.function),
        location=_place(finding.location, sources),
    )


def coverage_answer(record: CoverageRecord) -> CoverageAnswer:
    """Return what a search looked at."""
    missed = [one for one in record.entries if not one.expected]
    return CoverageAnswer(
        complete=record.complete,
        files=record.files,
        lines=record.lines,
        missed=[safe(f"{one.path or 'the target'}: {one.reason}") for one in missed[:MAX_MISSED]],
        missed_count=len(missed),
    )


def case_answer(kept: KeptCase, *, state: str, doing: str | None = None) -> CaseAnswer:
    """Return what became of a case."""
    case, sources = kept.case, Sources(kept.kept.texts)
    verdict = None
    if case.verdict is not None:
        sentence = standing(case, isolated=kept.kept.run.isolated).sentence
        verdict = VerdictAnswer(kind=case.verdict.kind, meaning=sentence)
    return CaseAnswer(
        run=kept.kept.folder.id,
        case=case.id,
        state=state,
        doing=doing,
        status=case.finding.status.value,
        verdict=verdict,
        gates=[_gate(one) for one in _gates(kept)],
        witness=_witness(case),
        patch=_patch(case, sources),
        author=None if case.patch is None else safe(case.patch.author),
        regression_test=_diff(case.regression_test, sources),
    )


def shown_answer(kept: KeptCase, *, state: str) -> ShownAnswer:
    """Return a case with its trace and the code around it."""
    finding, sources = kept.case.finding, Sources(kept.kept.texts)
    spans = [step.span for step in finding.trace] or [finding.location]
    return ShownAnswer(
        case=case_answer(kept, state=state),
        finding=finding_answer(finding, sources),
        entry=None if finding.entry is None else _entry(finding.entry),
        trace=[
            f"{step.kind.value} {sources.where(step.span)} in {safe(step.function)}: "
            f"{safe(step.note)}"
            for step in finding.trace[:50]
        ],
        code=_code([finding.location, *spans], kept.kept, sources),
        notes=[safe(note) for note in kept.kept.run.notes[:20]],
    )


def record_of(kept: KeptCase) -> tuple[dict[str, JsonValue], bool]:
    """Return a case as the JSON report has it, and whether texts were shortened."""
    run = replace(kept.kept.run, findings=(), suppressed=(), cases=(kept.case,))
    document = json.loads(render_json(run, kept.kept.texts))
    shortened = [False]
    record = _bounded(document["cases"][0], shortened)
    return (record if isinstance(record, dict) else {}), shortened[0]


def evidence_of(kept: KeptCase) -> list[GateAnswer]:
    """Return every gate that was run, with what it saw."""
    return [_gate(one, MAX_TEXT) for one in _gates(kept)]


def _bounded(value: JsonValue, shortened: list[bool]) -> JsonValue:
    match value:
        case str() if len(value) > MAX_TEXT:
            shortened[0] = True
            return f"{value[:MAX_TEXT]} ..."
        case dict():
            return {key: _bounded(one, shortened) for key, one in value.items()}
        case list():
            return [_bounded(one, shortened) for one in value]
        case _:
            return value


def _place(span: Span, sources: Sources) -> Place:
    place = sources.place(span)
    return Place(
        path=printable(span.path),
        line=None if place is None else place.line,
        end_line=None if place is None else place.end_line,
    )


def _entry(entry: EntryPoint) -> str:
    key = f" {entry.key}" if entry.key else ""
    return safe(f"{entry.kind}: {entry.path} {entry.qualname}, through {entry.channel}{key}")


def _gates(kept: KeptCase) -> tuple[GateResult, ...]:
    """Return the gates that were run; of a case that was only witnessed, those of its witness."""
    if kept.case.verdict is not None:
        return kept.case.verdict.gates
    tried = kept.kept.record.step(step_name("witness", kept.case.finding), WitnessRecord)
    witnessing = tried.witnessing if tried is not None else None
    return witnessing.gates if isinstance(witnessing, Witnessed) else ()


def _gate(result: GateResult, most: int = MAX_EVIDENCE) -> GateAnswer:
    seen = [f"{one.title}: {one.text}" for one in result.evidence]
    return GateAnswer(
        number=int(result.gate),
        gate=result.gate.name.lower().replace("_", "-"),
        outcome=result.outcome.value,
        reason=_text(result.reason),
        evidence=[_text(one, most) for one in seen],
    )


def _witness(case: Case) -> str | None:
    if case.witness is None:
        return None if case.no_witness is None else _text(f"none: {case.no_witness}")
    attacks = ", ".join(one.name for one in case.witness.attacks[:20])
    driver = " through a driver that was handed in" if case.witness.driver is not None else ""
    return _text(f"drives {_entry(case.witness.entry)}{driver}; attacks: {attacks}")


def _patch(case: Case, sources: Sources) -> str | None:
    if case.patch is None:
        return None if case.no_patch is None else _text(f"none: {case.no_patch}")
    return _diff(case.patch, sources)


def _diff(patch: Patch | None, sources: Sources) -> str | None:
    return None if patch is None else _text(diff_text(patch, sources))


def _text(text: str, most: int = MAX_TEXT) -> str:
    shown = printable_lines(redact(text))
    return shown if len(shown) <= most else f"{shown[:most]} ..."


def _code(spans: Iterable[Span], kept: KeptRun, sources: Sources) -> list[CodeAnswer]:
    """Return the lines around places, those that overlap as one stretch."""
    wanted: dict[TreePath, list[tuple[int, int]]] = {}
    for span in spans:
        place = sources.place(span)
        if place is not None:
            near = (max(1, place.line - AROUND), place.end_line + AROUND)
            wanted.setdefault(span.path, []).append(near)
    found: list[CodeAnswer] = []
    for path, stretches in wanted.items():
        lines = redact(kept.texts[path].decode("utf-8", "replace")).split("\n")
        for first, last in _merged(stretches):
            text = _text("\n".join(lines[first - 1 : last]))
            found.append(CodeAnswer(path=printable(path), first_line=first, text=text))
    return found[:MAX_CODE]


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
