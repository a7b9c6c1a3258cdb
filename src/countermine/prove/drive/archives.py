"""Archives whose members lie where they should not, made the same every time."""

import gzip
import io
import tarfile
import zipfile

from countermine.prove.drive.drive import SCRATCH

LEGITIMATE = "cm-legit.txt"
MEMBER = "cm-member.txt"
"""Name of every member that must not be written where the archive says."""

HARD_LINKED = "/usr/bin/env"
"""A file that is there, outside of every folder of a target."""

EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTENT = b"countermine\n"

TRAVERSALS: tuple[tuple[str, str], ...] = (
    ("dot-dot", f"../{MEMBER}"),
    ("absolute", f"{SCRATCH}/outside/{MEMBER}"),
    ("nested", f"a/../../{MEMBER}"),
)


def tar(names: tuple[str, ...], *, compression: str = "") -> bytes:
    """Return a tar archive with a file for each name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in names:
            _add(archive, name)
    return _compressed(out.getvalue(), compression)


def tar_through_link(*, compression: str = "") -> bytes:
    """Return a tar archive with a link that leads out, and a file behind the link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("cm-link")
        link.type, link.linkname = tarfile.SYMTYPE, f"{SCRATCH}/outside"
        archive.addfile(link)
        _add(archive, f"cm-link/{MEMBER}")
    return _compressed(out.getvalue(), compression)


def tar_of_link(*, hard: bool, compression: str = "") -> bytes:
    """Return a tar archive with a link that leads out, and nothing behind it.

    What reads or writes the member later reads or writes what it leads to. A hard link is made
    only to a file that is there: every sandbox has ``HARD_LINKED``.
    """
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        _add(archive, LEGITIMATE)
        link = tarfile.TarInfo("cm-link.txt")
        link.type = tarfile.LNKTYPE if hard else tarfile.SYMTYPE
        link.linkname = HARD_LINKED if hard else f"{SCRATCH}/outside/{MEMBER}"
        archive.addfile(link)
    return _compressed(out.getvalue(), compression)


def _add(archive: tarfile.TarFile, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(_CONTENT), 0o644
    archive.addfile(member, io.BytesIO(_CONTENT))


def _compressed(data: bytes, compression: str) -> bytes:
    if compression != "gz":
        return data
    return gzipped(data)


def gzipped(data: bytes) -> bytes:
    """Return bytes compressed, the same every time."""
    return gzip.compress(data, mtime=0)


def zipped(names: tuple[str, ...]) -> bytes:
    """Return a zip archive with a file for each name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), _CONTENT)
    return out.getvalue()


def as_text(data: bytes) -> str:
    """Return bytes as the text that the harness writes as these bytes again."""
    return data.decode("latin-1")
