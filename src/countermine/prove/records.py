"""What the steps of a proof leave behind: plain values that can be stored and read back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from countermine.core.environment import TestPlan
from countermine.core.findings import Finding, FindingStatus
from countermine.core.knowledge import Weakness
from countermine.core.patches import Patch
from countermine.core.verdicts import GateResult, Inconclusive, Unwitnessed, Verdict
from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import Stimulus, TestDriver, Witness


class TestOutcome(StrEnum):
    """What became of one test of the target."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """Its set-up or tear-down failed."""
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"

    @property
    def good(self) -> bool:
        """Tell whether the test did what its authors expect of a sound tree."""
        return self in {TestOutcome.PASSED, TestOutcome.XPASSED}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TestRecord:
    """One test and what became of it."""

    __test__ = False

    id: str
    """As the runner calls it."""
    outcome: TestOutcome
    detail: str = ""
    """The end of its traceback, cleaned; empty unless it failed."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reaching:
    """The tests that enter a function of the target."""

    path: str
    function: str
    """Qualified name."""
    tests: tuple[str, ...]
    """Sorted; of very many, the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableTests:
    """The target's tests at baseline, those that say something about a patch apart."""

    stable: tuple[str, ...]
    """Passed in both runs; sorted."""
    flaky: tuple[str, ...]
    """Differed between the runs, or were seen in one only: set aside."""
    failing: tuple[str, ...]
    """Did not pass in either run."""
    cut: bool
    """A run was stopped at its time bound; the tests behind it are unknown."""
    plain: bool
    """Run without the options of the target's own configuration, which could not be used."""
    unloaded: tuple[str, ...] = ()
    """Test files that could not even be loaded, in either run; sorted."""
    plan: TestPlan | None = None
    """How they were run, where that is not the environment's first way."""
    reaching: tuple[Reaching, ...] = ()
    """For a large suite: which of its tests enter the files with findings; sorted."""
    shards: int = 1
    """Parts that they are run in at once: they come to the same in these as in one run."""
    kind: Literal["usable-tests"] = "usable-tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableTests:
    """The target has no tests that say anything; every verdict says so."""

    reason: str
    kind: Literal["unusable-tests"] = "unusable-tests"


BaselineTests: TypeAlias = UsableTests | UnusableTests


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Sighting:
    """A finding of the detector, as far as gate 5 compares it."""

    weakness: str
    path: str
    function: str
    sink: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCheck:
    """What became of one file of the target when it was compiled and imported."""

    path: str
    syntax: str | None
    """Why it does not parse."""
    error: str | None
    """What importing it raised."""
    names: tuple[str, ...]
    """The functions and classes it defines at its top level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Gate 0 of every case of a run: made once, independent of the case."""

    gate: GateResult
    tests: BaselineTests
    sightings: tuple[Sighting, ...]
    """What the detector reports on the unpatched tree, sorted."""
    modules: tuple[ModuleCheck, ...] = ()
    """The files with sightings, imported in one process; empty where that could not be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A finding with its witness and what is known of its weakness: what is to be proven."""

    finding: Finding
    witness: Witness
    weakness: Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRecord:
    """What a legitimate use gave on the unpatched tree."""

    name: str
    result: str | None
    comparable: bool
    """Whether two drives gave the same result, so that a difference means something."""
    effects: tuple[str, ...] = ()
    """Families of effects that both drives had, sorted."""
    elsewhere: tuple[str, ...] = ()
    """Effects that other functions had as well, as ``family in file:function``, sorted. They say
    nothing of the sink: an application may prepare its database for every request. Dangerous calls
    of a structural weakness, and how statements compare, are among them."""
    bits: float | None = None
    """How many values it can give, as a power of two; ``None`` where nothing was seen drawn."""
    folders: tuple[str, ...] = ()
    """Folders in which both drives touched the file of the use, sorted."""
    found: bool = False
    """Whether what the sink's function asked was answered with something in both drives."""
    text: str | None = None
    """What was handed in, where that was learned from what the target holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackRecord:
    """What an attack showed on the unpatched tree."""

    name: str
    effect: Literal["shown", "absent", "unclear"]
    reached: bool = True
    """Whether the entry point was called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """Gates 0 to 2 passed: the flaw was run and seen."""

    gates: tuple[GateResult, ...]
    attacks: tuple[AttackRecord, ...]
    controls: tuple[ControlRecord, ...]
    test: TestDriver | None = None
    """The target's test whose set-up the flaw was shown in; ``None`` where none was needed."""
    answered: bool = False
    """The flaw was shown with every connection answered."""
    also: tuple[Stimulus, ...] = ()
    """Attacks beside the witness's own, made of what a legitimate use showed."""
    kind: Literal["witnessed"] = "witnessed"

    @property
    def primary(self) -> str:
        """Return the name of the first attack that was shown."""
        return next(attack.name for attack in self.attacks if attack.effect == "shown")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWitnessed:
    """A gate from 0 to 2 stopped the case."""

    verdict: Unwitnessed | Inconclusive
    fell_short: bool = False
    """The entry point could not be called, or not for a legitimate use: that says nothing of the
    flaw, and another way in may."""
    kind: Literal["not-witnessed"] = "not-witnessed"


Witnessing: TypeAlias = Witnessed | NotWitnessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the whole ladder said of a patch."""

    verdict: Verdict
    regression_test: Patch | None = None
    """The test that gate 10 added; only with ``Proven``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveResult:
    """What running showed of a claim, and of a patch where there was one."""

    fingerprint: Fingerprint
    status: FindingStatus
    """The rung that the finding now stands on."""
    gates: tuple[GateResult, ...]
    """Every gate that ran, in order."""
    verdict: Verdict | None
    """``None`` when the flaw was witnessed and there was no patch to judge."""
    regression_test: Patch | None = None
