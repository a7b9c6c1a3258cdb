"""What was known before: findings of an earlier report, or of another commit."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from countermine.core.errors import BadUsageError
from countermine.core.findings import Finding
from countermine.core.runs import Suppressed
from countermine.loop.search import Searched
from countermine.report.sarif_results import FINGERPRINT

MAX_REPORT_BYTES = 256 << 20
"""A report of some hundred thousand findings."""


def fingerprints_of_report(path: Path) -> frozenset[str]:
    """Return the fingerprints of the findings of a report, JSON or SARIF.

    Those that were set aside in it are known as well.

    Raises:
        BadUsageError: If the file is neither.
    """
    try:
        if path.stat().st_size > MAX_REPORT_BYTES:
            message = f"--baseline: {str(path)!r} is larger than {MAX_REPORT_BYTES:,} bytes"
            raise BadUsageError(message)
        read = json.loads(path.read_bytes())
    except OSError as error:
        message = f"--baseline: {str(path)!r} cannot be read: {error.strerror}"
        raise BadUsageError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"--baseline: {str(path)!r} is no JSON; give a report made by --json or --sarif"
        raise BadUsageError(message) from error
    found = _of_json(read) if isinstance(read, dict) and "findings" in read else _of_sarif(read)
    if found is None:
        message = (
            f"--baseline: {str(path)!r} is no report of findings; give one made by --json or"
            " --sarif, or a git revision"
        )
        raise BadUsageError(message)
    return frozenset(found)


def _of_json(read: dict[str, object]) -> list[str] | None:
    listed = read["findings"]
    if not isinstance(listed, list):
        return None
    aside = read.get("suppressed", [])
    inner = [i.get("finding") for i in aside if isinstance(i, dict)]  # type: ignore[attr-defined]
    return [
        item["fingerprint"]
        for item in (*listed, *inner)
        if isinstance(item, dict) and isinstance(item.get("fingerprint"), str)
    ]


def _of_sarif(read: object) -> list[str] | None:
    runs = read.get("runs") if isinstance(read, dict) else None
    if not isinstance(runs, list):
        return None
    found: list[str] = []
    for run in runs:
        results = run.get("results") if isinstance(run, dict) else None
        for result in results if isinstance(results, list) else ():
            marks = result.get("partialFingerprints") if isinstance(result, dict) else None
            mark = marks.get(FINGERPRINT) if isinstance(marks, dict) else None
            if isinstance(mark, str):
                found.append(mark)
    return found


def fingerprints(findings: Iterable[Finding]) -> frozenset[str]:
    """Return what the findings of a search are known by."""
    return frozenset(finding.fingerprint for finding in findings)


def only_new(found: Searched, known: frozenset[str], baseline: str) -> Searched:
    """Set aside what was known before; it stays in the report as such."""
    aside = tuple(
        Suppressed(finding=finding, reason="known before", place=f"--baseline {baseline}")
        for finding in found.findings
        if finding.fingerprint in known
    )
    kept = tuple(f for f in found.findings if f.fingerprint not in known)
    return replace(found, findings=kept, suppressed=(*found.suppressed, *aside))
