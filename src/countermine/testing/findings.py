"""Findings for tests, with only what a test cares about spelled out."""

import hashlib

from countermine.core.entrypoints import EntryPoint
from countermine.core.findings import Finding, FindingStatus, StepKind, TraceStep
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.spans import Span, tree_path
from countermine.core.weakness import Cwe, Fingerprint, WeaknessId


def finding_at(
    path: str,
    text: bytes,
    code: bytes,
    *,
    weakness: str = "code-injection",
    sink: str = "eval",
    entry: EntryPoint | None = None,
) -> Finding:
    """Return a traced finding at the first place where ``code`` stands in ``text``.

    Raises:
        ValueError: If the text does not hold the code.
    """
    start = text.index(code)
    span = Span(path=tree_path(path), start_byte=start, end_byte=start + len(code))
    digest = hashlib.sha256(f"{weakness}:{path}:{sink}:{code!r}".encode()).hexdigest()
    return Finding(
        weakness=WeaknessId(weakness),
        cwe=Cwe(95),
        location=span,
        function="view",
        sink=sink,
        message=f"Text from a request reaches {sink}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        status=FindingStatus.TRACED,
        level=SourceLevel.REMOTE,
        trace=(
            TraceStep(kind=StepKind.SOURCE, span=span, function="view", note="enters here"),
            TraceStep(kind=StepKind.SINK, span=span, function="view", note=f"reaches {sink}"),
        ),
        entry=entry,
        fingerprint=Fingerprint(digest),
    )
