"""What a gate answers: go on, or stop with the reason that decides the verdict."""

from dataclasses import dataclass
from typing import TypeAlias

from countermine.core.verdicts import Evidence, GateOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The gate holds, or there is nothing for it to check."""

    reason: str
    evidence: tuple[Evidence, ...] = ()
    applicable: bool = True
    """False when there was nothing to check; the reason says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unshown:
    """The witness does not trigger on the unpatched tree."""

    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploitable:
    """A stimulus still shows the effect on the patched tree."""

    reason: str
    after: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The patch is refused, or breaks what worked."""

    reason: str
    failures: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Trouble of our own: the gate could not tell."""

    reason: str
    evidence: tuple[Evidence, ...] = ()


Step: TypeAlias = Passed | Unshown | Exploitable | Broken | Unsettled


def outcome_of(step: Step) -> GateOutcome:
    """Return what the gate's record says."""
    match step:
        case Passed(applicable=True):
            return GateOutcome.PASSED
        case Passed():
            return GateOutcome.NOT_APPLICABLE
        case Unsettled():
            return GateOutcome.INCONCLUSIVE
        case Unshown() | Exploitable() | Broken():
            return GateOutcome.FAILED
