"""What stands in a weakness's folder: facts, remedies, and how the weakness shows itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.regressions import RegressionMaker
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.core.witnesses import Effect, NoWitness, Observation, Stimulus, Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRemedy:
    """The remedy does not fit this finding."""

    reason: str


Remedy: TypeAlias = Callable[[Finding, Mapping[TreePath, bytes]], Patch | NoRemedy]
"""Proposes a patch; the texts hold at least every file of the finding's trace. Pure."""


class WitnessMaker(Protocol):
    """How a weakness shows itself: makes the stimuli, and judges what the observer saw."""

    def make(self, finding: Finding, texts: Mapping[TreePath, bytes]) -> Witness | NoWitness:
        """Return the witness for a finding; pure."""
        ...

    def judge(
        self, witness: Witness, stimulus: Stimulus, seen: Observation, benign: Observation
    ) -> Effect:
        """Say whether ``seen`` shows the effect, against what the benign probe showed; pure."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRemedy:
    """A remedy with the name that findings and patches call it by."""

    name: str
    """Kebab-case, such as ``shell-argument-list``."""
    propose: Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """Everything the program knows about one class of flaw: the ``WEAKNESS`` of its folder."""

    facts: WeaknessFacts
    remedies: tuple[NamedRemedy, ...]
    """Tried in this order; the first that fits makes the patch."""
    witness: WitnessMaker | None
    regression: RegressionMaker | None = None
    """How a test keeps the flaw from coming back; without it no patch of it is ``Proven``."""
    unseen: str = ""
    """What of a legitimate use, or of an attack, is not seen where it is driven. Only patches of
    its own remedies, which change nothing of that, can be ``Proven`` then."""
