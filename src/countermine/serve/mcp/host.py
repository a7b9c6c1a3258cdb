"""What the server needs of the edge, which builds the adapters."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from countermine.core.cases import Case
from countermine.core.errors import CountermineError
from countermine.core.runs import Run
from countermine.loop.folder import RunFolder
from countermine.loop.prefix import Recorded
from countermine.loop.records import Proposal, RunRequest
from countermine.ports.progress import Progress


class CancelledError(CountermineError):
    """Whoever asked for the work takes it back, or the server ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a tool was asked, as far as it makes a run."""

    tool: str
    by: str
    """Who, as they call themselves."""
    target: Path
    """A directory within the roots, every link in it resolved."""
    case: str | None
    """Id of the one case to make; ``None`` to search only."""
    proposal: Proposal | None = None


class Host(Protocol):
    """Makes runs, and keeps them where all runs are."""

    @property
    def state(self) -> Path:
        """Folder of the runs."""
        ...

    def begin(self, asked: Asked) -> tuple[RunFolder, RunRequest]:
        """Make a run, with what is asked and by whom as the first entry of its ledger.

        Raises:
            CountermineError: If its folder cannot be made, or the settings are not right.
        """
        ...

    def carry(
        self, folder: RunFolder, request: RunRequest, progress: Progress, stopped: threading.Event
    ) -> None:
        """Carry a run to its end. One at a time in a process.

        Args:
            folder: The run's own.
            request: What it is asked.
            progress: Told what is being done; what it raises ends the run.
            stopped: Ends whatever runs in the sandbox once it is set.

        Raises:
            CancelledError: If it was stopped.
            CountermineError: If it could not be carried out.
        """
        ...

    def bundle(self, run: Run, record: Recorded, case: Case) -> str:
        """Return the signed bundle of a case.

        Raises:
            CountermineError: If nothing was run for it, or there is no key.
        """
        ...

    def ledger(self, folder: RunFolder) -> list[str]:
        """Return the entries of a run's ledger, each as a line of JSON.

        Raises:
            CountermineError: If it cannot be read.
        """
        ...
