"""The text of a source file, and where its characters stand among the bytes of the file."""

import codecs
import io
import re
import tokenize
from dataclasses import dataclass

from countermine.core.knowledge import NoRemedy
from countermine.core.spans import TreePath

MAX_SOURCE_BYTES = 4_000_000
"""A larger file is data or generated; LibCST needs about 500 bytes of memory per byte of source."""

_STATELESS = re.compile(
    r"^(utf-8|ascii|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|euc_\w+|gbk|gb2312|gb18030|big5\w*)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """Decoded source.

    Offsets count the UTF-8 bytes of ``text``, which is how LibCST counts; ``to_raw`` and
    ``from_raw`` translate to and from bytes of the file, which is how spans count.
    """

    path: TreePath
    text: str
    """Without the byte order mark."""
    utf8: bytes
    encoding: str
    bom_bytes: int

    def to_raw(self, offset: int) -> int:
        """Return the byte of the file at which the character at ``offset`` begins."""
        if self.encoding == "utf-8":
            return offset + self.bom_bytes
        return len(self.utf8[:offset].decode().encode(self.encoding))

    def from_raw(self, raw: int) -> int:
        """Return the offset of the character that begins at byte ``raw`` of the file."""
        if self.encoding == "utf-8":
            return max(raw - self.bom_bytes, 0)
        return len(self.text.encode(self.encoding)[:raw].decode(self.encoding, "ignore").encode())

    def to_bytes(self, text: str) -> bytes:
        """Return the bytes of a file that holds ``text`` the way this one holds its own."""
        return codecs.BOM_UTF8[: self.bom_bytes] + text.encode(self.encoding)

    @property
    def newline(self) -> str:
        """The line ending of the file: that of its first line."""
        found = re.search(r"\r\n|\n|\r", self.text)
        return found.group() if found else "\n"


def read_source(path: TreePath, raw: bytes) -> SourceText | NoRemedy:
    """Decode a Python file the way Python does, or say why it cannot be rewritten."""
    if len(raw) > MAX_SOURCE_BYTES:
        return NoRemedy(reason=f"{path} is larger than {MAX_SOURCE_BYTES:,} bytes")
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        encoding = codecs.lookup(declared).name
    except (SyntaxError, LookupError) as error:
        return NoRemedy(reason=f"the encoding of {path} cannot be told: {error}")
    bom_bytes = len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    if not _STATELESS.match(encoding):
        return NoRemedy(reason=f"{path} is in {encoding}, which cannot be edited in place")
    try:
        text = raw[bom_bytes:].decode(encoding)
    except UnicodeDecodeError as error:
        return NoRemedy(reason=f"{path} is not valid {encoding}: byte {error.start}")
    if raw[bom_bytes:] != text.encode(encoding):
        return NoRemedy(reason=f"{path} does not survive decoding as {encoding}")
    return SourceText(
        path=path, text=text, utf8=text.encode(), encoding=encoding, bom_bytes=bom_bytes
    )
