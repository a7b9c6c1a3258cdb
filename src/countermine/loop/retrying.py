"""Lets a run that ended in an error be carried on.

The workflow engine keeps an error as it keeps a result, and would raise it again for ever. But what
ends a run is mostly trouble that passes, such as a full disk: the user frees space and resumes.
"""

import re
import sqlite3
from contextlib import closing

from countermine.core import errors
from countermine.loop.folder import RunFolder

_SYSTEM_ERROR = re.compile(r"\[Errno (\d+)\] (.*)", re.DOTALL)

_FAILED = "SELECT workflow_uuid FROM workflow_status WHERE status = 'ERROR'"
_STATEMENTS = (
    "DELETE FROM operation_outputs WHERE error IS NOT NULL",
    f"DELETE FROM workflow_output WHERE workflow_uuid IN ({_FAILED})",  # noqa: S608 - two constants
    "UPDATE workflow_status SET status = 'PENDING', completed_at = NULL WHERE status = 'ERROR'",
)
"""The engine has no call for it: it copies a run under another id, which is not what is meant."""


def forget_errors(folder: RunFolder) -> None:
    """Make every step that ended in an error one that was not made yet; results stay.

    The run must be locked by this process, and the workflow engine not be launched on it.
    """
    with closing(sqlite3.connect(folder.store)) as store, store:
        for statement in _STATEMENTS:
            store.execute(statement)


def raised_again(name: str, message: str) -> Exception:
    """Return an error that a step raised, as the class that the engine noted the name of."""
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, errors.CountermineError):
        return kind(message)
    system = _SYSTEM_ERROR.match(message)
    if system is not None:
        return OSError(int(system[1]), system[2])
    return RuntimeError(f"{name}: {message}")
