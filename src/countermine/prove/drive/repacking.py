"""Archives packed anew: members that lead out renamed, or a folder added to a legitimate one."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from countermine.prove.drive.archives import EPOCH, LEGITIMATE, MEMBER, as_text, gzipped

_LINK = "cm-link"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_AS_GZIP = 31
"""What ``zlib`` calls a stream with the head and the sum of gzip."""

_FILE = "inside.txt"
_CONTENT = b"countermine\n"


IN_FOLDER = f"{LEGITIMATE}-folder"
"""A folder that a legitimate archive may have; no name of a file ends so."""


def repacked(text: str, respell: Callable[[str], str]) -> str | None:
    """Return an archive with the names of attack in it respelled, ``None`` for another text.

    Args:
        text: The archive, as texts hold bytes.
        respell: Gives the new name of a member.
    """

    def renamed(name: str) -> str:
        return respell(name) if MEMBER in name or name.startswith(_LINK) else name

    return _packed_anew(text, renamed, folder=False)


def with_folder(text: str) -> str | None:
    """Return an archive with a folder and a file in it besides, ``None`` for another text."""
    return _packed_anew(text, lambda name: name, folder=True)


def _packed_anew(text: str, renamed: Callable[[str], str], *, folder: bool) -> str | None:
    if not is_archive(text):
        return None
    data = text.encode("latin-1", "replace")
    try:
        if data.startswith(_ZIP):
            return as_text(_zip(data, renamed, folder=folder))
        if data.startswith(_GZIP):
            plain = zlib.decompress(data, wbits=_AS_GZIP)
            return as_text(gzipped(_tar(plain, renamed, folder=folder)))
        return as_text(_tar(data, renamed, folder=folder))
    except (zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError):
        return None


def is_archive(text: str) -> bool:
    """Tell whether a text holds an archive, as texts hold bytes."""
    start = text[:4].encode("latin-1", "replace")
    return start.startswith(_GZIP) or start == _ZIP or text[257:262] == "ustar"


def _tar(data: bytes, renamed: Callable[[str], str], *, folder: bool) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old.getmembers():
            content = old.extractfile(member) if member.isfile() else None
            member.name = renamed(member.name)
            new.addfile(member, content)
        if folder:
            inside = tarfile.TarInfo(IN_FOLDER)
            inside.type, inside.mode = tarfile.DIRTYPE, 0o755
            new.addfile(inside)
            file = tarfile.TarInfo(f"{IN_FOLDER}/{_FILE}")
            file.size, file.mode = len(_CONTENT), 0o644
            new.addfile(file, io.BytesIO(_CONTENT))
    return out.getvalue()


def _zip(data: bytes, renamed: Callable[[str], str], *, folder: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            name = renamed(member.filename)
            new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(member))
        if folder:
            new.writestr(zipfile.ZipInfo(f"{IN_FOLDER}/", EPOCH), b"")
            new.writestr(zipfile.ZipInfo(f"{IN_FOLDER}/{_FILE}", EPOCH), _CONTENT)
    return out.getvalue()
