"""Unpacks what a stranger packed: plain files only, inside one folder, within bounds."""

import errno
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from typing import IO

from countermine.core.errors import BadTargetError
from countermine.target.display import one_line
from countermine.target.fetched import LeftOut

MAX_MEMBERS = 200_000
"""More than the largest archives on PyPI hold (about 60,000)."""
MAX_UNPACKED_BYTES = 2 << 30
"""All files of one archive together."""
MAX_RATIO = 200
"""Bytes out for a byte in, once ``RATIO_FREE_BYTES`` are out; source code packs 3 to 20 times."""
RATIO_FREE_BYTES = 64 << 20

TAR_SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
ZIP_SUFFIXES = (".zip", ".whl")

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much an archive may hold."""

    members: int = MAX_MEMBERS
    unpacked_bytes: int = MAX_UNPACKED_BYTES
    ratio: int = MAX_RATIO
    ratio_free_bytes: int = RATIO_FREE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    """As the archive has it."""
    executable: bool
    content: IO[bytes] | None
    """``None`` for all that is no plain file."""
    kind: str = "a link"
    """What it is when it is no plain file."""


def unpack(archive: Path, into: Path, bounds: Bounds | None = None) -> tuple[LeftOut, ...]:
    """Unpack the plain files of a tar or zip file (by its suffix) into an empty folder.

    Links and devices are left out; modes are those of ordinary files, the executable bit kept.

    Returns:
        What was left out, in path order.

    Raises:
        BadTargetError: If it is no archive, is broken, holds a path that leaves the folder, or
            holds more than the bounds.
    """
    limits = bounds or Bounds()
    packed_bytes = archive.stat().st_size
    left_out: list[LeftOut] = []
    total = 0
    with _reading(archive) as members:
        for count, member in enumerate(members, start=1):
            if count > limits.members:
                raise _refused(archive, f"holds more than {limits.members:,} members")
            parts = _parts(archive, member.name)
            if member.content is None:
                left_out.append(LeftOut(path="/".join(parts) or ".", reason=member.kind))
                continue
            path = into.joinpath(*parts)
            total += _write(archive, path, member.content, limits.unpacked_bytes - total)
            path.chmod(0o755 if member.executable else 0o644)
            if total > limits.ratio_free_bytes and total > limits.ratio * packed_bytes:
                raise _refused(archive, f"unpacks to more than {limits.ratio} times its size")
    return tuple(sorted(left_out))


@contextmanager
def _reading(archive: Path) -> Iterator[Iterator[_Member]]:
    name = archive.name.lower()
    try:
        if name.endswith(TAR_SUFFIXES):
            # A stream: nothing is read twice, and no list of all members is built first.
            with tarfile.open(archive, mode="r|*", errorlevel=2) as tar:
                yield _tar_members(tar)
        elif name.endswith(ZIP_SUFFIXES):
            with zipfile.ZipFile(archive) as packed:
                yield _zip_members(packed)
        else:
            raise _refused(archive, "is none of .tar.gz, .tar.bz2, .tar.xz, .zip and .whl")
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, LZMAError, EOFError) as error:
        raise _refused(archive, f"is broken: {one_line(str(error))}") from error
    except (NotImplementedError, RuntimeError, ValueError) as error:
        # How zipfile and tarfile name encryption, unknown compression and absurd numbers.
        raise _refused(archive, f"cannot be unpacked: {one_line(str(error))}") from error


def _tar_members(tar: tarfile.TarFile) -> Iterator[_Member]:
    for info in tar:
        if info.isdir():
            continue
        yield _Member(
            name=info.name,
            executable=bool(info.mode & 0o100),
            content=tar.extractfile(info) if info.isreg() else None,
            kind="a link" if info.issym() or info.islnk() else "a device or fifo",
        )


def _zip_members(packed: zipfile.ZipFile) -> Iterator[_Member]:
    for info in packed.infolist():
        mode = info.external_attr >> 16
        if info.is_dir():
            continue
        if stat.S_ISLNK(mode):
            yield _Member(name=info.filename, executable=False, content=None)
            continue
        with packed.open(info) as content:
            yield _Member(name=info.filename, executable=bool(mode & 0o100), content=content)


def _parts(archive: Path, name: str) -> list[str]:
    parts = [part for part in name.split("/") if part not in {"", "."}]
    foreign = os.sep == "\\" and ("\\" in name or ":" in name)
    if name.startswith("/") or ".." in parts or "\0" in name or foreign or not parts:
        raise _refused(archive, f"holds a path that leaves the folder: {one_line(name)!r}")
    return parts


def _write(archive: Path, path: Path, content: IO[bytes], most_bytes: int) -> int:
    written = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while chunk := content.read(_CHUNK_BYTES):
                written += len(chunk)
                if written > most_bytes:
                    raise _refused(archive, "unpacks to more than the bound")
                file.write(chunk)
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        why = f"holds {one_line(path.name)!r} both as a file and as a folder"
        raise _refused(archive, why) from error
    except OSError as error:
        if error.errno not in {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL}:
            raise
        why = f"holds a name that this machine cannot store: {one_line(path.name)!r}"
        raise _refused(archive, why) from error
    return written


def _refused(archive: Path, why: str) -> BadTargetError:
    return BadTargetError(f"archive {one_line(archive.name)!r} {why}")
