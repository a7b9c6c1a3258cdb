"""Builds what `countermine mcp` stands on: settings, adapters, the ledger, the key."""

import hashlib
import json
import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from countermine.cli.bundles import bundle_text
from countermine.cli.options import Asking, Choice, Outputs, Proving, Wishes
from countermine.cli.requests import Aims, request_for
from countermine.cli.running import execute, keep_within, new_run_id, sandbox
from countermine.cli.searching import plan
from countermine.cli.surroundings import SystemClock, cores, index_options, state_folder
from countermine.core.cases import Case
from countermine.core.runs import Run
from countermine.ledger.file import FileLedger, read_lines
from countermine.loop.asked import note_request
from countermine.loop.codec import to_json
from countermine.loop.folder import RunFolder, begin
from countermine.loop.means import MAX_TEST_SHARDS, Means
from countermine.loop.prefix import Recorded
from countermine.loop.records import Proposal, RunRequest
from countermine.ports.progress import Progress
from countermine.ports.sandbox import Sandbox, SandboxCommand, SandboxName, SandboxOutcome
from countermine.sandbox.supervise import InterruptedRunError
from countermine.serve.mcp.host import Asked, CancelledError
from countermine.target.memory import FolderMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalHost:
    """Makes runs on this machine, in the state folder of the user."""

    config: Path | None = None
    """Settings that hold for all targets; a target's own do not count. Whoever drives the server
    may be able to write to the target, and is not the user who vouches for settings."""
    python: str | None = None
    sandbox: SandboxName | None = None

    @property
    def state(self) -> Path:
        """Folder of the runs."""
        return state_folder()

    def begin(self, asked: Asked) -> tuple[RunFolder, RunRequest]:
        """Make a run, with what is asked and by whom as the first entry of its ledger."""
        planned = plan(str(asked.target), Wishes(config=self.config), own_settings=False)
        one = asked.case is not None
        aims = Aims(
            choice=Choice(only=[asked.case], max_cases=1) if asked.case else Choice(),
            proving=Proving(python=self.python, sandbox=self.sandbox),
            # Whoever drives the server is a model, and has no say in what others cost.
            asking=Asking(no_models=True),
            prove=one,
        )
        clock = SystemClock()
        folder = begin(self.state, new_run_id(clock))
        started = clock.now_iso()
        request = request_for(planned, aims, Outputs(), run=folder.id, started=started)
        proposal = asked.proposal or Proposal(by=asked.by)
        request = replace(request, proposal=proposal, typed=None)
        if not one:
            request = replace(request, max_cases=0)
        note_request(folder, request)
        FileLedger(folder.ledger, run=folder.id, clock=clock).append(
            actor=asked.by, action="asked", subject=asked.case or folder.id, facts=_facts(asked)
        )
        return folder, request

    def carry(
        self, folder: RunFolder, request: RunRequest, progress: Progress, stopped: threading.Event
    ) -> None:
        """Carry a run to its end."""
        found, lacking = (
            sandbox(None, request.sandbox, stopped) if request.prove else (None, "not asked")
        )
        means = Means(
            state=self.state,
            index=index_options(),
            sandbox=None if found is None else _Cancellable(inner=found),
            no_sandbox=lacking,
            clock=SystemClock(),
            progress=progress,
            gates=progress,
            test_shards=min(cores(), MAX_TEST_SHARDS),
            scratch=folder.scratch,
            memory=FolderMemory(self.state) if request.cache else None,
        )
        try:
            execute(folder, request, means, resumed=False)
        except Exception as error:
            if stopped.is_set():
                # Whatever a library made of it on the way.
                message = f"run {folder.id} was cancelled; `countermine resume` carries it on"
                raise CancelledError(message) from error
            raise
        finally:
            shutil.rmtree(folder.scratch, ignore_errors=True)
        keep_within(self.state, request.state_bytes)

    def bundle(self, run: Run, record: Recorded, case: Case) -> str:
        """Return the signed bundle of a case."""
        return bundle_text(run, record, case, self.state)

    def ledger(self, folder: RunFolder) -> list[str]:
        """Return the entries of a run's ledger, each as a line of JSON."""
        return read_lines(folder.ledger)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cancellable:
    """A sandbox whose interrupt is an error of the run, since no terminal is behind it."""

    inner: Sandbox

    @property
    def name(self) -> str:
        """What verdicts call it."""
        return self.inner.name

    @property
    def isolated(self) -> bool:
        """Whether what runs inside is kept from the host."""
        return self.inner.isolated

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        """Run a command to its end or to a bound.

        Raises:
            CancelledError: If it was stopped.
        """
        try:
            return self.inner.run(command)
        except InterruptedRunError as error:
            message = "the run was cancelled"
            raise CancelledError(message) from error


def _facts(asked: Asked) -> dict[str, str]:
    facts = {"tool": asked.tool}
    if asked.proposal is not None:
        document = json.dumps(to_json(asked.proposal, Proposal), sort_keys=True)
        facts["sha256"] = hashlib.sha256(document.encode()).hexdigest()
    return facts
