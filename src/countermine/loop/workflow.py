"""The durable workflow: each stage of each case is a step that is recorded when it is made.

A process that dies at any point leaves a record that another process carries on from; no recorded
step runs twice. The engines are injected before launch. This module imports the workflow engine,
which costs over a second: only commands that run or resume may import it.

Source: https://docs.dbos.dev/python/tutorials/workflow-tutorial (steps, recovery, determinism).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Semaphore

from dbos import (
    DBOS,
    DBOSConfig,
    DBOSConfiguredInstance,
    DBOSPortableJSONSerializer,
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
from countermine.loop.codec import Json, from_json, from_union, to_json
from countermine.loop.driving import is_undriven, with_drivers
from countermine.loop.engines import Engines, PatchedCase
from countermine.loop.folder import RunFolder
from countermine.loop.guesses import learnt_of, opined, with_guesses
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
from countermine.loop.retrying import raised_again
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
        early = None
        learnt: dict[str, object] = {}
        if request.hypotheses or request.kept_rows:
            # What is installed of libraries is what says whether rows of them can be right.
            early = self._prepared(request, opened.target) if request.prove else None
            found, learnt = self._guessed(request, opened, found, early)
        chosen = chosen_findings(request, found)
        if not chosen:
            return "finished"
        if request.opinions:
            chosen = tuple(self._opined(opened.target, finding) for finding in chosen)
        if not request.prove:
            self._fix_all(opened.target, chosen)
            return "finished"
        prepared = early or self._prepared(request, opened.target)
        self._progress.stage("baseline")
        baseline = from_json(self._baseline(opened.target, prepared, learnt), Baseline)
        ground = Ground(
            request=request,
            target=opened.target,
            prepared=prepared,
            baseline=baseline,
            begun_ms=self._clock.monotonic_ms(),
            learnt=learnt,
        )
        self._progress.stage("cases", len(chosen))
        self._cases(ground, chosen)
        return "finished"

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
    ) -> tuple[FoundRecord, dict[str, object]]:
        """Return what was found, with what models say of the target; a run without has no step."""
        environment = None if prepared is None else prepared.environment
        specified = self._step(
            "specify",
            lambda: to_json(
                self._engines.specify(request, opened, found, environment), GuessRecord
            ),
        )
        guesses = [from_json(specified, GuessRecord)]
        if request.hypotheses:
            known, learnt = with_guesses(found, guesses), learnt_of(guesses)
            made = self._step(
                "hypothesise",
                lambda: to_json(
                    self._engines.hypothesise(request, opened, known, learnt), GuessRecord
                ),
            )
            guesses.append(from_json(made, GuessRecord))
        return with_guesses(found, guesses), learnt_of(guesses)

    def _baseline(
        self, target: Target, prepared: PreparedRecord, learnt: dict[str, object]
    ) -> Json:
        return self._step(
            "baseline",
            lambda: to_json(self._engines.baseline(target, prepared.environment, learnt), Baseline),
        )

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


def chosen_findings(request: RunRequest, found: FoundRecord) -> tuple[Finding, ...]:
    """Return the findings that become cases: the surest, as many as the budget allows."""
    return wanted_findings(request, found)[: request.max_cases]


def wanted_findings(request: RunRequest, found: FoundRecord) -> tuple[Finding, ...]:
    """Return the findings that would become cases if the budget had no bound, surest first."""
    only = set(request.only)
    return tuple(
        finding
        for finding in found.findings
        if not only or {finding.weakness, finding.fingerprint, case_id(finding)} & only
    )


@contextmanager
def launched(folder: RunFolder, version: str, executor: str) -> Iterator[None]:
    """Start the workflow engine on a run's store, and stop it at the end.

    Args:
        folder: The run's folder, locked by this process.
        version: Of Countermine; the engine recovers only what the same version began.
        executor: Name of this process; unique, so that nobody's work is taken for ours.
    """
    DBOS(
        config=DBOSConfig(
            name="countermine",
            system_database_url=f"sqlite:///{folder.store}",
            application_version=version,
            executor_id=executor,
            serializer=DBOSPortableJSONSerializer(),
            log_level="CRITICAL",
            # Nothing of ours listens or is scheduled, and each look costs. The stop of the engine
            # waits for the listener.
            notification_listener_polling_interval_sec=0.2,
            scheduler_polling_interval_sec=30.0,
        )
    )
    DBOS.launch()
    try:
        yield
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=0)


def carry_out(workflow: RunWorkflow, request: RunRequest) -> str:
    """Begin a run and carry it to its end in this thread."""
    with SetWorkflowID(request.run):
        return workflow.run(to_json(request, RunRequest))


def carry_on(run: str) -> str:
    """Carry on a run that another process began; returns when it is finished.

    Raises:
        CountermineError: If a step raised one; other errors of steps likewise.
    """
    for status in DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False):
        if status.workflow_id != run:
            DBOS.resume_workflow(status.workflow_id)
    handle = DBOS.resume_workflow(run)
    try:
        result: str = handle.get_result(polling_interval_sec=0.05)
    except PortableWorkflowError as error:
        raise raised_again(error.name, error.message) from error
    return result
