"""What the tools do behind their doors: look up runs and cases, and say what became of them."""

from dataclasses import dataclass
from pathlib import Path

from countermine.core.cases import case_id
from countermine.core.errors import (
    BadTargetError,
    BadUsageError,
    CountermineError,
    EnvironmentLacksError,
)
from countermine.loop.folder import RunFolder
from countermine.loop.records import Opened, Proposal
from countermine.report.sources import Sources
from countermine.report.wording import safe
from countermine.serve.mcp.answers import (
    CaseAnswer,
    EvidenceAnswer,
    FoundAnswer,
    RunAnswer,
    ShownAnswer,
)
from countermine.serve.mcp.host import CancelledError, Host
from countermine.serve.mcp.jobs import Job, Jobs, JobState
from countermine.serve.mcp.roots import Roots
from countermine.serve.mcp.shelf import KeptCase, Shelf
from countermine.serve.mcp.telling import (
    case_answer,
    coverage_answer,
    evidence_of,
    finding_answer,
    record_of,
    shown_answer,
)

MAX_ENTRIES = 500
"""Of a ledger in an answer; a run of one case has about ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the tools share."""

    host: Host
    roots: Roots
    jobs: Jobs

    @property
    def shelf(self) -> Shelf:
        """Where runs are looked up."""
        return Shelf(host=self.host, roots=self.roots)

    def found(self, job: Job, limit: int, offset: int) -> FoundAnswer:
        """Return what a search came to, or how far it is."""
        if not job.ended.is_set():
            return FoundAnswer(
                run=job.folder.id,
                state=job.state.value,
                target=safe(str(job.asked.target)),
                findings=[],
                total=0,
                suppressed=0,
                coverage=None,
                notes=[f"the search goes on: {safe(job.doing)}"],
            )
        _raise_of(job)
        kept = self.shelf.kept(job.folder.id)
        sources = Sources(kept.texts)
        return FoundAnswer(
            run=job.folder.id,
            state=JobState.DONE.value,
            target=safe(str(job.asked.target)),
            findings=[
                finding_answer(one, sources) for one in kept.run.findings[offset : offset + limit]
            ],
            total=len(kept.run.findings),
            suppressed=len(kept.run.suppressed),
            coverage=coverage_answer(kept.run.coverage),
            notes=[safe(note) for note in kept.run.notes],
        )

    def outcome(self, job: Job, known: KeptCase) -> CaseAnswer:
        """Return what a run recorded of its case; before it did, the case as it was, unjudged."""
        if not job.ended.is_set():
            plain = KeptCase(kept=known.kept, case=known.case)
            answer = case_answer(plain, state=job.state.value, doing=safe(job.doing))
            blank: dict[str, object] = {
                "verdict": None,
                "patch": None,
                "author": None,
                "regression_test": None,
                "gates": [],
            }
            return answer.model_copy(update={"run": job.folder.id, **blank})
        _raise_of(job)
        made = self.shelf.case(case_id(known.case.finding), job.folder.id)
        return case_answer(made, state=JobState.DONE.value)

    def shown(self, case: str, run: str | None) -> ShownAnswer:
        """Return a case with what stands behind it."""
        kept = self.shelf.case(case, run)
        return shown_answer(kept, state=self._state(kept.kept.folder, kept.kept.run.state.value))

    def _state(self, folder: RunFolder, recorded: str) -> str:
        job = self.jobs.named(folder.id)
        return recorded if job is None else job.state.value

    def status(self, run: str | None) -> list[RunAnswer]:
        """Return how far runs are.

        Raises:
            BadUsageError: If a run is asked for that may not be shown, or is not there.
        """
        shelf = self.shelf
        found: list[RunAnswer] = []
        if run is not None and self.jobs.named(run) is None:
            shelf.kept(run)
        for folder in shelf.folders():
            if run is not None and folder.id != run:
                continue
            job = self.jobs.named(folder.id)
            if job is not None:
                found.append(_of_job(job))
                continue
            try:
                kept = shelf.kept_yet(folder)
            except CountermineError:
                continue  # A folder that is being made or removed.
            if kept is not None:
                proposal = kept.record.request.proposal
                only = kept.record.request.only
                found.append(
                    RunAnswer(
                        run=folder.id,
                        state=kept.run.state.value,
                        target=safe(kept.run.target.root),
                        case=only[0] if len(only) == 1 else None,
                        asked_by=None if proposal is None else safe(proposal.by),
                        doing=None,
                        error=None,
                    )
                )
        return found

    def evidence(self, case: str, run: str | None, *, bundle: bool) -> EvidenceAnswer:
        """Return the whole record of a case."""
        kept = self.shelf.case(case, run)
        record, cut = record_of(kept)
        host = self.host
        signed = host.bundle(kept.kept.run, kept.kept.record, kept.case) if bundle else None
        return EvidenceAnswer(
            run=kept.kept.folder.id,
            case=kept.case.id,
            record=record,
            gates=evidence_of(kept),
            driver=kept.case.witness.driver if kept.case.witness is not None else None,
            ledger=host.ledger(kept.kept.folder)[:MAX_ENTRIES],
            bundle=signed,
            cut=cut,
        )

    def witness_of(self, known: KeptCase, run: str | None, by: str) -> Proposal | None:
        """Return the witness that was handed in for an earlier run of the same case.

        Raises:
            BadUsageError: If that run is of another case, or has none.
        """
        if run is None:
            return None
        kept = self.shelf.kept(run)
        request = kept.record.request
        same = request.only == (case_id(known.case.finding),)
        proposal = request.proposal
        if not same or proposal is None or not (proposal.driver or proposal.attacks):
            message = f"no witness was handed in with run {run!r} for this case"
            raise BadUsageError(message)
        return Proposal(by=by, driver=proposal.driver, attacks=proposal.attacks)

    def root(self, known: KeptCase) -> Path:
        """Return the directory of a case as it is now, which must still be within the roots.

        Raises:
            BadTargetError: If it is not.
        """
        opened = known.kept.record.opened
        if not isinstance(opened, Opened):
            message = "the run of this case has no directory"
            raise BadTargetError(message)
        return self.roots.target(opened.target.root)


def _raise_of(job: Job) -> None:
    if job.error is not None:
        raise job.error
    if job.state is JobState.CANCELLED:
        message = f"run {job.folder.id} was cancelled before it began"
        raise CancelledError(message)


def _of_job(job: Job) -> RunAnswer:
    return RunAnswer(
        run=job.folder.id,
        state=job.state.value,
        target=safe(str(job.asked.target)),
        case=job.asked.case,
        asked_by=job.asked.by,
        doing=None if job.ended.is_set() else safe(job.doing),
        error=None if job.error is None else told(job.error),
    )


def told(error: CountermineError) -> str:
    """Return an error as tools tell it: its kind, and what was wrong."""
    return f"{_kind(error)}: {safe(str(error))}"


def _kind(error: CountermineError) -> str:
    match error:
        case CancelledError():
            return "cancelled"
        case BadUsageError():
            return "bad-usage"
        case BadTargetError():
            return "bad-target"
        case EnvironmentLacksError():
            return "environment-lacks"
        case _:
            return "failed"
