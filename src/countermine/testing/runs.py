"""A made-up run with a case of every kind, for tests of whatever shows runs."""

import hashlib
from dataclasses import replace

from countermine.core.coverage import Coverage, CoverageEntry, CoverageRecord
from countermine.core.runs import Run, RunState, Timing
from countermine.core.spans import tree_path
from countermine.core.targets import Target, TargetKind
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
