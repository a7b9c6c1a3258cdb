"""What every case of a run shares: the tree, its environment, and the means to run it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from countermine.core.environment import BuiltEnvironment
from countermine.core.findings import Finding
from countermine.core.witnesses import Observation, Stimulus, Witness
from countermine.ports.clock import Clock
from countermine.ports.progress import Progress, Silent
from countermine.ports.sandbox import Sandbox
from countermine.prove.options import ProveOptions

Drive: TypeAlias = Callable[[Path, Witness, tuple[Stimulus, ...]], Sequence[Observation]]
"""Drives the tree below a path with each stimulus, in a fresh process each, in order.

Raises ``SandboxUnavailableError`` when the sandbox could not run; everything else is told in
the observations.
"""

Detector: TypeAlias = Callable[[Path], Sequence[Finding]]
"""Finds weaknesses in the tree below a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The target and the means; never stored, made anew by whoever carries a run on."""

    root: Path
    """The original tree. Only read: all work happens in private copies."""
    environment: BuiltEnvironment
    sandbox: Sandbox
    drive: Drive
    search: Drive | None = None
    """Drives likewise and tells the lines that ran, for the search of gate 9; ``None`` where
    that is not to be had."""
    detector: Detector
    clock: Clock
    options: ProveOptions = field(default_factory=ProveOptions)
    progress: Progress = field(default_factory=Silent)
