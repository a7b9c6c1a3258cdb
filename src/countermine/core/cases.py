"""A case: one finding on its way through the stages."""

from dataclasses import dataclass

from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.verdicts import Verdict
from countermine.core.witnesses import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One finding, and what the stages made of it so far."""

    id: str
    """Short and stable: the weakness id and the first 8 digits of the fingerprint."""
    finding: Finding
    witness: Witness | None = None
    no_witness: str | None = None
    """Why there is none, in one sentence."""
    patch: Patch | None = None
    no_patch: str | None = None
    """Why there is none, in one sentence."""
    regression_test: Patch | None = None
    """The test that gate 10 added; only after gate 10 passed."""
    verdict: Verdict | None = None


def case_id(finding: Finding) -> str:
    """Return the id of a finding's case."""
    return f"{finding.weakness}-{finding.fingerprint[:8]}"
