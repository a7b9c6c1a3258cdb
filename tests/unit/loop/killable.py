"""A process that carries out a scripted run, and can kill itself at a stage."""

import errno
import os
import signal
from pathlib import Path

from countermine.ledger.file import FileLedger
from countermine.loop.carrying import carry_on, carry_out, launched
from countermine.loop.folder import begin, named
from countermine.loop.journal import Journal
from countermine.loop.records import RunRequest
from countermine.loop.retrying import forget_errors
from countermine.loop.workflow import RunWorkflow
from countermine.ports.progress import Silent
from countermine.testing.clocks import StillClock
from countermine.testing.engines import ScriptedEngines

RUN = "20260131-120000-0000"


class Killer:
    """Notes each call in a file; kills the process before one, or finds the disk full there."""

    def __init__(self, state: Path, at: str) -> None:
        self._notes, self._at = state / "calls", at

    def __call__(self, stage: str) -> None:
        if self._at == f"before {stage}":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._at == f"full {stage}":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with self._notes.open("a") as file:
            file.write(f"{stage}\n")


class KillingJournal(Journal):
    """Kills the process after the ledger's entry and before the workflow's record."""

    at = ""

    def record(self, step: str, result: object, duration_ms: int) -> None:
        super().record(step, result, duration_ms)
        if self.at == f"unrecorded {step.split(maxsplit=1)[0]}":
            os.kill(os.getpid(), signal.SIGKILL)


def carry(verb: str, state: Path, at: str, workers: int = 1) -> None:
    """Begin the run or resume it, and die at ``at``."""
    folder = begin(state, RUN) if verb == "begin" else named(state, RUN)
    clock = StillClock()
    with folder.locked():
        journal = KillingJournal(FileLedger(folder.ledger, run=RUN, clock=clock), RUN)
        journal.at = at
        engines = ScriptedEngines(("a", "b"), Killer(state, at))
        workflow = RunWorkflow(
            RUN, engines, journal, clock=clock, progress=Silent(), workers=workers
        )
        if verb == "resume":
            forget_errors(folder)
        with launched(folder, "1", f"process-{os.getpid()}"):
            if verb == "begin":
                request = RunRequest(run=RUN, version="1", target="x", started=clock.now_iso())
                carry_out(workflow, request)
            else:
                carry_on(RUN)
