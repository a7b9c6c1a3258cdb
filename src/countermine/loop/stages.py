"""The engines of a real run: each stage's own engine, given what it needs."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock

from countermine.core.environment import BuiltEnvironment, Environment, NoEnvironment
from countermine.core.errors import (
    BadTargetError,
    CountermineError,
    ModelsGoneError,
    SandboxUnavailableError,
)
from countermine.core.findings import Finding
from countermine.core.knowledge import NoRemedy, Weakness
from countermine.core.models import Lack
from countermine.core.spans import TreePath
from countermine.core.targets import Target
from countermine.core.verdicts import Gate, GateOutcome, GateResult, Inconclusive
from countermine.core.witnesses import NoWitness, Observation, Stimulus, Witness
from countermine.fix.propose import propose, warm_up
from countermine.fix.suggest.question import Earlier, SuggestRequest
from countermine.fix.suggest.suggest import Suggested, suggest
from countermine.loop.driving import driver_for, opinion_about
from countermine.loop.engines import NOTHING_LEARNT, PatchedCase
from countermine.loop.guessing import Shelf, found_besides, hypotheses, specified
from countermine.loop.means import Means, open_options, search_options
from countermine.loop.proposing import with_proposal
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
    Refused,
    RunRequest,
    WitnessRecord,
)
from countermine.loop.refusals import refused
from countermine.loop.search import search
from countermine.loop.sources import keep
from countermine.ports.progress import Silent
from countermine.prove import ladder
from countermine.prove.drive.drive import drive
from countermine.prove.drive.nearer import nearer, other_ways, used_later
from countermine.prove.drive.request import DriveRequest
from countermine.prove.driving import batch_limits
from countermine.prove.options import ProveOptions
from countermine.prove.records import (
    Baseline,
    Claim,
    Judgement,
    NotWitnessed,
    UnusableTests,
    Witnessed,
)
from countermine.prove.setting import Setting
from countermine.prove.trees import copy_tree, fill_generated
from countermine.target.display import escaped
from countermine.target.environment import EnvironmentOptions, build_environment
from countermine.target.installed import package_folders
from countermine.target.inventory import InventoryOptions, take_inventory
from countermine.target.open import open_with_inventory, tree_digest
from countermine.target.spec import parse_spec
from countermine.target.texts import beside, read_texts
from countermine.weaknesses.registry import weakness


class Stages:
    """The engines, stage by stage."""

    def __init__(self, means: Means, request: RunRequest) -> None:
        """Serve one run."""
        self._means, self._request = means, request
        self._turn = Lock()
        self._options = search_options(request)

    def open(self, request: RunRequest) -> OpenedTarget:
        """Fetch the target where it has to be, and list its files."""
        options = open_options(self._means, request)
        try:
            target, inventory = open_with_inventory(parse_spec(request.target), options)
        except CountermineError as error:
            return refused(error)
        if request.typed is not None:
            target = replace(target, spec=escaped(request.typed))
        return Opened(target=target, inventory=inventory)

    def find(self, request: RunRequest, opened: OpenedTarget) -> FoundRecord:
        """Search the target."""
        del request
        if isinstance(opened, Refused):
            raise BadTargetError(opened.message)
        options = replace(self._options, memory=self._means.memory)
        found = search(opened.inventory, options, self._means.progress)
        if self._means.sources is not None:
            suppressed = (entry.finding for entry in found.suppressed)
            keep(self._means.sources, opened.target.root, (*found.findings, *suppressed))
        return FoundRecord(
            findings=found.findings,
            suppressed=found.suppressed,
            coverage=found.coverage,
            notes=found.notes,
        )

    def specify(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        environment: BuiltEnvironment | None,
    ) -> GuessRecord:
        """Learn what libraries do that no row describes, from what is installed of them."""
        if isinstance(opened, Refused):
            raise BadTargetError(opened.message)
        means = self._means
        folders: tuple[Path, ...] = ()
        if isinstance(environment, Environment):
            folders = package_folders(Path(environment.python).parents[1])
        elif request.environment is not None:
            folders = package_folders(Path(request.environment))
        shelf = Shelf(state=means.state, folders=folders, ask=request.hypotheses)
        made = specified(opened.inventory, self._options, found, means.model, shelf, means.progress)
        return self._kept(opened, found, made)

    def hypothesise(
        self,
        request: RunRequest,
        opened: OpenedTarget,
        found: FoundRecord,
        learnt: Mapping[str, object],
    ) -> GuessRecord:
        """Ask a model where flaws may be that the search cannot see."""
        del request
        if isinstance(opened, Refused):
            raise BadTargetError(opened.message)
        made = hypotheses(
            opened.inventory, self._options, found, self._means.model, self._means.progress, learnt
        )
        return self._kept(opened, found, made)

    def _kept(self, opened: Opened, found: FoundRecord, made: GuessRecord) -> GuessRecord:
        """Keep copies of what the findings of models go through, too."""
        if self._means.sources is not None and made.findings:
            every = (*found.findings, *(one.finding for one in found.suppressed), *made.findings)
            keep(self._means.sources, opened.target.root, every)
        return made

    def prepare(self, request: RunRequest, target: Target) -> PreparedRecord:
        """Build the environment that the target runs in."""
        sandbox = self._means.sandbox
        if sandbox is None:
            environment: BuiltEnvironment = NoEnvironment(reason=self._means.no_sandbox)
            return PreparedRecord(
                environment=environment,
                sandbox=None,
                isolated=True,
                notes=(f"nothing was run: {self._means.no_sandbox}",),
            )
        options = EnvironmentOptions(
            state=self._means.state,
            index=self._means.index,
            python=request.python,
            install=request.install,
            test=request.test,
            environment=request.environment,
        )
        warm_up()
        environment = build_environment(target, sandbox, options)
        notes = (
            (f"the environment could not be built: {environment.reason}",)
            if isinstance(environment, NoEnvironment)
            else (
                *(f"not installed: {missing}" for missing in environment.missing),
                *environment.notes,
            )
        )
        return PreparedRecord(
            environment=environment, sandbox=sandbox.name, isolated=sandbox.isolated, notes=notes
        )

    def baseline(
        self,
        target: Target,
        environment: BuiltEnvironment,
        learnt: Mapping[str, object] = NOTHING_LEARNT,
    ) -> Baseline:
        """Gate 0: the environment, and the target's tests as they are."""
        if self._means.sandbox is None:
            gate = GateResult(
                gate=Gate.BASELINE,
                outcome=GateOutcome.INCONCLUSIVE,
                reason=self._means.no_sandbox,
            )
            tests = UnusableTests(reason=self._means.no_sandbox)
            return Baseline(gate=gate, tests=tests, sightings=())
        return ladder.baseline(self._setting(target, environment, learnt))

    def witness(
        self, target: Target, environment: BuiltEnvironment, finding: Finding, baseline: Baseline
    ) -> WitnessRecord:
        """Make a witness and drive it: gates 1 and 2."""
        known = _known(finding)
        if known.witness is None:
            reason = f"no witness is known for {finding.weakness}"
            return WitnessRecord(witness=None, no_witness=reason, witnessing=None)
        texts = texts_of(target, finding)
        made = known.witness.make(finding, texts)
        if isinstance(made, NoWitness):
            return WitnessRecord(witness=None, no_witness=made.reason, witnessing=None)
        proposal = self._request.proposal
        if proposal is not None:
            proposed = with_proposal(made, proposal, finding, texts)
            return self.drive(target, environment, proposed, finding, baseline)
        record = self.drive(target, environment, made, finding, baseline)
        if not isinstance(record.witnessing, NotWitnessed):
            return record
        short = record.witnessing.fell_short
        nearer_ones = nearer(finding, texts) if short else ()
        for other in (*other_ways(finding), *used_later(finding, texts), *nearer_ones):
            made = known.witness.make(other, texts)
            if isinstance(made, Witness):
                again = self.drive(target, environment, made, finding, baseline)
                if isinstance(again.witnessing, Witnessed):
                    return again
        return record

    def drive(
        self,
        target: Target,
        environment: BuiltEnvironment,
        witness: Witness,
        finding: Finding,
        baseline: Baseline,
    ) -> WitnessRecord:
        """Drive a witness that is there: gates 1 and 2."""
        if self._means.sandbox is None:
            verdict = Inconclusive(gates=(baseline.gate,), reason=baseline.gate.reason)
            stopped = NotWitnessed(verdict=verdict)
            return WitnessRecord(witness=witness, no_witness=None, witnessing=stopped)
        claim = Claim(finding=finding, witness=witness, weakness=_known(finding))
        witnessing = ladder.witness_case(self._setting(target, environment), claim, baseline)
        return WitnessRecord(witness=witness, no_witness=None, witnessing=witnessing)

    def driver(
        self,
        target: Target,
        environment: BuiltEnvironment,
        finding: Finding,
        baseline: Baseline,
        earlier: WitnessRecord,
    ) -> DriverRecord:
        """Ask a model for a way to show a flaw, and drive it: gates 1 and 2."""
        maker, texts = _known(finding).witness, texts_of(target, finding)
        plain = None if maker is None else maker.make(finding, texts)
        if plain is None or isinstance(plain, NoWitness):
            return DriverRecord(driven=None, reason="the weakness has no plan to drive with")
        made = driver_for(finding, plain, earlier, texts, self._means.model)
        if isinstance(made, str):
            return DriverRecord(driven=None, reason=made)
        return DriverRecord(driven=self.drive(target, environment, made, finding, baseline))

    def opinion(self, target: Target, finding: Finding) -> OpinionRecord:
        """Ask a model what it makes of a trace."""
        return opinion_about(finding, texts_of(target, finding), self._means.model)

    def fix(self, target: Target, finding: Finding, without: tuple[str, ...]) -> FixRecord:
        """Propose a patch by a remedy that is not among ``without``."""
        proposal = self._request.proposal
        if proposal is not None and proposal.patch is not None:
            if proposal.patch.author in without:
                return FixRecord(patch=None, no_patch="a patch that is handed in is judged alone")
            return FixRecord(patch=proposal.patch, no_patch=None)
        if proposal is not None and proposal.only_shown:
            return FixRecord(patch=None, no_patch="only the witness was to be tried")
        proposed = propose(finding, texts_of(target, finding), _known(finding), without=without)
        if isinstance(proposed, NoRemedy):
            return FixRecord(patch=None, no_patch=proposed.reason)
        return FixRecord(patch=proposed, no_patch=None)

    def suggest(
        self, target: Target, finding: Finding, place: Place, earlier: tuple[Earlier, ...]
    ) -> FixRecord:
        """Ask a model for a patch."""
        request = SuggestRequest(
            finding=finding,
            facts=_known(finding).facts,
            texts=texts_of(target, finding),
            earlier=earlier,
            candidate=place.candidate,
        )
        made = suggest(request, self._means.model)
        if isinstance(made, Suggested):
            return FixRecord(patch=made.patch, no_patch=None)
        if made.lack is Lack.GONE:
            raise ModelsGoneError(made.reason)
        return FixRecord(patch=None, no_patch=f"no model made a patch: {made.reason}")

    def judge(self, case: PatchedCase) -> Judgement:
        """Judge a patch: gates 3 to 10."""
        known = _known(case.finding)
        claim = Claim(finding=case.finding, witness=case.witness, weakness=known)
        setting = self._setting(case.target, case.environment, case.learnt)
        return ladder.judge_patch(setting, claim, case.patch, case.baseline, case.witnessed)

    def _setting(
        self,
        target: Target,
        environment: BuiltEnvironment,
        learnt: Mapping[str, object] = NOTHING_LEARNT,
    ) -> Setting:
        sandbox = self._means.sandbox
        if sandbox is None:
            raise SandboxUnavailableError(self._means.no_sandbox)

        def driven(
            tree: Path, witness: Witness, stimuli: tuple[Stimulus, ...], *, lines: bool = False
        ) -> Sequence[Observation]:
            if isinstance(environment, NoEnvironment):
                raise SandboxUnavailableError(environment.reason)
            return drive(
                DriveRequest(
                    witness=witness,
                    stimuli=stimuli,
                    tree=tree,
                    environment=environment,
                    sandbox=sandbox,
                    limits=batch_limits(witness, len(stimuli), ProveOptions()),
                    lines=lines,
                )
            )

        return Setting(
            root=self._root(target, environment),
            environment=environment,
            sandbox=sandbox,
            drive=driven,
            search=partial(driven, lines=True),
            detector=partial(self._detect, learnt=learnt),
            clock=self._means.clock,
            options=ProveOptions(test_shards=self._means.test_shards),
            progress=self._means.gates,
        )

    def _root(self, target: Target, environment: BuiltEnvironment) -> Path:
        """Return the tree to run: the target's, with what only its build makes where it lacks it.

        Such as ``_version.py``; the target itself is never written to. Whoever hands something in
        may be able to write to the target, also while it is judged: it is copied once, then.

        Raises:
            BadTargetError: If such a copy is not what was searched.
        """
        root = Path(target.root)
        held = self._request.proposal is not None
        if isinstance(environment, NoEnvironment) or not (held or environment.generated):
            return root
        with self._turn:
            whole = self._means.scratch / "tree"
            if not whole.exists():
                draft = self._means.scratch / f"tree-{secrets.token_hex(4)}"
                draft.mkdir(parents=True)
                copy_tree(root, draft, ProveOptions())
                if held and self._digest(draft) != target.digest:
                    message = f"{target.spec!r} was changed since the run searched it"
                    raise BadTargetError(message)
                if environment.generated:
                    fill_generated(Path(environment.generated), draft)
                draft.rename(whole)
            return whole

    def _digest(self, tree: Path) -> str:
        limits = InventoryOptions(paths=self._request.paths, exclude=self._request.exclude)
        return tree_digest(take_inventory(tree, limits))

    def _detect(self, tree: Path, *, learnt: Mapping[str, object]) -> Sequence[Finding]:
        """Find what stands in a tree, suppressed or not: a patch may not add either.

        What rows of models show besides is added: they can take nothing away.
        """
        limits = InventoryOptions(paths=self._request.paths, exclude=self._request.exclude)
        inventory = take_inventory(tree, limits)
        found = search(inventory, self._options, Silent())
        whole = (*found.findings, *(entry.finding for entry in found.suppressed))
        rows = learnt or self._request.learnt
        return (*whole, *found_besides(inventory, self._options, rows, whole))


def texts_of(target: Target, finding: Finding) -> Mapping[TreePath, bytes]:
    """Return the contents of every file that a finding's trace goes through."""
    paths = {finding.location.path, *(step.span.path for step in finding.trace)}
    if finding.sink.startswith(("re.", "pygments.")):
        # An expression is often written in one module, and matched with by the one beside it.
        paths |= beside(target.root, finding.location.path)
    return read_texts(target.root, sorted(paths))


def _known(finding: Finding) -> Weakness:
    known = weakness(finding.weakness)
    if known is None:
        message = f"the weakness {finding.weakness!r} of a finding is not built in"
        raise CountermineError(message)
    return known
