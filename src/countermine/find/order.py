"""How bad and how sure findings are, and the order in which they are told."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.spans import TreePath
from countermine.core.weakness import Fingerprint


def lowered(severity: Severity, level: SourceLevel) -> Severity:
    """Return the severity for a source of that level; the facts speak of a remote one."""
    if level is SourceLevel.REMOTE:
        return severity
    return list(Severity)[max(severity.rank - 1, 0)]


def confidence(
    level: SourceLevel,
    *,
    sure: bool,
    likely: bool,
    doubted: bool = False,
    meant: bool = False,
) -> Confidence:
    """Return how likely a flow from a source of that level is what it looks like.

    Args:
        level: Who writes at the source. Who runs the program seldom attacks it.
        sure: Every step of the way is known.
        likely: The sink does harm wherever it is reached.
        doubted: It passed a check of which it is not known what it lets through.
        meant: The parameter at the source is there to hand over just what the sink takes.
    """
    if level is SourceLevel.LOCAL or meant:
        return Confidence.LOW
    points = (2 if level is SourceLevel.REMOTE else 1) - sum((not sure, not likely, doubted))
    return list(Confidence)[max(points, 0)]


def surest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of every output, each with a fingerprint of its own."""
    counted: dict[Fingerprint, int] = {}
    result: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (*_place(f), *_way(f))):
        number = counted.get(finding.fingerprint, 0)
        counted[finding.fingerprint] = number + 1
        result.append(finding if number == 0 else _renumbered(finding, number))
    return tuple(sorted(result, key=_order))


def one_for_each_place(
    findings: Iterable[Finding], paths: frozenset[TreePath]
) -> Iterator[Finding]:
    """Yield the findings, of those in some files only the surest of each place.

    Many places of the code render one template, and one change of it mends all.
    """
    best: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        if finding.location.path not in paths:
            yield finding
            continue
        known = best.get(_place(finding))
        if known is None or _order(finding) < _order(known):
            best[_place(finding)] = finding
    yield from best.values()


def _renumbered(finding: Finding, number: int) -> Finding:
    text = f"{finding.fingerprint}\0{number}".encode()
    return replace(finding, fingerprint=Fingerprint(hashlib.sha256(text).hexdigest()))


def _place(finding: Finding) -> tuple[object, ...]:
    place = finding.location
    return (place.path, place.start_byte, place.end_byte, finding.weakness)


def _way(finding: Finding) -> tuple[object, ...]:
    """Tell findings at one place apart by where they come from."""
    entry = finding.entry
    where = () if entry is None else (entry.path, entry.start_line, entry.key or "")
    return (len(finding.trace), *where, tuple(s.span for s in finding.trace))


def _order(finding: Finding) -> tuple[object, ...]:
    level = 9 if finding.level is None else finding.level.rank
    return (
        -finding.confidence.rank,
        finding.level is not SourceLevel.REMOTE,
        -finding.severity.rank,
        finding.level is SourceLevel.API,
        finding.status is FindingStatus.SUSPECTED,
        level,
        *_place(finding),
        *_way(finding),
    )
