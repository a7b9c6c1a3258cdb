"""Makes a run's value from whatever steps are recorded: any prefix of a run can be reported."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeVar

from dbos import DBOSClient, DBOSPortableJSONSerializer

from countermine.core.cases import Case, case_id
from countermine.core.coverage import CoverageRecord
from countermine.core.errors import CountermineError
from countermine.core.findings import Finding
from countermine.core.models import Lack, ModelShare
from countermine.core.runs import Run, RunState
from countermine.loop.calls.share import share_of
from countermine.loop.calls.store import SqliteCalls
from countermine.loop.cases import MAX_ATTEMPTS, Attempt, case_with, with_attempts
from countermine.loop.choosing import chosen_besides, chosen_findings, wanted_findings
from countermine.loop.codec import Json, from_json, from_union
from countermine.loop.driving import with_drivers
from countermine.loop.folder import RunFolder
from countermine.loop.guesses import (
    AGAIN,
    GUESSES,
    opined,
    with_again,
    with_guesses,
    with_opinions,
)
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
from countermine.loop.workflow import CASE_WORKFLOW, step_name
from countermine.prove.records import Judgement

_Kind = TypeVar("_Kind")

ENDED = {"SUCCESS": RunState.FINISHED, "ERROR": RunState.FAILED, "CANCELLED": RunState.INTERRUPTED}
"""States of the workflow engine in which nothing of a run is going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a run's store holds."""

    request: RunRequest
    status: str
    """As the workflow engine calls it: ``PENDING``, ``SUCCESS``, ``ERROR`` ..."""
    steps: Mapping[str, Json]
    """Output of each recorded step by its name."""
    calls: SqliteCalls
    """The record of calls to models."""

    def step(self, name: str, kind: type[_Kind]) -> _Kind | None:
        """Return what a step left, or ``None`` when it is not recorded."""
        return from_json(self.steps[name], kind) if name in self.steps else None

    @property
    def opened(self) -> OpenedTarget | None:
        """Return the target, or why it could not be opened; ``None`` before that."""
        opened: OpenedTarget | None = None
        if "open" in self.steps:
            opened = from_union(self.steps["open"], OpenedTarget)
        return opened

    @property
    def first_guesses(self) -> tuple[GuessRecord, ...]:
        """Return what came of asking a model about the target the first time."""
        made = (self.step(name, GuessRecord) for name in GUESSES)
        return tuple(record for record in made if record is not None)

    @property
    def guesses(self) -> tuple[GuessRecord, ...]:
        """Return what came of asking a model about the target, as far as it was asked."""
        again = (self.step(AGAIN[name], GuessRecord) for name in GUESSES)
        return tuple(map(with_again, self.first_guesses, again))

    @property
    def found(self) -> FoundRecord | None:
        """Return what was found, with what models had to do with it; ``None`` before that."""
        found = self.step("find", FoundRecord)
        if found is None:
            return None
        whole = with_guesses(found, self.guesses)
        return with_opinions(whole, self._opinion) if self.request.opinions else whole

    @property
    def chosen(self) -> tuple[Finding, ...]:
        """Return the findings that are cases, in the order in which they are carried out."""
        found = self.step("find", FoundRecord)
        if found is None:
            return ()
        first = self.first_guesses
        chosen = (
            *chosen_findings(self.request, with_guesses(found, first)),
            *chosen_besides(self.request, found, first, self.guesses),
        )
        if not self.request.opinions:
            return chosen
        return tuple(opined(one, self._opinion) for one in chosen)

    def _opinion(self, finding: Finding) -> OpinionRecord | None:
        return self.step(step_name("opinion", finding), OpinionRecord)

    @property
    def refusal(self) -> Refused | None:
        """Return why the target could not be opened, if it could not."""
        return self.opened if isinstance(self.opened, Refused) else None


def recorded(folder: RunFolder) -> Recorded:
    """Read the record of a run; the run may be going on.

    Raises:
        CountermineError: If the run was stopped before it recorded anything.
    """
    record = recorded_yet(folder)
    if record is None:
        message = f"run {folder.id} has recorded nothing yet; `countermine resume` carries it out"
        raise CountermineError(message)
    return record


def recorded_yet(folder: RunFolder) -> Recorded | None:
    """Read the record of a run, or return ``None`` where there is nothing in it yet."""
    if not _has_schema(folder):
        return None
    client = DBOSClient(
        system_database_url=f"sqlite:///{folder.store}", serializer=DBOSPortableJSONSerializer()
    )
    try:
        statuses = client.list_workflows(workflow_ids=[folder.id])
        inputs = statuses[0].input if statuses else None
        if inputs is None:
            return None
        status = statuses[0].status
        children = [known.workflow_id for known in client.list_workflows(name=CASE_WORKFLOW)]
        steps = [
            step
            for workflow in (folder.id, *children)
            for step in client.list_workflow_steps(workflow)
        ]
    finally:
        client.destroy()
    return Recorded(
        calls=SqliteCalls(folder.calls),
        request=from_json(inputs["args"][-1], RunRequest),
        status=status,
        steps={step["function_name"]: step["output"] for step in steps if step["error"] is None},
    )


def as_run(record: Recorded) -> Run:
    """Return the run as far as it is recorded.

    Raises:
        CountermineError: If not even the target was opened.
    """
    opened = record.opened
    if not isinstance(opened, Opened):
        reason = opened.message if isinstance(opened, Refused) else "it was stopped before that"
        message = f"run {record.request.run} never had its target: {reason}"
        raise CountermineError(message)
    found = record.found
    prepared = record.step("prepare", PreparedRecord)
    cases = tuple(_case(record, finding) for finding in record.chosen)
    by_id = {case.id: case.finding for case in cases}
    findings = found.findings if found else ()
    models = share_of(record.calls, cases)
    return Run(
        id=record.request.run,
        version=record.request.version,
        target=opened.target,
        state=_state(record, models),
        findings=tuple(by_id.get(case_id(finding), finding) for finding in findings),
        suppressed=found.suppressed if found else (),
        cases=cases,
        coverage=found.coverage if found else CoverageRecord(files=0, lines=0, entries=()),
        sandbox=prepared.sandbox if prepared else None,
        isolated=prepared.isolated if prepared else True,
        notes=(
            *record.request.notes,
            *(_choice_notes(record.request, found) if found else ()),
            *(found.notes if found else ()),
            *(prepared.notes if prepared else ()),
        ),
        models=models,
        started=record.request.started,
    )


def _state(record: Recorded, models: ModelShare | None) -> RunState:
    state = ENDED.get(record.status, RunState.RUNNING)
    waits = models is not None and any(one.lack is Lack.GONE for one in models.undone)
    # What no model could do is picked up when one is back: nothing failed.
    return RunState.INTERRUPTED if state is RunState.FAILED and waits else state


def _choice_notes(request: RunRequest, found: FoundRecord) -> Iterator[str]:
    """Yield what the choice of cases left out, and what it asked for in vain."""
    if not request.max_cases:
        return
    wanted = wanted_findings(request, found)
    more = len(wanted) - request.max_cases
    if more > 0:
        were = "finding was" if more == 1 else "findings were"
        most = "one case is" if request.max_cases == 1 else f"{request.max_cases} cases are"
        yield f"{more} {were} left out: at most {most} made (--max-cases sets how many)"
    for name in request.only:
        if not wanted_findings(replace(request, only=(name,)), found):
            yield f"--only {name}: there is no such finding"


def _case(record: Recorded, finding: Finding) -> Case:
    if record.steps.get(step_name("admit", finding)) is False:
        return replace(
            case_with(finding, None), no_witness="not begun: the run's time budget was spent"
        )
    witnessed = record.step(step_name("witness", finding), WitnessRecord)
    if witnessed is not None:
        witnessed = with_drivers(witnessed, list(_drivers(record, finding)))
    return with_attempts(case_with(finding, witnessed), list(_attempts(record, finding)))


def _drivers(record: Recorded, finding: Finding) -> Iterator[DriverRecord]:
    for number in range(1, record.request.drivers + 1):
        driver = record.step(step_name("driver", finding, number), DriverRecord)
        if driver is None:
            return
        yield driver


def _attempts(record: Recorded, finding: Finding) -> Iterator[Attempt]:
    for number in range(1, MAX_ATTEMPTS + 1):
        fix = record.step(step_name("fix", finding, number), FixRecord)
        if fix is None:
            break
        judgement = record.step(step_name("judge", finding, number), Judgement)
        yield Attempt(fix=fix, judgement=judgement)
    yield from _suggested(record, finding)


def _suggested(record: Recorded, finding: Finding) -> Iterator[Attempt]:
    """Yield what models made of a case, in the order in which it was asked for."""
    terms = record.request.suggest
    if terms is None:
        return
    for number in range(1, terms.rounds + 1):
        for candidate in range(1, terms.candidates + 1):
            place = Place(round=number, candidate=candidate)
            fix = record.step(step_name("suggest", finding, place), FixRecord)
            if fix is not None:
                judgement = record.step(step_name("judge", finding, place), Judgement)
                yield Attempt(fix=fix, judgement=judgement)


def _has_schema(folder: RunFolder) -> bool:
    if not folder.store.is_file():
        return False
    with closing(sqlite3.connect(f"file:{folder.store}?mode=ro", uri=True)) as store:
        query = "SELECT 1 FROM sqlite_master WHERE name = 'workflow_status'"
        return store.execute(query).fetchone() is not None
