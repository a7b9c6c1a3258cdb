"""Finds the run that a case is from: the one that is named, or the newest that has it."""

from dataclasses import dataclass

from countermine.cli.surroundings import state_folder
from countermine.core.cases import case_id
from countermine.core.findings import Finding
from countermine.loop.folder import RunFolder, named, runs
from countermine.loop.prefix import Recorded, recorded, recorded_yet

MOST_RUNS = 20
"""How far back a case is looked for; opening a run's store takes some hundredths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A case of a run."""

    folder: RunFolder
    record: Recorded
    finding: Finding
    """As the search left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchCase:
    """No run has the case."""

    run: str
    """The newest that was looked into."""
    cases: tuple[str, ...]
    """The ids of its cases."""


def recall(case: str, run: str | None) -> Recalled | NoSuchCase:
    """Return the run that has a case.

    Args:
        case: Its id, or the finding's fingerprint.
        run: The run it is from; ``None`` for the newest that has it.

    Raises:
        CountermineError: If there is no such run, or none that recorded anything.
    """
    state = state_folder()
    latest = named(state, run)
    folders = [latest] if run is not None else list(reversed(runs(state)))[:MOST_RUNS]
    absent: NoSuchCase | None = None
    for folder in folders:
        record = recorded_yet(folder)
        if record is None:
            continue
        found = record.found
        findings = found.findings if found is not None else ()
        for finding in findings:
            if case in {case_id(finding), finding.fingerprint}:
                return Recalled(folder=folder, record=record, finding=finding)
        ids = tuple(case_id(finding) for finding in findings)
        absent = absent or NoSuchCase(run=folder.id, cases=ids)
    if absent is None:
        recorded(latest)  # Says why there is nothing in it.
        absent = NoSuchCase(run=latest.id, cases=())
    return absent
