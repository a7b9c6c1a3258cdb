"""A case as its stages make it: what a witness, patches and their judgements add to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from countermine.core.cases import Case, case_id
from countermine.core.findings import Finding, FindingStatus
from countermine.core.patches import Patch
from countermine.core.verdicts import Proven, blames_patch
from countermine.loop.records import FixRecord, WitnessRecord
from countermine.prove.records import Judgement, NotWitnessed, Witnessed

MAX_ATTEMPTS = 3
"""Remedies that are judged for one case; no weakness has more that differ in what they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A patch, or why there is none, and what judging it showed."""

    fix: FixRecord
    judgement: Judgement | None
    """``None`` where there was nothing to judge, or it is not judged yet."""

    @property
    def proven(self) -> bool:
        """Tell whether the patch is proven."""
        return self.judgement is not None and isinstance(self.judgement.verdict, Proven)


Fix: TypeAlias = Callable[[int, tuple[str, ...]], FixRecord]
"""Proposes the patch of an attempt, by a remedy that is not among those named."""

Judge: TypeAlias = Callable[[int, Patch], Judgement]
"""Judges the patch of an attempt."""


def attempts(fix: Fix, judge: Judge, *, most: int = MAX_ATTEMPTS) -> tuple[Attempt, ...]:
    """Fix and judge a witnessed case, with the next remedy while a patch is refused or left open.

    Attempts are numbered from 1. A verdict that says nothing of the patch ends them: the next one
    would meet the same trouble.
    """
    made: list[Attempt] = []
    tried: list[str] = []
    for number in range(1, most + 1):
        fixed = fix(number, tuple(tried))
        if fixed.patch is None:
            made.append(Attempt(fix=fixed, judgement=None))
            break
        judgement = judge(number, fixed.patch)
        made.append(Attempt(fix=fixed, judgement=judgement))
        if not blames_patch(judgement.verdict):
            break
        tried.append(fixed.patch.author)
    return tuple(made)


def case_with(finding: Finding, record: WitnessRecord | None) -> Case:
    """Return the case of a finding, with what its witness showed if it was driven."""
    case = Case(id=case_id(finding), finding=finding)
    if record is None:
        return case
    case = replace(case, witness=record.witness, no_witness=record.no_witness)
    match record.witnessing:
        case Witnessed():
            return replace(case, finding=replace(finding, status=FindingStatus.WITNESSED))
        case NotWitnessed(verdict=verdict):
            return replace(case, verdict=verdict)
        case None:
            return case


def with_attempts(case: Case, made: Sequence[Attempt]) -> Case:
    """Return a case with its patch and verdict: the proven attempt, or else the first judged."""
    if not made:
        return case
    judged = [attempt for attempt in made if attempt.judgement is not None]
    telling = next((attempt for attempt in made if attempt.proven), (judged or made)[0])
    case = replace(case, patch=telling.fix.patch, no_patch=telling.fix.no_patch)
    if telling.judgement is None:
        return case
    return replace(
        case,
        verdict=telling.judgement.verdict,
        regression_test=telling.judgement.regression_test,
    )
