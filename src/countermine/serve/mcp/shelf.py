"""The runs that may be served: those about directories within the roots."""

from collections.abc import Iterator
from dataclasses import dataclass

from countermine.core.cases import Case, case_id
from countermine.core.errors import BadUsageError, CountermineError
from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.loop.cases import case_with
from countermine.loop.folder import RunFolder, runs
from countermine.loop.prefix import Recorded, as_run, recorded_yet
from countermine.loop.records import FoundRecord, Opened
from countermine.loop.sources import as_searched
from countermine.serve.mcp.host import Host
from countermine.serve.mcp.roots import Roots

MOST_RUNS = 20
"""How far back is looked; opening a run's store takes some hundredths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run as far as it is recorded, and the texts that it searched."""

    folder: RunFolder
    record: Recorded
    run: Run
    texts: dict[TreePath, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A case of a run; one that the run made none of is as the search left it."""

    kept: KeptRun
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where runs are looked up."""

    host: Host
    roots: Roots

    def folders(self) -> list[RunFolder]:
        """Return the folders of runs, newest first, whatever they are about."""
        return list(reversed(runs(self.host.state)))[:MOST_RUNS]

    def kept(self, run: str) -> KeptRun:
        """Return a run.

        Raises:
            BadUsageError: If there is no such run about a directory within the roots. It says the
                same for both: an agent is not told what the user does elsewhere.
        """
        for folder in runs(self.host.state):
            if folder.id == run:
                kept = self.kept_yet(folder)
                if kept is not None:
                    return kept
        message = f"there is no run {run!r:.60} about a directory within the roots of this server"
        raise BadUsageError(message)

    def kept_yet(self, folder: RunFolder) -> KeptRun | None:
        """Return what a folder's run recorded, or ``None`` where it may not be shown, or not yet.

        Raises:
            CountermineError: If its record cannot be read.
        """
        record = self._recorded(folder)
        if record is None:
            return None
        shown = as_searched(as_run(record), record.opened, folder)
        return KeptRun(folder=folder, record=record, run=shown.run, texts=shown.texts)

    def case(self, case: str, run: str | None) -> KeptCase:
        """Return a case: of a run, or of the newest that has it.

        Raises:
            BadUsageError: If there is none; names some that there are.
        """
        known: list[str] = []
        for folder, record in self._records(run):
            found = record.step("find", FoundRecord)
            findings = found.findings if found is not None else ()
            for finding in findings:
                if case in {case_id(finding), finding.fingerprint}:
                    return self._case(folder, record, finding)
            known += [case_id(finding) for finding in findings]
        some = ", ".join(dict.fromkeys(known[:5])) or "none; `find` makes some"
        message = f"there is no case {case!r:.100}; cases are: {some}"
        raise BadUsageError(message)

    def _records(self, run: str | None) -> Iterator[tuple[RunFolder, Recorded]]:
        if run is not None:
            kept = self.kept(run)
            yield kept.folder, kept.record
            return
        for folder in self.folders():
            try:
                record = self._recorded(folder)
            except CountermineError:
                continue  # A folder that is being made or removed.
            if record is not None:
                yield folder, record

    def _recorded(self, folder: RunFolder) -> Recorded | None:
        record = recorded_yet(folder)
        opened = record.opened if record is not None else None
        if record is None or not isinstance(opened, Opened):
            return None
        return record if self.roots.serve(opened.target) else None

    def _case(self, folder: RunFolder, record: Recorded, finding: Finding) -> KeptCase:
        shown = as_searched(as_run(record), record.opened, folder)
        kept = KeptRun(folder=folder, record=record, run=shown.run, texts=shown.texts)
        plain = case_with(finding, None)
        case = next((one for one in kept.run.cases if one.id == plain.id), plain)
        return KeptCase(kept=kept, case=case)
