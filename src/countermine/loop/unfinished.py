"""Finds the run that ``resume`` means where none is named."""

from pathlib import Path

from countermine.core.errors import CountermineError
from countermine.core.runs import RunState
from countermine.loop.folder import RunFolder, runs
from countermine.loop.prefix import ENDED, recorded_yet

MOST_RUNS = 20
"""How far back is looked; opening a run's store takes some hundredths of a second."""


def latest_unfinished(state: Path) -> RunFolder | None:
    """Return the newest run that can be carried on, ``None`` where there is none.

    A run that another process carries out just now is none.
    """
    return next(filter(_stopped, list(reversed(runs(state)))[:MOST_RUNS]), None)


def _stopped(folder: RunFolder) -> bool:
    try:
        with folder.locked():
            record = recorded_yet(folder)
    except CountermineError:
        return False  # Being carried out.
    if record is None:
        return folder.request.is_file()
    return record.refusal is None and ENDED.get(record.status) is not RunState.FINISHED
