"""A finding: a claim that a weakness is at a place, with the trace that says why."""

from dataclasses import dataclass
from enum import StrEnum

from countermine.core.entrypoints import EntryPoint
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.spans import Span
from countermine.core.weakness import Cwe, Fingerprint, WeaknessId


class FindingStatus(StrEnum):
    """The rung a finding stands on; every output shows it."""

    SUSPECTED = "suspected"
    """A pattern matched."""
    TRACED = "traced"
    """A data flow from a source to the sink was followed."""
    WITNESSED = "witnessed"
    """It was run, and the effect was seen."""


class StepKind(StrEnum):
    """What a step of a trace is."""

    SOURCE = "source"
    PASS = "pass"  # noqa: S105 - a step through which the value passes, not a password
    CALL = "call"
    RETURN = "return"
    SINK = "sink"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One step of the way from source to sink."""

    kind: StepKind
    span: Span
    function: str
    """Qualified name inside its module, ``<module>`` at the top level."""
    note: str
    """What happens here, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """Another way to the sink of a finding, which the same patch closes."""

    level: SourceLevel
    entry: EntryPoint
    trace: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a model made of a trace: it moved the confidence by a step, and nothing else."""

    model: str
    before: Confidence
    """What the analysis says."""
    after: Confidence
    reason: str
    """One sentence of the model's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A SARIF *result*: one weakness at one place."""

    weakness: WeaknessId
    cwe: Cwe
    location: Span
    """The sink: the dangerous call."""
    function: str
    """Qualified name of the function that holds the sink, ``<module>`` at the top level."""
    sink: str
    """Resolved name of what is called, such as ``subprocess.run``."""
    sink_argument: Span | None = None
    """The argument that carries the taint, or the argument that makes the pattern."""
    message: str
    """One sentence: what can happen, through which entry point."""
    severity: Severity
    confidence: Confidence
    status: FindingStatus
    level: SourceLevel | None = None
    """How far away the attacker may be; ``None`` for a pattern that is no flow."""
    trace: tuple[TraceStep, ...] = ()
    entry: EntryPoint | None = None
    """Where a witness can drive the target from; ``None`` when none is known."""
    fingerprint: Fingerprint
    remedy: str | None = None
    """Name of the remedy that fits, if one does."""
    alternatives: tuple[WayIn, ...] = ()
    """Further ways in, the likeliest first; ``entry`` and ``trace`` are the best one."""
    proposed_by: str | None = None
    """The model without which it would not be here; ``None`` for what the search finds by itself.
    """
    opinion: Opinion | None = None
    """What a model made of the trace; ``None`` where none was asked, or none moved anything."""

    @property
    def is_hypothesis(self) -> bool:
        """Tell whether a model claims it and the search has no eyes for it."""
        return self.proposed_by is not None and self.status is FindingStatus.SUSPECTED

    @property
    def traces(self) -> tuple[tuple[TraceStep, ...], ...]:
        """The trace of each way in, the best first; empty for a pattern that is no flow."""
        return (self.trace, *(way.trace for way in self.alternatives)) if self.trace else ()
