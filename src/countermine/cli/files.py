"""Writes report files: whole or not at all, and never over something that is no plain file."""

import errno
import os
import tempfile
from pathlib import Path

from countermine.core.errors import BadUsageError, EnvironmentLacksError


def check_file(path: Path) -> None:
    """See that a file can be written, before the work whose result it is to hold.

    Raises:
        BadUsageError: If the place cannot be a file.
        EnvironmentLacksError: If its folder is not there or cannot be written to.
    """
    if str(path) == "-":
        message = (
            "'-' is no file here; name /dev/stdout, with --quiet so that nothing else is there"
        )
        raise BadUsageError(message)
    if path.is_dir():
        message = f"cannot write {str(path)!r}: it is a folder"
        raise BadUsageError(message)
    if path.exists():
        return
    if not path.parent.is_dir():
        message = f"cannot write {str(path)!r}: {str(path.parent)!r} is no folder; make it first"
        raise EnvironmentLacksError(message)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        message = f"cannot write {str(path)!r}: {os.strerror(errno.EACCES)}"
        raise EnvironmentLacksError(message)


def check_folder(path: Path) -> None:
    """See that a folder is one or can be made, before the work whose results it is to hold.

    Raises:
        BadUsageError: If something else is in its place.
    """
    nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not nearest.is_dir():
        message = f"cannot write to the folder {str(path)!r}: {str(nearest)!r} is a file"
        raise BadUsageError(message)


def make_folder(path: Path) -> None:
    """Make a folder for results, unless it is there.

    Raises:
        BadUsageError: If something else is in its place.
        EnvironmentLacksError: If it cannot be made.
    """
    check_folder(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {str(path)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Raises:
        BadUsageError: If the place cannot be a file.
        EnvironmentLacksError: If it cannot be written: a full disk, a read-only folder.
    """
    check_file(path)
    if path.exists() and not path.is_file():
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
