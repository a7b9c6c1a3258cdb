"""Writes report files: whole or not at all, and never over something that is no plain file."""

import os
import tempfile
from pathlib import Path

from countermine.core.errors import BadUsageError, EnvironmentLacksError


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Raises:
        BadUsageError: If the place cannot be a file.
        EnvironmentLacksError: If it cannot be written: a full disk, a read-only folder.
    """
    if path.exists() and not path.is_file():
        if path.is_dir():
            message = f"cannot write {str(path)!r}: it is a folder"
            raise BadUsageError(message)
        _write_through(path, text)
        return
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        message = f"cannot write {str(path)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        message = f"cannot write {str(path)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error


def _write_through(path: Path, text: str) -> None:
    """Write to a device or a pipe, such as /dev/stdout, which cannot be replaced."""
    try:
        with path.open("w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
    except OSError as error:
        message = f"cannot write {str(path)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
