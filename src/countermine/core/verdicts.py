"""Verdicts: what running showed. A verdict never says more than was run."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias


class Gate(IntEnum):
    """The checks of the ladder, in the order in which they run."""

    BASELINE = 0
    RED = 1
    CONTROL = 2
    SCOPE = 3
    BUILDS = 4
    DETECTOR = 5
    GREEN = 6
    CONTROL_AGAIN = 7
    TESTS = 8
    REATTACK = 9
    REGRESSION_TEST = 10


class GateOutcome(StrEnum):
    """What became of one gate."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Trouble of our own; says nothing about the target."""
    NOT_APPLICABLE = "not-applicable"
    """There is nothing to check, such as tests in a target that has none; the reason says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that a gate saw, kept as text."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """One gate's outcome with its evidence."""

    gate: Gate
    outcome: GateOutcome
    reason: str
    """One sentence."""
    evidence: tuple[Evidence, ...] = ()
    duration_ms: int = 0
    """Left out wherever output must be the same from run to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The flaw was shown, the patch ends it, and everything else still works."""

    gates: tuple[GateResult, ...]
    tests_ran: bool
    """Whether the target's own tests ran; when not, the verdict says so wherever it is shown."""
    kind: Literal["proven"] = "proven"


@dataclass(frozen=True, slots=True, kw_only=True)
class StillExploitable:
    """The witness, a variant or the re-attack still triggers on the patched tree."""

    gates: tuple[GateResult, ...]
    after: str
    """Name of the stimulus that still works."""
    kind: Literal["still-exploitable"] = "still-exploitable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressed:
    """The patch breaks something: it does not apply or build, or forbids what was legitimate."""

    gates: tuple[GateResult, ...]
    failures: tuple[str, ...]
    kind: Literal["regressed"] = "regressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwitnessed:
    """No witness triggers on the unpatched tree, so nothing can be said of the patch."""

    gates: tuple[GateResult, ...]
    reason: str
    kind: Literal["unwitnessed"] = "unwitnessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconclusive:
    """Our own trouble: no sandbox, no memory, an install that fails, an observer that was cut."""

    gates: tuple[GateResult, ...]
    reason: str
    kind: Literal["inconclusive"] = "inconclusive"


Verdict: TypeAlias = Proven | StillExploitable | Regressed | Unwitnessed | Inconclusive

_OF_PATCHES = frozenset({Gate.SCOPE, Gate.DETECTOR, Gate.GREEN, Gate.CONTROL_AGAIN})
"""Gates that are left open by what a patch does, as well as by trouble of our own."""


def blames_patch(verdict: Verdict) -> bool:
    """Tell whether another patch of the same flaw may come to more than this one.

    Where the target's tests, the re-attack or the regression test are left open, or nothing shows
    the flaw, the next patch would meet the same trouble.
    """
    match verdict:
        case StillExploitable() | Regressed():
            return True
        case Inconclusive(gates=gates):
            return bool(gates) and gates[-1].gate in _OF_PATCHES
        case _:
            return False
