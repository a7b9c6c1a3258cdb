"""What searches keep from one run to the next, in the state folder.

One file for each name, moved into place when it is whole, with a digest of what it holds: what is
cut short, harmed or of another make is not there. Least recently used ones go beyond a bound.
"""

import contextlib
import hashlib
import os
import re
import tempfile
import zlib
from pathlib import Path

from countermine.core.errors import EnvironmentLacksError
from countermine.target.display import one_line
from countermine.target.state import shared_folder
from countermine.target.texts import read_file

AREA = "answers"
_KEY = "v1"
"""Changes with the form of the files."""
MOST_BYTES = 256 << 20
"""Of all files together; a project of 500,000 lines takes a fourth of a megabyte."""
ENTRY_BYTES = 64 << 20
"""Largest value that is kept or given back."""
_DIGEST_BYTES = 20
_USED = "used"
"""Says when the folder was used last; made and read by the state folder itself."""
_NAME = re.compile(r"[a-z0-9-]{1,120}")
_FASTEST = 1


class FolderMemory:
    """Keeps values in the state folder; where that cannot be written, keeps none and says so."""

    def __init__(self, state: Path, most_bytes: int = MOST_BYTES) -> None:
        """Keep them below this state folder, at most so many bytes of them."""
        self._state = state
        self._folder = state / AREA / _KEY
        self._most_bytes = most_bytes
        self._held_bytes: int | None = None
        self._is_begun = False
        self.fault = ""
        """Why nothing is kept; empty while all is well."""

    def _begin(self) -> None:
        """Make the folder, and hold it, so that nobody clears it away in between."""
        if not self._is_begun:
            self._is_begun = True
            try:
                shared_folder(self._state, AREA, _KEY)
            except EnvironmentLacksError as error:
                self.fault = str(error)

    def get(self, name: str) -> bytes | None:
        """Return what was kept under a name."""
        path = self._path(name)
        self._begin()
        data = read_file(str(path), ENTRY_BYTES)
        if not isinstance(data, bytes):
            return None
        value = _unpacked(data, name)
        with contextlib.suppress(OSError):
            if value is None:
                path.unlink()
            else:
                os.utime(path)
        return value

    def put(self, name: str, value: bytes) -> None:
        """Keep a value under a name."""
        path = self._path(name)
        self._begin()
        if self.fault or len(value) > ENTRY_BYTES:
            return
        try:
            descriptor, draft = tempfile.mkstemp(dir=self._folder, prefix="draft-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_packed(value, name))
                Path(draft).replace(path)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
            self._make_room(path.stat().st_size)
        except OSError as error:
            shown = one_line(str(self._folder))
            self.fault = f"{shown!r} cannot be written ({error.strerror})"

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            message = f"{name!r} is no name of what is kept"
            raise ValueError(message)
        return self._folder / name

    def _make_room(self, more_bytes: int) -> None:
        """Remove the least recently used files, a fourth of the bound, once it is passed."""
        if self._held_bytes is not None:
            self._held_bytes += more_bytes
            if self._held_bytes <= self._most_bytes:
                return
        files: list[tuple[int, str, int]] = []
        for entry in os.scandir(self._folder):
            if entry.name == _USED:
                continue
            with contextlib.suppress(OSError):  # Another process may have removed it.
                status = entry.stat(follow_symlinks=False)
                files.append((status.st_mtime_ns, entry.name, status.st_size))
        left = sum(size for _, _, size in files)
        if left > self._most_bytes:
            for _, name, size in sorted(files):
                if left <= self._most_bytes * 3 // 4:
                    break
                (self._folder / name).unlink(missing_ok=True)
                left -= size
        self._held_bytes = left


def _packed(value: bytes, name: str) -> bytes:
    body = zlib.compress(value, _FASTEST)
    return _digest(body, name) + body


def _unpacked(data: bytes, name: str) -> bytes | None:
    body = data[_DIGEST_BYTES:]
    if data[:_DIGEST_BYTES] != _digest(body, name):
        return None
    stream = zlib.decompressobj()
    try:
        value = stream.decompress(body, ENTRY_BYTES)
    except zlib.error:
        return None
    return value if stream.eof else None


def _digest(body: bytes, name: str) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES, key=name.encode()[:64]).digest()
