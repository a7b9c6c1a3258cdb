"""A run as JSON, in a form that is documented and only grows: docs/schemas/run.schema.json.

Secrets are hidden, and what differs between two runs on one tree (the run's id, its folder, the
time, durations) can be left out.
"""

import json
from collections.abc import Mapping

from countermine.core.cases import Case
from countermine.core.coverage import CoverageEntry
from countermine.core.entrypoints import EntryPoint
from countermine.core.findings import Finding, TraceStep
from countermine.core.patches import Patch
from countermine.core.runs import Run, Suppressed
from countermine.core.spans import Span, TreePath
from countermine.core.verdicts import (
    GateResult,
    Inconclusive,
    Proven,
    Regressed,
    StillExploitable,
    Unwitnessed,
    Verdict,
)
from countermine.core.witnesses import Stimulus, Witness
from countermine.report.diffs import diff_text
from countermine.report.models import as_json
from countermine.report.redact import redact
from countermine.report.sarif_places import Json
from countermine.report.sources import Sources

FORMAT = "countermine-run/1"


def render_json(run: Run, texts: Mapping[TreePath, bytes], *, timings: bool = True) -> str:
    """Return a run as indented ASCII JSON.

    Args:
        run: What to write.
        texts: At least the files of the findings; without its text a place has no lines.
        timings: False leaves out whatever two runs on one tree differ in.
    """
    sources = Sources(texts)
    document: Json = {
        "format": FORMAT,
        "version": run.version,
        "state": run.state.value,
        "target": _target(run),
        "sandbox": None if run.sandbox is None else _text(run.sandbox),
        "isolated": run.isolated,
        "findings": [_finding(finding, sources) for finding in run.findings],
        "suppressed": [_suppressed(item, sources) for item in run.suppressed],
        "cases": [_case(case, sources, timings=timings) for case in run.cases],
        "coverage": {
            "files": run.coverage.files,
            "lines": run.coverage.lines,
            "templates": run.coverage.templates,
            "complete": run.coverage.complete,
            "entries": [_coverage(entry) for entry in run.coverage.entries],
        },
        "notes": [_text(note) for note in run.notes],
        "outputs": [_text(output) for output in run.outputs],
    }
    if run.models is not None:
        document["models"] = as_json(run.models, timings=timings)
    if timings:
        document["run"] = {
            "id": run.id,
            "root": _text(run.target.root),
            "started": run.started,
            "timings": [
                {"stage": timing.stage, "duration_ms": timing.duration_ms} for timing in run.timings
            ],
        }
    return json.dumps(document, indent=2) + "\n"


def _text(text: str) -> str:
    """Return text without secrets; a byte that is no UTF-8 stands as an escape."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return redact(whole)


def _target(run: Run) -> Json:
    target = run.target
    return {
        "kind": target.kind.value,
        "spec": _text(target.spec),
        "name": _text(target.name),
        "revision": target.revision,
        "released": target.released,
        "digest": target.digest,
    }


def _span(span: Span, sources: Sources) -> Json:
    place = sources.place(span)
    where: Json = {
        "path": _text(span.path),
        "start_byte": span.start_byte,
        "end_byte": span.end_byte,
    }
    if place is not None:
        where |= {
            "line": place.line,
            "column": place.column,
            "end_line": place.end_line,
            "end_column": place.end_column,
        }
    return where


def _finding(finding: Finding, sources: Sources) -> Json:
    return _plain(finding, sources) | _of_models(finding)


def _of_models(finding: Finding) -> Json:
    """Return what a model had to do with a finding; nothing where none had."""
    said: Json = {}
    if finding.proposed_by is not None:
        said["proposed_by"] = _text(finding.proposed_by)
    if finding.opinion is not None:
        said["opinion"] = {
            "model": _text(finding.opinion.model),
            "confidence_before": finding.opinion.before.value,
            "reason": _text(finding.opinion.reason),
        }
    return said


def _plain(finding: Finding, sources: Sources) -> Json:
    return {
        "weakness": finding.weakness,
        "cwe": finding.cwe,
        "fingerprint": finding.fingerprint,
        "status": finding.status.value,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "level": None if finding.level is None else finding.level.value,
        "message": _text(finding.message),
        "location": _span(finding.location, sources),
        "function": _text(finding.function),
        "sink": _text(finding.sink),
        "entry": None if finding.entry is None else _entry(finding.entry),
        "remedy": finding.remedy,
        "trace": [_step(step, sources) for step in finding.trace],
    }


def _step(step: TraceStep, sources: Sources) -> Json:
    return {
        "kind": step.kind.value,
        "location": _span(step.span, sources),
        "function": _text(step.function),
        "note": _text(step.note),
    }


def _entry(entry: EntryPoint) -> Json:
    return {
        "kind": entry.kind.value,
        "path": _text(entry.path),
        "qualname": _text(entry.qualname),
        "channel": entry.channel.value,
        "key": None if entry.key is None else _text(entry.key),
    }


def _suppressed(item: Suppressed, sources: Sources) -> Json:
    return {
        "finding": _finding(item.finding, sources),
        "reason": _text(item.reason),
        "place": _text(item.place),
        "expires": item.expires,
    }


def _case(case: Case, sources: Sources, *, timings: bool) -> Json:
    test = case.regression_test
    return {
        "id": case.id,
        "finding": _finding(case.finding, sources),
        "witness": None if case.witness is None else _witness(case.witness),
        "no_witness": None if case.no_witness is None else _text(case.no_witness),
        "patch": None if case.patch is None else _patch(case.patch, sources),
        "no_patch": None if case.no_patch is None else _text(case.no_patch),
        "regression_test": None if test is None else _patch(test, sources),
        "verdict": None if case.verdict is None else _verdict(case.verdict, timings=timings),
    }


def _witness(witness: Witness) -> Json:
    by = witness.proposed_by
    return _driven(witness) | ({} if by is None else {"proposed_by": _text(by)})


def _driven(witness: Witness) -> Json:
    return {
        "kind": witness.kind.value,
        "entry": _entry(witness.entry),
        "sink": _text(witness.sink),
        "attacks": [_stimulus(stimulus) for stimulus in witness.attacks],
        "controls": [_stimulus(stimulus) for stimulus in witness.controls],
    }


def _stimulus(stimulus: Stimulus) -> Json:
    return {
        "name": stimulus.name,
        "inputs": [
            {
                "channel": value.channel.value,
                "key": None if value.key is None else _text(value.key),
                "text": _text(value.text),
                "encoding": value.encoding.value,
            }
            for value in stimulus.inputs
        ],
        "files": [_text(file.name) for file in stimulus.files],
    }


def _patch(patch: Patch, sources: Sources) -> Json:
    return {
        "summary": _text(patch.summary),
        "origin": patch.origin.value,
        "author": _text(patch.author),
        "paths": [_text(path) for path in patch.paths],
        "diff": _text(diff_text(patch, sources)),
    }


def _verdict(verdict: Verdict, *, timings: bool) -> Json:
    gates = [_gate(result, timings=timings) for result in verdict.gates]
    return {"kind": verdict.kind, **_particulars(verdict), "gates": gates}


def _particulars(verdict: Verdict) -> Json:
    match verdict:
        case Proven(tests_ran=tests_ran):
            return {"tests_ran": tests_ran}
        case StillExploitable(after=after):
            return {"after": _text(after)}
        case Regressed(failures=failures):
            return {"failures": [_text(failure) for failure in failures]}
        case Unwitnessed(reason=reason) | Inconclusive(reason=reason):
            return {"reason": _text(reason)}


def _gate(result: GateResult, *, timings: bool) -> Json:
    gate: Json = {
        "number": int(result.gate),
        "gate": result.gate.name.lower().replace("_", "-"),
        "outcome": result.outcome.value,
        "reason": _text(result.reason),
        "evidence": [
            {"title": _text(item.title), "text": _text(item.text)} for item in result.evidence
        ],
    }
    return gate | {"duration_ms": result.duration_ms} if timings else gate


def _coverage(entry: CoverageEntry) -> Json:
    return {
        "path": None if entry.path is None else _text(entry.path),
        "outcome": entry.outcome.value,
        "reason": _text(entry.reason),
        "expected": entry.expected,
    }
