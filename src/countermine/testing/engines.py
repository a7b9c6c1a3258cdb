"""Engines that answer at once, for tests of the loop: one finding for each name they are given."""

from collections.abc import Callable, Mapping

from countermine.core.coverage import CoverageRecord
from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import BuiltEnvironment, NoEnvironment
from countermine.core.findings import Finding
from countermine.core.inventory import Inventory
from countermine.core.patches import Edit, Patch, PatchOrigin
from countermine.core.spans import tree_path
from countermine.core.targets import Target, TargetKind
from countermine.core.verdicts import Gate, GateOutcome, GateResult, Proven
from countermine.core.witnesses import Input, Stimulus, Witness, WitnessKind
from countermine.fix.suggest.question import Earlier
from countermine.loop.engines import NOTHING_LEARNT, PatchedCase
from countermine.loop.records import (
    DriverRecord,
    FixRecord,
    FoundRecord,
    GuessRecord,
    Opened,
    OpenedTarget,
    OpinionRecord,
    Place,
    PreparedRecord,
    RunRequest,
    WitnessRecord,
)
from countermine.prove.records import (
    AttackRecord,
    Baseline,
    Judgement,
    UnusableTests,
    Witnessed,
)
from countermine.testing.findings import finding_at


class ScriptedEngines:
    """Every finding is witnessed, patched and proven; ``called`` is told of each call first."""

    def __init__(self, names: tuple[str, ...], called: Callable[[str], None]) -> None:
        """Make one finding for each name.

        Args:
            names: Distinct identifiers; each becomes the argument of an ``eval``.
            called: Told the stage (and the finding's name) before the stage answers.
        """
        self._called = called
        self._text = "".join(f"eval({name})\n" for name in names).encode()
        self._findings = {
            name: finding_at("app.py", self._text, f"eval({name})".encode()) for name in names
        }

    def _name(self, finding: Finding) -> str:
        return next(name for name, known in self._findings.items() if known == finding)

    def open(self, request: RunRequest) -> OpenedTarget:
        """Say that the target is there."""
        self._called("open")
        target = Target(
            kind=TargetKind.DIRECTORY,
            spec=request.target,
            name="app",
            root="/nowhere",
            revision=None,
            digest="0" * 64,
        )
        return Opened(target=target, inventory=Inventory(root="/nowhere", files=(), skipped=()))

    def find(self, request: RunRequest, opened: OpenedTarget) -> FoundRecord:
        """Return the findings."""
        del request, opened
        self._called("find")
        return FoundRecord(
            findings=tuple(self._findings.values()),
            suppressed=(),
            coverage=CoverageRecord(files=1, lines=len(self._findings), entries=()),
            notes=(),
        )

    def specify(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        environment: BuiltEnvironment | None,
    ) -> GuessRecord:
        """Say that no library was described."""
        del request, opened, found, environment
        self._called("specify")
        return GuessRecord()

    def hypothesise(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        learnt: Mapping[str, object],
    ) -> GuessRecord:
        """Say that a model was asked, and had nothing to say."""
        del request, opened, found, learnt
        self._called("hypothesise")
        return GuessRecord()

    def prepare(self, request: RunRequest, target: Target) -> PreparedRecord:
        """Return an environment that nothing is run in."""
        del request, target
        self._called("prepare")
        environment = NoEnvironment(reason="scripted")
        return PreparedRecord(environment=environment, sandbox="scripted", isolated=True)

    def baseline(
        self,
        target: Target,
        environment: BuiltEnvironment,
        learnt: Mapping[str, object] = NOTHING_LEARNT,
    ) -> Baseline:
        """Return a baseline without tests."""
        del target, environment, learnt
        self._called("baseline")
        return Baseline(
            gate=_passed(Gate.BASELINE), tests=UnusableTests(reason="scripted"), sightings=()
        )

    def witness(
        self, target: Target, environment: BuiltEnvironment, finding: Finding, baseline: Baseline
    ) -> WitnessRecord:
        """Say that the flaw was seen."""
        del target, environment
        self._called(f"witness {self._name(finding)}")
        value = Input(channel=Channel.PARAMETER, key="x", text="1")
        witness = Witness(
            weakness=finding.weakness,
            fingerprint=finding.fingerprint,
            kind=WitnessKind.EFFECT,
            entry=EntryPoint(
                kind=EntryKind.FUNCTION,
                path=finding.location.path,
                qualname="view",
                channel=Channel.PARAMETER,
            ),
            sink=finding.sink,
            attacks=(Stimulus(name="mark", inputs=(value,)),),
            controls=(Stimulus(name="benign", inputs=(value,)),),
        )
        witnessed = Witnessed(
            gates=(baseline.gate, _passed(Gate.RED), _passed(Gate.CONTROL)),
            attacks=(AttackRecord(name="mark", effect="shown"),),
            controls=(),
        )
        return WitnessRecord(witness=witness, no_witness=None, witnessing=witnessed)

    def driver(
        self,
        target: Target,
        environment: BuiltEnvironment,
        finding: Finding,
        baseline: Baseline,
        earlier: WitnessRecord,
    ) -> DriverRecord:
        """Say that no model wrote anything."""
        del target, environment, baseline, earlier
        self._called(f"driver {self._name(finding)}")
        return DriverRecord(driven=None, reason="no model wrote a driver")

    def opinion(self, target: Target, finding: Finding) -> OpinionRecord:
        """Say that a model leaves the confidence as it is."""
        del target
        self._called(f"opinion {self._name(finding)}")
        return OpinionRecord()

    def fix(self, target: Target, finding: Finding, without: tuple[str, ...]) -> FixRecord:
        """Return a patch."""
        del target, without
        name = self._name(finding)
        self._called(f"fix {name}")
        edit = Edit(span=finding.location, before=f"eval({name})", after=f"literal_eval({name})")
        patch = Patch(
            edits=(edit,), origin=PatchOrigin.REMEDY, author="scripted", summary="Read literals"
        )
        return FixRecord(patch=patch, no_patch=None)

    def suggest(
        self, target: Target, finding: Finding, place: Place, earlier: tuple[Earlier, ...]
    ) -> FixRecord:
        """Return a patch of a model."""
        del target, earlier
        name = self._name(finding)
        self._called(f"suggest {name} {place.name}")
        after = f"safe_eval({name}, {place.round}, {place.candidate})"
        edit = Edit(span=finding.location, before=f"eval({name})", after=after)
        patch = Patch(
            edits=(edit,), origin=PatchOrigin.MODEL, author="scripted", summary="Read literals"
        )
        return FixRecord(patch=patch, no_patch=None)

    def judge(self, case: PatchedCase) -> Judgement:
        """Say that the patch is proven."""
        self._called(f"judge {self._name(case.finding)}")
        gates = (*case.witnessed.gates, _passed(Gate.GREEN))
        return Judgement(verdict=Proven(gates=gates, tests_ran=False))


def _passed(gate: Gate) -> GateResult:
    return GateResult(gate=gate, outcome=GateOutcome.PASSED, reason="as scripted")


TREE_FILE = tree_path("app.py")
"""The one file that scripted findings stand in."""
