"""Carries a run out, or on: adapters are built here, the workflow does the rest."""

import os
import secrets
import shutil
import threading
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.cli.asking import model_for
from countermine.cli.exits import ExitCode, outcome
from countermine.cli.interrupts import STOPPED
from countermine.cli.options import Outputs
from countermine.cli.outputs import write
from countermine.cli.progress import shown
from countermine.cli.searching import over_threshold
from countermine.cli.surroundings import (
    SystemClock,
    cores,
    index_access,
    index_options,
    ssh_vendor,
    state_folder,
)
from countermine.core.errors import CountermineError, ModelsGoneError, SandboxUnavailableError
from countermine.ledger.file import FileLedger
from countermine.loop.folder import RunFolder, remove_oldest_runs, runs_bytes
from countermine.loop.records import PreparedRecord, RunRequest
from countermine.ports.sandbox import Sandbox, SandboxName
from countermine.target.memory import FolderMemory
from countermine.target.state import clean

if TYPE_CHECKING:
    from countermine.loop.means import Means
    from countermine.loop.workflow import RunWorkflow


def new_run_id(clock: SystemClock) -> str:
    """Return an id that sorts by time."""
    digits = clock.now_iso().translate(str.maketrans("", "", "-:Z")).replace("T", "-")
    return f"{digits}-{secrets.token_hex(2)}"


def sandbox(
    programs: str | None = None,
    name: SandboxName = SandboxName.BUBBLEWRAP,
    stopped: threading.Event = STOPPED,
) -> tuple[Sandbox | None, str]:
    """Return the sandbox of this machine, or ``None`` and why there is none.

    Args:
        programs: Where its program is looked for; in the usual folders where it is ``None``.
        name: Which one.
        stopped: Ends what runs in it.
    """
    from countermine.sandbox.detect import choose  # noqa: PLC0415
    from countermine.sandbox.features import SEARCH_PATH  # noqa: PLC0415

    try:
        return choose(index_access(), programs or SEARCH_PATH, stopped, name), ""
    except SandboxUnavailableError as error:
        return None, str(error)


def means_for(request: RunRequest, scratch: Path, programs: str | None = None) -> "Means":
    """Build the adapters that a run's stages need.

    Args:
        request: What the run is asked.
        scratch: Folder for left-overs.
        programs: Where the sandbox's program is looked for; ``None`` for the usual folders.
    """
    from countermine.loop.means import MAX_TEST_SHARDS, Means  # noqa: PLC0415 - heavy

    found, lacking = sandbox(programs, request.sandbox) if request.prove else (None, "not asked")
    return Means(
        state=state_folder(),
        index=index_options(),
        sandbox=found,
        no_sandbox=lacking,
        clock=SystemClock(),
        test_shards=min(cores(), MAX_TEST_SHARDS),
        scratch=scratch,
        memory=FolderMemory(state_folder()) if request.cache else None,
        ssh=ssh_vendor,
    )


def carry(
    folder: RunFolder, request: RunRequest, means: "Means", outputs: Outputs, *, resumed: bool
) -> ExitCode:
    """Carry a run to its end and write its outputs.

    Args:
        folder: The run's own.
        request: What it is asked.
        means: The adapters of ``means_for``.
        outputs: Where results go.
        resumed: Whether another process began it.

    Raises:
        CountermineError: If the target cannot be opened, or another process has the run.
    """
    asks = request.models is not None and request.models.preview
    with shown(outputs, still=asks) as progress:
        gone = execute(folder, request, replace(means, progress=progress), resumed=resumed)
    code = conclude(folder, request, outputs)
    if gone is not None:
        message = f"no model is left: {gone}; once one is back, countermine resume {request.run}"
        raise ModelsGoneError(message)
    return code


def execute(folder: RunFolder, request: RunRequest, means: "Means", *, resumed: bool) -> str | None:
    """Carry a run to its end, or as far as it goes; returns why models were lacking if they were.

    Raises:
        CountermineError: As ``carry``.
    """
    # The workflow engine costs over a second to load; a wrong command line must not pay for it.
    from countermine.loop.carrying import launched  # noqa: PLC0415
    from countermine.loop.journal import Journal  # noqa: PLC0415
    from countermine.loop.prefix import recorded  # noqa: PLC0415
    from countermine.loop.refusals import refusal_error  # noqa: PLC0415
    from countermine.loop.retrying import forget_errors  # noqa: PLC0415
    from countermine.loop.stages import Stages  # noqa: PLC0415
    from countermine.loop.workflow import RunWorkflow  # noqa: PLC0415

    with (
        folder.locked(),
        model_for(request, folder, resumed=resumed) as model,
    ):
        journal = Journal(
            FileLedger(folder.ledger, run=request.run, clock=means.clock), request.run
        )
        means = replace(means, sources=folder.sources, model=model)
        workflow = RunWorkflow(
            request.run,
            Stages(means, request),
            journal,
            clock=means.clock,
            progress=means.progress,
            workers=cores(),
        )
        if resumed:
            forget_errors(folder)
        executor = f"{os.getpid()}-{secrets.token_hex(4)}"
        with launched(folder, request.version, executor):
            gone = _carried(workflow, request, resumed=resumed)
        record = recorded(folder)
        shutil.rmtree(folder.scratch, ignore_errors=True)
        if record.refusal is not None:
            raise refusal_error(record.refusal)
    return gone


def _carried(workflow: "RunWorkflow", request: RunRequest, *, resumed: bool) -> str | None:
    """Carry a run as far as it goes; returns why models were lacking where they were."""
    from countermine.loop.carrying import carry_on, carry_out  # noqa: PLC0415 - heavy

    try:
        if resumed:
            carry_on(request.run)
        else:
            carry_out(workflow, request)
    except ModelsGoneError as error:
        return str(error)
    return None


def conclude(folder: RunFolder, request: RunRequest, outputs: Outputs) -> ExitCode:
    """Deliver what was asked for, write the reports, and say how it ended.

    Raises:
        SandboxUnavailableError: If nothing could be run; what was found is reported all the same.
        CountermineError: If a delivery is refused.
    """
    from countermine.cli.delivery import deliver  # noqa: PLC0415
    from countermine.loop.prefix import as_run, recorded  # noqa: PLC0415
    from countermine.loop.sources import as_searched  # noqa: PLC0415

    record = recorded(folder)
    searched = as_searched(as_run(record), record.opened, folder)
    run = searched.run
    try:
        run = replace(run, outputs=deliver(run, folder, request))
    finally:
        # A delivery that is refused costs nobody the report.
        write(run, outputs, searched.texts)
        keep_within(state_folder(), request.state_bytes)
    prepared = record.step("prepare", PreparedRecord)
    if prepared is not None and prepared.sandbox is None:
        because = "; ".join(prepared.notes)
        message = f"{because}; what was found is reported; begin a new run once it is there"
        raise SandboxUnavailableError(message)
    return outcome(
        over_threshold=over_threshold(run, request.fail_on), complete=run.coverage.complete
    )


def keep_within(state: Path, most_bytes: int) -> None:
    """Remove the oldest runs, then unused downloads and environments, beyond a bound."""
    remove_oldest_runs(state, most_bytes // 4)
    clean(state, keep_bytes=most_bytes - runs_bytes(state))


def same_version(request: RunRequest) -> None:
    """Refuse to carry on what another version began.

    Raises:
        CountermineError: If the versions differ: steps may mean other things.
    """
    own = version("countermine")
    if request.version != own:
        message = (
            f"run {request.run} was begun by version {request.version}, this is {own}; "
            "its report can be made, but it cannot be carried on"
        )
        raise CountermineError(message)


def absolute(path: Path | None) -> str | None:
    """Return a path that means the same wherever the run is resumed from."""
    return None if path is None else str(path.absolute())
