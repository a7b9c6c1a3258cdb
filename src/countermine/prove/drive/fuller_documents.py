"""Legitimate documents and archives that hold more than the plain ones.

A patch that keeps the first of several documents, the beginning of a member, or nothing of what is
empty gives the same as before for one small document. See docs/decisions/0054.
"""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from countermine.core.witnesses import Witness
from countermine.prove.drive.archives import EPOCH, as_text, gzipped
from countermine.prove.drive.payloads import PROBE
from countermine.prove.drive.repacking import is_archive

_MANY_BYTES = b"countermine control 0123456789\n" * 3000
"""More than is copied at once by who copies in pieces."""
_LIKE_OTHERS = b"countermine\n"
_MEMBERS: tuple[tuple[str, bytes], ...] = (
    ("cmlarge.txt", _MANY_BYTES),
    ("cmempty.txt", b""),
    ("cmfolder/cminner/cmdeep.txt", _LIKE_OTHERS),
    ("cmfolder/cmsame.txt", _LIKE_OTHERS),
    ("cm\u03bb two.TXT", _LIKE_OTHERS),
)
_EMPTY_FOLDER = "cmhollow"
LINK = "cmlink.txt"
_LINKED = "cmlarge.txt"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_AS_GZIP = 31
"""What ``zlib`` calls a stream with the head and the sum of gzip."""

_YAML = (
    "[]\n",
    "cmprobe: [\u03bb, 1.5, true, null, 2001-01-02, &x {a: b}, *x, cmprobe, cmprobe]\n",
    "- a\n- 0\n- a\n- ''\n",
    "a: 1\n---\n[]\n---\na: 1\n---\ncmprobe\n...\n",
)
"""Documents that say nothing, much, the same twice, and several in a row."""
_BROKEN_YAML = "cmprobe: [a\n"
_XML_WEAKNESSES = frozenset({"xml-external-entities", "xml-entity-expansion"})
_ELEMENTS = "<name>a</name><name/><!-- b --><name>a</name><name>\u03bb &amp; <![CDATA[<]]></name>"
_BROKEN_XML = "<cmprobe>"


def fuller(witness: Witness, text: str) -> Iterator[str]:
    """Yield legitimate documents of the kind that a text is, which hold more than it does."""
    archive = _with_members(text)
    if archive is not None:
        yield archive
    elif _is_yaml(witness):
        yield from _YAML
    elif witness.weakness in _XML_WEAKNESSES:
        yield from _xml(witness.words)


def _xml(words: tuple[str, ...]) -> Iterator[str]:
    """Yield documents with the elements that a program may look for: empty, and the same twice."""
    elements = "\n".join(_ELEMENTS.replace("name", one) for one in words)
    if words:
        yield from (f"<{root}>\n{elements}\n</{root}>\n" for root in (PROBE, words[0]))


def broken(witness: Witness) -> str | None:
    """Return a document that nothing can read, of the kind that the sink reads."""
    if _is_yaml(witness):
        return _BROKEN_YAML
    return _BROKEN_XML if witness.weakness in _XML_WEAKNESSES else None


def with_link(text: str) -> str | None:
    """Return an archive with a link to one of its own files; some programs take none."""
    if not is_archive(text) or text.encode("latin-1", "replace").startswith(_ZIP):
        return None
    return _with_members(text, link=True)


def _is_yaml(witness: Witness) -> bool:
    return witness.weakness == "unsafe-deserialization" and "yaml" in witness.sink.lower()


def _with_members(text: str, *, link: bool = False) -> str | None:
    if not is_archive(text):
        return None
    data = text.encode("latin-1", "replace")
    try:
        if data.startswith(_ZIP):
            return as_text(_zip(data))
        if data.startswith(_GZIP):
            return as_text(gzipped(_tar(zlib.decompress(data, wbits=_AS_GZIP), link=link)))
        return as_text(_tar(data, link=link))
    except (zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError):
        return None


def _tar(data: bytes, *, link: bool) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
        hollow = tarfile.TarInfo(_EMPTY_FOLDER)
        hollow.type, hollow.mode = tarfile.DIRTYPE, 0o755
        new.addfile(hollow)
        for name, content in _MEMBERS:
            file = tarfile.TarInfo(name)
            file.size, file.mode = len(content), 0o644
            new.addfile(file, io.BytesIO(content))
        if link:
            linked = tarfile.TarInfo(LINK)
            linked.type, linked.linkname = tarfile.SYMTYPE, _LINKED
            new.addfile(linked)
    return out.getvalue()


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            new.writestr(zipfile.ZipInfo(member.filename, EPOCH), old.read(member))
        for name, content in ((f"{_EMPTY_FOLDER}/", b""), *_MEMBERS):
            new.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return out.getvalue()
