"""Findings of what stands in the code by itself, with no value that flows."""

import hashlib
from collections.abc import Sequence

from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Confidence
from countermine.core.spans import Span
from countermine.core.weakness import Fingerprint, WeaknessFacts


def declared(
    facts: WeaknessFacts,
    where: Span,
    names: tuple[str, str],
    message: str,
    confidence: Confidence,
    known_by: Sequence[str] = (),
) -> Finding:
    """Return a suspected finding.

    Args:
        facts: Its weakness.
        where: The place, which is that of the sink as well.
        names: Qualified name of the function or class that it stands in, and of the sink.
        message: One sentence.
        confidence: How likely it is a flaw.
        known_by: What it is known by from run to run, beside weakness, file and function.
    """
    function, sink = names
    parts = (facts.id, where.path, function, *known_by)
    return Finding(
        weakness=facts.id,
        cwe=facts.cwe,
        location=where,
        function=function,
        sink=sink,
        sink_argument=where,
        message=message,
        severity=facts.severity,
        confidence=confidence,
        status=FindingStatus.SUSPECTED,
        fingerprint=Fingerprint(hashlib.sha256("\0".join(parts).encode()).hexdigest()),
    )
