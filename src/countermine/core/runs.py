"""A run: one pass over one target, as far as it got. Every report is made from this value."""

from dataclasses import dataclass
from enum import StrEnum

from countermine.core.cases import Case
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding
from countermine.core.models import ModelShare
from countermine.core.targets import Target


class RunState(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A finding that the user set aside, with the reason that is mandatory."""

    finding: Finding
    reason: str
    place: str
    """Where it is said: ``countermine.toml`` or ``path:line``."""
    expires: str | None = None
    """Date (ISO 8601) after which it counts again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds that a stage took; kept apart so that it can be left out."""

    stage: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything a report says."""

    id: str
    version: str
    """Version of Countermine."""
    target: Target
    state: RunState
    findings: tuple[Finding, ...]
    """Surest first, suppressed ones left out."""
    suppressed: tuple[Suppressed, ...] = ()
    cases: tuple[Case, ...] = ()
    """In the order of their findings. Empty for a plain ``find``."""
    coverage: CoverageRecord
    sandbox: str | None = None
    """Name of the sandbox adapter; ``None`` when nothing was run."""
    isolated: bool = True
    """False when the sandbox does not isolate; every verdict then says so."""
    notes: tuple[str, ...] = ()
    """What a reader must know: no tests, an environment that could not be built, why."""
    outputs: tuple[str, ...] = ()
    """Where patches, branch and reports were written."""
    models: ModelShare | None = None
    """What models had to do with it; ``None`` in a run that asked none."""
    started: str | None = None
    """UTC, ISO 8601; left out where output must be the same from run to run."""
    timings: tuple[Timing, ...] = ()
