"""The durable workflow: each stage of each case is a step that is recorded when it is made.

A process that dies at any point leaves a record that another process carries on from; no recorded
step runs twice. The engines are injected before launch. This module imports the workflow engine,
which costs over a second: only commands that run or resume may import it.

Source: https://docs.dbos.dev/python/tutorials/workflow-tutorial (steps, recovery, determinism).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Semaphore

from dbos import (
    DBOS,
    DBOSConfiguredInstance,
    PortableWorkflowError,
    SetWorkflowID,
    WorkflowHandle,
)

from countermine.core.cases import case_id
from countermine.core.errors import ModelsGoneError
from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.targets import Target
from countermine.fix.suggest.question import Earlier
from countermine.loop.cases import attempts
from countermine.loop.choosing import chosen_besides, chosen_findings
from countermine.loop.codec import Json, from_json, from_union, to_json
from countermine.loop.driving import is_undriven, with_drivers
from countermine.loop.engines import Engines, PatchedCase
from countermine.loop.guesses import (
    AGAIN,
    GUESSES,
    learnt_of,
    opined,
    waits,
    with_again,
    with_guesses,
)
from countermine.loop.journal import Journal
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
from countermine.loop.suggesting import needs_model, suggestions
from countermine.ports.clock import Clock
from countermine.ports.progress import Progress
from countermine.prove.records import Baseline, Judgement, Witnessed

WORKFLOW = "countermine-run"
CASE_WORKFLOW = "countermine-case"

POLL_S = 0.02
"""Between two looks at whether a case is finished; cases take seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all cases of a run share."""

    request: RunRequest
    target: Target
    prepared: PreparedRecord
    baseline: Baseline
    begun_ms: int
    learnt: dict[str, object] = field(default_factory=dict)
    """Rows of models that the search is asked with besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a lot of cases is carried out for."""

    request: RunRequest
    target: Target
    learnt: dict[str, object]
    """Rows of models that the search is asked with besides."""
    again: bool = False
    """These are the cases of what was asked a second time."""


@DBOS.dbos_class("RunWorkflow")
class RunWorkflow(DBOSConfiguredInstance):
    """One run, with the engines that this process was given."""

    def __init__(
        self,
        run: str,
        engines: Engines,
        journal: Journal,
        *,
        clock: Clock,
        progress: Progress,
        workers: int = 1,
    ) -> None:
        """Take the engines for one run.

        Args:
            run: Its id; the record names the instance by it, here and in whoever carries it on.
            engines: What the stages do.
            journal: Told of each step that was carried out.
            clock: For budgets and durations.
            progress: Told what is being done.
            workers: How many cases are worked on at once; nothing that is recorded depends on it.
        """
        super().__init__(run)
        self._engines, self._journal = engines, journal
        self._clock, self._progress = clock, progress
        self._turns = Semaphore(workers)
        # One more than can be worked on waits for its turn, so that a long case holds nobody up.
        self._begun = workers + 1 if workers > 1 else 1

    @DBOS.workflow(name=WORKFLOW)
    def run(self, document: Json) -> str:
        """Carry out every stage; returns ``finished`` or ``refused``."""
        request = from_json(document, RunRequest)
        self._progress.stage("open")
        opened: OpenedTarget = from_union(self._open(request), OpenedTarget)
        if isinstance(opened, Refused):
            return "refused"
        self._progress.stage("find")
        found = from_json(self._find(request, opened), FoundRecord)
        prepared: PreparedRecord | None = None
        guesses: tuple[GuessRecord, ...] = ()
        if request.hypotheses or request.kept_rows:
            # What is installed of libraries is what says whether rows of them can be right.
            prepared = self._prepared(request, opened.target) if request.prove else None
            guesses = self._guessed(request, opened, found, prepared)
        chosen = chosen_findings(request, with_guesses(found, guesses))
        aim = Aim(request=request, target=opened.target, learnt=learnt_of(guesses))
        prepared = self._carried(aim, chosen, prepared)
        if any(map(waits, guesses)):
            # Last, so that what needs no model is finished first.
            whole = self._guessed(request, opened, found, prepared, guesses)
            more = chosen_besides(request, found, guesses, whole)
            self._carried(replace(aim, learnt=learnt_of(whole), again=True), more, prepared)
        return "finished"

    def _carried(
        self, aim: Aim, chosen: tuple[Finding, ...], prepared: PreparedRecord | None
    ) -> PreparedRecord | None:
        """Carry out the cases of findings; returns the environment that there is then."""
        request, target = aim.request, aim.target
        if not chosen:
            return prepared
        if request.opinions:
            chosen = tuple(self._opined(target, finding) for finding in chosen)
        if not request.prove:
            self._fix_all(target, chosen)
            return None
        prepared = prepared or self._prepared(request, target)
        self._progress.stage("baseline")
        baseline = from_json(self._baseline(aim, prepared), Baseline)
        ground = Ground(
            request=request,
            target=target,
            prepared=prepared,
            baseline=baseline,
            begun_ms=self._clock.monotonic_ms(),
            learnt=aim.learnt,
        )
        self._progress.stage("cases", len(chosen))
        self._cases(ground, chosen)
        return prepared

    def _cases(self, ground: Ground, chosen: tuple[Finding, ...]) -> None:
        """Carry out the cases, each a workflow of its own, so many at once and in their order."""
        shared = to_json(ground, Ground)
        handles: list[WorkflowHandle[str]] = []
        gone: dict[int, str] = {}
        for place, finding in enumerate(chosen):
            if place >= self._begun:
                _ended(handles, place - self._begun, gone)
            with SetWorkflowID(case_workflow(ground.request.run, finding)):
                handles.append(DBOS.start_workflow(self.case, shared, to_json(finding, Finding)))
        for place in range(len(handles)):
            _ended(handles, place, gone)
        if gone:
            raise ModelsGoneError(gone[min(gone)])

    @DBOS.workflow(name=CASE_WORKFLOW)
    def case(self, ground_document: Json, finding_document: Json) -> str:
        """Carry out one case; returns ``finished`` or ``not-begun``."""
        ground, finding = from_json(ground_document, Ground), from_json(finding_document, Finding)
        with self._turns:
            self._progress.step(case_id(finding), advance=0)
            if not self._admit(ground, finding):
                return "not-begun"
            self._case(ground, finding)
            self._progress.step(case_id(finding))
        return "finished"

    def _fix_all(self, target: Target, chosen: tuple[Finding, ...]) -> None:
        self._progress.stage("fix", len(chosen))
        for finding in chosen:
            self._fix(target, finding, 1, ())
            self._progress.step(case_id(finding))

    def _case(self, ground: Ground, finding: Finding) -> None:
        """Witness the flaw; then fix it, and judge the patch where there is a flaw to end."""
        record = from_json(self._witness(ground, finding), WitnessRecord)
        first: FixRecord | None = None
        if not isinstance(record.witnessing, Witnessed):
            # Before a model is asked: where none is left the case still has its remedy.
            first = from_json(self._fix(ground.target, finding, 1, ()), FixRecord)
            record = self._driven(ground, finding, record)
        witness, witnessed = record.witness, record.witnessing
        if witness is None or not isinstance(witnessed, Witnessed):
            return

        def fix(attempt: int, without: tuple[str, ...]) -> FixRecord:
            if attempt == 1 and first is not None:
                return first
            return from_json(self._fix(ground.target, finding, attempt, without), FixRecord)

        def judge(attempt: int | Place, patch: Patch) -> Judgement:
            patched = PatchedCase(
                target=ground.target,
                environment=ground.prepared.environment,
                baseline=ground.baseline,
                finding=finding,
                witness=witness,
                witnessed=witnessed,
                patch=patch,
                learnt=ground.learnt,
            )
            return self._judge(patched, attempt)

        def suggest(place: Place, earlier: tuple[Earlier, ...]) -> FixRecord:
            return from_json(self._suggest(ground.target, finding, place, earlier), FixRecord)

        made = attempts(fix, judge)
        terms = ground.request.suggest
        if terms is not None and needs_model(made):
            suggestions(suggest, judge, terms, made)

    def _driven(self, ground: Ground, finding: Finding, plain: WitnessRecord) -> WitnessRecord:
        """Return the witness that shows the flaw, by a model's driver where the plan does not."""
        made: list[DriverRecord] = []
        last = plain
        for number in range(1, ground.request.drivers + 1):
            if not is_undriven(last):
                break

            def act(earlier: WitnessRecord = last) -> Json:
                environment, baseline = ground.prepared.environment, ground.baseline
                record = self._engines.driver(
                    ground.target, environment, finding, baseline, earlier
                )
                return to_json(record, DriverRecord)

            name = step_name("driver", finding, number)
            made.append(from_json(self._step(name, act), DriverRecord))
            if made[-1].driven is None:
                break
            last = made[-1].driven
        return with_drivers(plain, made)

    def _opined(self, target: Target, finding: Finding) -> Finding:
        """Return a finding with what a model makes of its trace."""

        def act() -> Json:
            return to_json(self._engines.opinion(target, finding), OpinionRecord)

        said = from_json(self._step(step_name("opinion", finding), act), OpinionRecord)
        return opined(finding, lambda _finding: said)

    def _step(self, name: str, act: Callable[[], Json]) -> Json:
        def recorded() -> Json:
            begun = self._clock.monotonic_ms()
            result = act()
            self._journal.record(name, result, self._clock.monotonic_ms() - begun)
            return result

        return DBOS.run_step({"name": name}, recorded)

    def _open(self, request: RunRequest) -> Json:
        return self._step("open", lambda: to_json(self._engines.open(request), OpenedTarget))

    def _find(self, request: RunRequest, opened: Opened) -> Json:
        return self._step("find", lambda: to_json(self._engines.find(request, opened), FoundRecord))

    def _prepare(self, request: RunRequest, target: Target) -> Json:
        return self._step(
            "prepare", lambda: to_json(self._engines.prepare(request, target), PreparedRecord)
        )

    def _prepared(self, request: RunRequest, target: Target) -> PreparedRecord:
        self._progress.stage("prepare")
        return from_json(self._prepare(request, target), PreparedRecord)

    def _guessed(
        self,
        request: RunRequest,
        opened: Opened,
        found: FoundRecord,
        prepared: PreparedRecord | None,
        earlier: tuple[GuessRecord, ...] = (),
    ) -> tuple[GuessRecord, ...]:
        """Return what models say of the target; a run without has no step.

        Args:
            request: The run's.
            opened: The target.
            found: What the search found.
            prepared: The environment, where there is one.
            earlier: What came of the first time. Only what waits is asked again then, and ends the
                run where there is still nobody, so that `resume` asks.
        """
        environment = None if prepared is None else prepared.environment

        def describe(_known: Sequence[GuessRecord]) -> GuessRecord:
            return self._engines.specify(request, opened, found, environment)

        def suspect(known: Sequence[GuessRecord]) -> GuessRecord:
            whole = with_guesses(found, known)
            return self._engines.hypothesise(request, opened, whole, learnt_of(known))

        asks = (describe, suspect) if request.hypotheses else (describe,)
        guesses: list[GuessRecord] = []
        for place, (name, ask) in enumerate(zip(GUESSES, asks, strict=False)):
            if not earlier:
                guesses.append(self._guess(name, partial(ask, tuple(guesses))))
            elif not waits(earlier[place]):
                guesses.append(earlier[place])
            else:
                act = partial(_answered, ask, (*guesses, *earlier[place:]))
                guesses.append(with_again(earlier[place], self._guess(AGAIN[name], act)))
        return tuple(guesses)

    def _guess(self, name: str, ask: Callable[[], GuessRecord]) -> GuessRecord:
        return from_json(self._step(name, lambda: to_json(ask(), GuessRecord)), GuessRecord)

    def _baseline(self, aim: Aim, prepared: PreparedRecord) -> Json:
        def act() -> Json:
            taken = self._engines.baseline(aim.target, prepared.environment, aim.learnt)
            return to_json(taken, Baseline)

        return self._step("baseline-again" if aim.again else "baseline", act)

    def _admit(self, ground: Ground, finding: Finding) -> bool:
        """Tell whether there is time left for a case; recorded, since a clock decides it."""

        def decide() -> Json:
            spent_ms = self._clock.monotonic_ms() - ground.begun_ms
            return spent_ms <= ground.request.wall_s * 1000

        return bool(self._step(step_name("admit", finding), decide))

    def _witness(self, ground: Ground, finding: Finding) -> Json:
        def act() -> Json:
            record = self._engines.witness(
                ground.target, ground.prepared.environment, finding, ground.baseline
            )
            return to_json(record, WitnessRecord)

        return self._step(step_name("witness", finding), act)

    def _fix(
        self, target: Target, finding: Finding, attempt: int, without: tuple[str, ...]
    ) -> Json:
        return self._step(
            step_name("fix", finding, attempt),
            lambda: to_json(self._engines.fix(target, finding, without), FixRecord),
        )

    def _suggest(
        self, target: Target, finding: Finding, place: Place, earlier: tuple[Earlier, ...]
    ) -> Json:
        def act() -> Json:
            return to_json(self._engines.suggest(target, finding, place, earlier), FixRecord)

        return self._step(step_name("suggest", finding, place), act)

    def _judge(self, case: PatchedCase, attempt: int | Place) -> Judgement:
        name = step_name("judge", case.finding, attempt)
        document = self._step(name, lambda: to_json(self._engines.judge(case), Judgement))
        return from_json(document, Judgement)


def case_workflow(run: str, finding: Finding) -> str:
    """Return the id of the workflow that carries out a case."""
    return f"{run}-{finding.fingerprint}"


def step_name(stage: str, finding: Finding, attempt: int | Place = 1) -> str:
    """Return what the record calls a step of a case; the attempt is named from the second on."""
    name = f"{stage} {case_id(finding)}"
    if isinstance(attempt, Place):
        return f"{name} {attempt.name}"
    return name if attempt == 1 else f"{name} attempt {attempt}"


def _ended(handles: Sequence[WorkflowHandle[str]], place: int, gone: dict[int, str]) -> None:
    """Wait for a case; where it wants a model and none is left, note why and go on with others."""
    if place in gone:
        return
    try:
        handles[place].get_result(polling_interval_sec=POLL_S)
    except ModelsGoneError as error:
        gone[place] = str(error)
    except PortableWorkflowError as error:
        if error.name != ModelsGoneError.__name__:
            raise
        gone[place] = error.message


def _answered(
    ask: Callable[[Sequence[GuessRecord]], GuessRecord], known: Sequence[GuessRecord]
) -> GuessRecord:
    """Ask once more; where there is still nobody the run ends, and waits to be resumed."""
    record = ask(known)
    if record.undone is not None and waits(record):
        _, reason = record.undone
        raise ModelsGoneError(reason)
    return record
