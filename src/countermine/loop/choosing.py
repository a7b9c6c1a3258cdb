"""Which findings become cases of a run."""

from collections.abc import Sequence

from countermine.core.cases import case_id
from countermine.core.findings import Finding
from countermine.loop.guesses import with_guesses
from countermine.loop.records import FoundRecord, GuessRecord, RunRequest


def chosen_findings(request: RunRequest, found: FoundRecord) -> tuple[Finding, ...]:
    """Return the findings that become cases: the surest, as many as the budget allows."""
    return wanted_findings(request, found)[: request.max_cases]


def chosen_besides(
    request: RunRequest,
    found: FoundRecord,
    first: Sequence[GuessRecord],
    whole: Sequence[GuessRecord],
) -> tuple[Finding, ...]:
    """Return the findings that become cases besides, since models said more when asked again.

    Args:
        request: The run's.
        found: What the search found.
        first: What models said the first time; cases were made of that.
        whole: What they said the first and the second time.
    """
    had = {one.fingerprint for one in chosen_findings(request, with_guesses(found, first))}
    known = {one.fingerprint for guess in first for one in guess.findings}
    known |= {one.fingerprint for one in found.findings}
    more = wanted_findings(request, with_guesses(found, whole))
    fresh = tuple(one for one in more if one.fingerprint not in known)
    return fresh[: max(0, request.max_cases - len(had))]


def wanted_findings(request: RunRequest, found: FoundRecord) -> tuple[Finding, ...]:
    """Return the findings that would become cases if the budget had no bound, surest first."""
    only = set(request.only)
    return tuple(
        finding
        for finding in found.findings
        if not only or {finding.weakness, finding.fingerprint, case_id(finding)} & only
    )
