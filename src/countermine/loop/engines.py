"""The stages as the workflow calls them; injected before launch, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from countermine.core.environment import BuiltEnvironment
from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.targets import Target
from countermine.core.witnesses import Witness
from countermine.fix.suggest.question import Earlier
from countermine.loop.records import (
    DriverRecord,
    FixRecord,
    FoundRecord,
    GuessRecord,
    OpenedTarget,
    OpinionRecord,
    Place,
    PreparedRecord,
    RunRequest,
    WitnessRecord,
)
from countermine.prove.records import Baseline, Judgement, Witnessed

NOTHING_LEARNT: Mapping[str, object] = MappingProxyType({})
"""The rows of a run that no model gave any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchedCase:
    """A witnessed case with its patch, on the ground that its run stands on."""

    target: Target
    environment: BuiltEnvironment
    baseline: Baseline
    finding: Finding
    witness: Witness
    witnessed: Witnessed
    patch: Patch
    learnt: dict[str, object] = field(default_factory=dict)
    """Rows of models that the search is asked with besides."""


class Engines(Protocol):
    """What a run does, stage by stage. Each call may be made again after a crash."""

    def open(self, request: RunRequest) -> OpenedTarget:
        """Fetch the target where it has to be, and list its files."""
        ...

    def find(self, request: RunRequest, opened: OpenedTarget) -> FoundRecord:
        """Search the target."""
        ...

    def specify(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        environment: BuiltEnvironment | None,
    ) -> GuessRecord:
        """Learn what libraries do that no row describes, from what is installed of them."""
        ...

    def hypothesise(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        learnt: Mapping[str, object],
    ) -> GuessRecord:
        """Ask a model where flaws may be that the search cannot see."""
        ...

    def prepare(self, request: RunRequest, target: Target) -> PreparedRecord:
        """Build the environment that the target runs in."""
        ...

    def baseline(
        self,
        target: Target,
        environment: BuiltEnvironment,
        learnt: Mapping[str, object] = NOTHING_LEARNT,
    ) -> Baseline:
        """Gate 0: the environment, and the target's tests as they are."""
        ...

    def witness(
        self, target: Target, environment: BuiltEnvironment, finding: Finding, baseline: Baseline
    ) -> WitnessRecord:
        """Make a witness and drive it: gates 1 and 2."""
        ...

    def driver(
        self,
        target: Target,
        environment: BuiltEnvironment,
        finding: Finding,
        baseline: Baseline,
        earlier: WitnessRecord,
    ) -> DriverRecord:
        """Ask a model for a way to show a flaw, and drive it: gates 1 and 2.

        Raises:
            ModelsGoneError: If there is no model left that could be asked.
        """
        ...

    def opinion(self, target: Target, finding: Finding) -> OpinionRecord:
        """Ask a model what it makes of a trace."""
        ...

    def fix(self, target: Target, finding: Finding, without: tuple[str, ...]) -> FixRecord:
        """Propose a patch by a remedy that is not among ``without``."""
        ...

    def suggest(
        self, target: Target, finding: Finding, place: Place, earlier: tuple[Earlier, ...]
    ) -> FixRecord:
        """Ask a model for a patch.

        Raises:
            ModelsGoneError: If there is no model left that could be asked.
        """
        ...

    def judge(self, case: PatchedCase) -> Judgement:
        """Judge a patch: gates 3 to 10."""
        ...
