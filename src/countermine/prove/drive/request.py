"""What to drive, and within which bounds.

``countermine.prove.drive.drive.drive(request) -> tuple[Observation, ...]`` answers a request with
one observation for each stimulus, in their order. Trouble of the sandbox is
``SandboxUnavailableError``; whatever the target does is an observation.
"""

from dataclasses import dataclass, field
from pathlib import Path

from countermine.core.environment import Environment
from countermine.core.witnesses import Stimulus, Witness
from countermine.ports.sandbox import Limits, Sandbox

STIMULUS_S = 15.0
"""Enough for the slowest import of a web framework on a busy machine; a witness needs no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveRequest:
    """One batch of stimuli against one tree.

    A batch costs little more than one stimulus: each runs in a process of its own, made from one
    that has loaded the target once, or, where a copy of that would not be like a fresh one, only
    the frameworks; on a tree and a scratch folder that are put back in order in between. Which
    attack fits the place (inside which quotes, at which depth) is not known beforehand, so ask
    for all attacks of a witness at once: the flaw is shown when any of them shows it. The benign
    probe that judges compare with is
    ``witness.controls[0]``; drive it on the same tree as the attacks it is compared with.
    """

    witness: Witness
    stimuli: tuple[Stimulus, ...]
    """Attacks, controls, or any others for the same entry point; names must differ."""
    tree: Path
    """The target on this machine; it is only read. Inside it is seen as ``/target``."""
    environment: Environment
    sandbox: Sandbox
    limits: Limits = field(default_factory=Limits)
    """For the whole batch."""
    stimulus_s: float = STIMULUS_S
    """For each stimulus."""
    load_once: bool = True
    """Load the target once and copy the process, where loading shows no difference by itself."""
    lines: bool = False
    """Tell which lines of the target each stimulus runs: slower, and only a guide."""
