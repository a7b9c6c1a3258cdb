"""What a run was asked, noted before the workflow engine is loaded, which takes a second.

A run that is stopped in that second has recorded nothing, and can be begun from the note.
"""

import json
import os
from contextlib import suppress

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.loop.codec import from_json, to_json
from countermine.loop.folder import RunFolder
from countermine.loop.records import RunRequest


def note_request(folder: RunFolder, request: RunRequest) -> None:
    """Write down what a run is asked.

    Raises:
        EnvironmentLacksError: If the run's folder cannot be written.
    """
    draft = folder.request.with_suffix(".draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(to_json(request, RunRequest), file)
        draft.replace(folder.request)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        message = f"cannot write {str(folder.request)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error


def noted_request(folder: RunFolder) -> RunRequest:
    """Return what a run was asked.

    Raises:
        CountermineError: If there is no note of it, or none that can be read.
    """
    try:
        return from_json(json.loads(folder.request.read_bytes()), RunRequest)
    except (OSError, ValueError) as error:
        message = f"run {folder.id} was stopped before it noted what it was asked; begin a new run"
        raise CountermineError(message) from error
