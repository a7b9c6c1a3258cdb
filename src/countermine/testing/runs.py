"""A made-up run with a case of every kind, for tests of whatever shows runs."""

import hashlib
from dataclasses import replace

from countermine.core.cases import Case
from countermine.core.coverage import Coverage, CoverageEntry, CoverageRecord
from countermine.core.findings import Finding
from countermine.core.patches import Edit, NewFile, Patch
from countermine.core.runs import Run, RunState, Timing
from countermine.core.spans import Span, TreePath, tree_path
from countermine.core.targets import Target, TargetKind
from countermine.core.verdicts import Evidence, Inconclusive, Unwitnessed
from countermine.testing.run_cases import sample_cases, sample_suppressed
from countermine.testing.run_texts import sample_texts


def sample_run() -> Run:
    """Return a finished run of ``countermine run`` with a case of every verdict."""
    cases, texts = sample_cases(), sample_texts()
    return Run(
        id="run-2026-01-31-1",
        version="0.1.0",
        target=Target(
            kind=TargetKind.DIRECTORY,
            spec="examples/shop",
            name="shop",
            root="/srv/shop",
            revision=None,
            digest=hashlib.sha256(b"".join(texts.values())).hexdigest(),
        ),
        state=RunState.FINISHED,
        findings=tuple(case.finding for case in cases),
        suppressed=(sample_suppressed(),),
        cases=cases,
        coverage=CoverageRecord(
            files=6,
            lines=sum(text.count(b"\n") for text in texts.values()),
            entries=(
                CoverageEntry(
                    path=tree_path("shop/huge.py"),
                    outcome=Coverage.SKIPPED,
                    reason="200 MB: larger than the bound of 5 MB",
                ),
                CoverageEntry(
                    path=tree_path("shop/old.py"),
                    outcome=Coverage.PARTIAL,
                    reason="a syntax error in line 3 hides 12 lines",
                ),
                CoverageEntry(
                    path=tree_path("vendor/six.py"),
                    outcome=Coverage.SKIPPED,
                    reason="vendored",
                    expected=True,
                ),
            ),
        ),
        sandbox="bubblewrap",
        notes=("1 of the target's tests is flaky and was set aside: test_office.py::test_clock.",),
        outputs=("patches/", "report.html"),
        started="2026-01-31T12:00:00Z",
        timings=(
            Timing(stage="find", duration_ms=412),
            Timing(stage="witness", duration_ms=5210),
            Timing(stage="prove", duration_ms=38_400),
        ),
    )


def empty_run() -> Run:
    """Return a finished run of ``countermine find`` that found nothing."""
    return replace(
        sample_run(),
        findings=(),
        cases=(),
        suppressed=(),
        sandbox=None,
        notes=(),
        outputs=(),
        timings=(),
        started=None,
    )


HOSTILE = (
    "<script>alert(1)</script></style><img src=//x.example/y onerror=alert(2)>"
    "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\r\nforged line\x00{{7*7}}[bold]x[/](http://x.example)"
)
"""Markup, escape sequences, bidirectional controls, line breaks and templates in one name."""


def hostile_run() -> Run:
    """Return the made-up run with hostile text wherever text of a target can stand."""
    run = sample_run()
    path = hostile_path()
    cases = tuple(_hostile_case(case) for case in run.cases)
    return replace(
        run,
        target=replace(run.target, name=HOSTILE, spec=HOSTILE),
        cases=cases,
        findings=tuple(case.finding for case in cases),
        suppressed=tuple(
            replace(item, reason=HOSTILE, place=HOSTILE, finding=_hostile_finding(item.finding))
            for item in run.suppressed
        ),
        coverage=replace(
            run.coverage,
            entries=(CoverageEntry(path=path, outcome=Coverage.SKIPPED, reason=HOSTILE),),
        ),
        notes=(HOSTILE,),
        outputs=(HOSTILE,),
    )


def hostile_path() -> TreePath:
    """Return a path of the hostile run, with a byte in it that is no text."""
    return tree_path(HOSTILE.replace("/", "_") + "\udcff.py")


def hostile_texts() -> dict[TreePath, bytes]:
    """Return the texts of the hostile run: one file, of hostile lines."""
    return {hostile_path(): (HOSTILE.encode() + b" \xff\xfe\n") * 4}


def _hostile_finding(finding: Finding) -> Finding:
    span = Span(path=hostile_path(), start_byte=3, end_byte=90)
    return replace(
        finding,
        location=span,
        sink_argument=span,
        function=HOSTILE,
        sink=HOSTILE,
        message=HOSTILE,
        trace=tuple(
            replace(step, span=span, function=HOSTILE, note=HOSTILE) for step in finding.trace
        ),
    )


def _hostile_case(case: Case) -> Case:
    patch = case.patch and Patch(
        edits=(
            Edit(
                span=Span(path=hostile_path(), start_byte=0, end_byte=8),
                before=HOSTILE[:8],
                after=HOSTILE,
            ),
        ),
        new_files=(NewFile(path=tree_path("tests/" + HOSTILE.replace("/", "_")), text=HOSTILE),),
        origin=case.patch.origin,
        author=HOSTILE,
        summary=HOSTILE,
    )
    evidence = (Evidence(title=HOSTILE, text=HOSTILE),)
    verdict = case.verdict and replace(
        case.verdict,
        gates=tuple(
            replace(gate, reason=HOSTILE, evidence=evidence) for gate in case.verdict.gates
        ),
    )
    if isinstance(verdict, Unwitnessed | Inconclusive):
        verdict = replace(verdict, reason=HOSTILE)
    return replace(
        case,
        finding=_hostile_finding(case.finding),
        patch=patch,
        verdict=verdict,
        no_patch=HOSTILE if case.no_patch else None,
        no_witness=HOSTILE if case.no_witness else None,
    )
