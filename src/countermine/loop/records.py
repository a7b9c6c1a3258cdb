"""What a run is asked, and what its steps leave in the workflow's record."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from countermine.core.coverage import CoverageRecord
from countermine.core.environment import BuiltEnvironment
from countermine.core.findings import Finding, Opinion
from countermine.core.inventory import Inventory
from countermine.core.levels import Severity, SourceLevel
from countermine.core.models import Lack
from countermine.core.patches import Patch
from countermine.core.runs import Suppressed
from countermine.core.targets import Target
from countermine.core.witnesses import Witness
from countermine.find.suppress import SuppressionRule
from countermine.ports.sandbox import SandboxName
from countermine.prove.records import Baseline, Judgement, Witnessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody who has no say in the verdict hands in for the one case of a run."""

    by: str
    """Who, as they call themselves."""
    patch: Patch | None = None
    """Judged alone: no remedy is tried where it is refused."""
    driver: str | None = None
    """As ``Witness.driver``."""
    attacks: tuple[str, ...] = ()
    """Texts that are tried as further attacks, with the placeholders of ``Input.text``."""
    only_shown: bool = False
    """Try the witness and stop there: no patch is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestTerms:
    """How many patches a model is asked for where no remedy is proven."""

    candidates: int = 3
    """In each round."""
    rounds: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTerms:
    """Where a run's models are from, and how they are asked; keys and answers are elsewhere."""

    origin: str
    """The configuration file that names them, absolute."""
    preview: bool = False
    """Show each question to the user before it is sent."""
    max_usd: float | None = None
    """Cap on money that takes the place of the configured one for the run."""
    record: str | None = None
    """File that answers are written to, absolute."""
    replay: str | None = None
    """File that answers are taken from, absolute; nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which candidate of which round, both from 1."""

    round: int
    candidate: int

    @property
    def name(self) -> str:
        """Return what steps of it are called by."""
        return f"round {self.round} candidate {self.candidate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What a run is asked: everything that a process which carries it on must know."""

    run: str
    version: str
    """Version of Countermine that began it."""
    target: str
    """As the user wrote it, made absolute for a directory."""
    typed: str | None = None
    """A directory as the user wrote it, for reports; ``None`` for targets of other kinds."""
    started: str
    """UTC, ISO 8601."""
    levels: tuple[SourceLevel, ...] = tuple(SourceLevel)
    include_tests: bool = False
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[SuppressionRule, ...] = ()
    rules_origin: str = ""
    notes: tuple[str, ...] = ()
    """What a reader must know of the settings."""
    catalogue: dict[str, object] = field(default_factory=dict)
    """Rows of the project's own, as in the configuration."""
    only: tuple[str, ...] = ()
    """Weakness ids or case ids to make cases of; empty for all."""
    proposal: Proposal | None = None
    max_cases: int = 50
    """0 for a run that only searches."""
    wall_s: int = 3600
    state_bytes: int = 4 << 30
    """Bound on downloads and environments, kept when the run is over."""
    cache: bool = True
    """Use and keep answers of searches in the state folder."""
    python: str | None = None
    sandbox: SandboxName = SandboxName.BUBBLEWRAP
    install: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    environment: str | None = None
    prove: bool = True
    """False to stop after fixes: nothing of the target is run."""
    patches: str | None = None
    """Folder for patch files, absolute."""
    branch: str | None = None
    """Branch to make in the target's repository."""
    apply: bool = False
    """Edit the target in place."""
    bundles: str | None = None
    """Folder for evidence bundles, absolute."""
    hypotheses: bool = False
    """Ask a model where flaws may be that the search cannot see."""
    kept_rows: bool = False
    """Use the rows that models gave in earlier runs, whether there is a model now or not."""
    learnt: dict[str, object] = field(default_factory=dict)
    """Rows of models that findings rest on which are proved again."""
    models: ModelTerms | None = None
    """``None`` where no model is asked."""
    drivers: int = 0
    """How often a model is asked for a way to show a flaw that the weakness's own plan does not."""
    opinions: bool = False
    """Ask a model what it makes of traces."""
    suggest: SuggestTerms | None = None
    """Ask a model for patches; ``None`` where there is no model, or none is wanted."""
    sarif: str | None = None
    """File for SARIF, absolute."""
    html: str | None = None
    """File for the HTML report, absolute."""
    fail_on: Severity = Severity.LOW
    """Findings at or above this severity make the exit code 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The target is there."""

    target: Target
    inventory: Inventory
    kind: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A stage could not be carried out; an expected error, kept with its class."""

    error: Literal["target", "environment", "usage", "other"]
    message: str
    kind: Literal["refused"] = "refused"


OpenedTarget: TypeAlias = Opened | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """The first stage."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    coverage: CoverageRecord
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessRecord:
    """What came of asking a model about the target: ``specify`` and ``hypothesise``."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    """Those that the user set aside before anybody could claim them."""
    learnt: dict[str, object] = field(default_factory=dict)
    """Rows that the traces of findings rest on, as a document of the catalogue."""
    undone: tuple[Lack, str] | None = None
    """Why not everything was asked that should have been, and a sentence on it."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRecord:
    """A case's witness, and what gates 0 to 2 said; or why there is none."""

    witness: Witness | None
    no_witness: str | None
    witnessing: Witnessing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverRecord:
    """What a model wrote to show a flaw, and what gates 1 and 2 said of it."""

    driven: WitnessRecord | None
    """``None`` where there was nothing to drive with."""
    reason: str = ""
    """Why there was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionRecord:
    """What a model made of a trace; ``None`` where the confidence stays as it is."""

    opinion: Opinion | None = None
    undone: tuple[Lack, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FixRecord:
    """A case's patch, or why there is none."""

    patch: Patch | None
    no_patch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRecord:
    """The environment, and which sandbox made it."""

    environment: BuiltEnvironment
    sandbox: str | None
    isolated: bool
    notes: tuple[str, ...] = ()


STEP_KINDS: dict[str, object] = {
    "open": OpenedTarget,
    "find": FoundRecord,
    "specify": GuessRecord,
    "hypothesise": GuessRecord,
    "prepare": PreparedRecord,
    "baseline": Baseline,
    "witness": WitnessRecord,
    "fix": FixRecord,
    "opinion": OpinionRecord,
    "driver": DriverRecord,
    "suggest": FixRecord,
    "judge": Judgement,
}
"""The steps by the first word of their names, and what each leaves."""
