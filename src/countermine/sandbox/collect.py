"""Reading what a command left in a writable mount, without being led out of it."""

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncollected:
    """A result that is not there or is not what it must be; says nothing good of the command."""

    reason: str


def collect(folder: Path, name: str, *, max_bytes: int) -> bytes | Uncollected:
    """Read a file that code inside was to write.

    That code may have left anything under the name: a link to a file of the user, a device, a
    pipe that never answers, a file that grows while it is read. Only a regular file reached
    through real folders, of at most ``max_bytes``, is read.

    Args:
        folder: The host side of a writable mount; trusted up to here.
        name: Relative path of the file with ``/``; without ``..``.
        max_bytes: More than this is refused, not cut.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        return Uncollected(reason=f"{name!r} does not name a file in the folder")
    with contextlib.ExitStack() as stack:
        try:
            descriptor = _open(folder, parts, stack)
        except OSError as error:
            return Uncollected(reason=f"{name!r} cannot be opened: {error.strerror}")
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            return Uncollected(reason=f"{name!r} is not a regular file")
        content = _read(descriptor, max_bytes)
    if content is None:
        return Uncollected(reason=f"{name!r} is larger than {max_bytes} bytes")
    return content


def _open(folder: Path, parts: tuple[str, ...], stack: contextlib.ExitStack) -> int:
    inner = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    stack.callback(os.close, at)
    for part in parts[:-1]:
        at = os.open(part, inner, dir_fd=at)
        stack.callback(os.close, at)
    # Without O_NONBLOCK, opening a named pipe waits for a writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(parts[-1], flags, dir_fd=at)
    stack.callback(os.close, descriptor)
    return descriptor


def _read(descriptor: int, max_bytes: int) -> bytes | None:
    chunks, size = [], 0
    while chunk := os.read(descriptor, CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
