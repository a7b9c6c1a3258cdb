"""The descriptors of a process that runs a stimulus."""

from __future__ import annotations

import contextlib
import os

PIPE_FD = 200
"""Away from the low numbers that programs close when they go into the background."""
RESULT_FD = 190
"""Where the parent writes its answers; closed in every child."""
KEY_FD = 191
"""Where the parent reads the key of the job from; closed in every child."""


def high(fd: int) -> int:
    """Move a descriptor to where the records are written."""
    os.dup2(fd, PIPE_FD, inheritable=False)
    os.close(fd)
    return PIPE_FD


def apart(base: str) -> None:
    """Leave the parent's group, and put files of the scratch folder in place of its streams."""
    os.setsid()
    said, errors = (
        os.open(f"{base}/output/{name}", os.O_WRONLY | os.O_CREAT, 0o600)
        for name in ("said", "errors")
    )
    nothing = os.open("/dev/null", os.O_RDONLY)
    for fd, to in ((nothing, 0), (said, 1), (errors, 2)):
        os.dup2(fd, to)
    for fd in (nothing, said, errors, RESULT_FD, KEY_FD):
        with contextlib.suppress(OSError):
            os.close(fd)
