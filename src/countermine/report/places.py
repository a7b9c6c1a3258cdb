"""Lines and columns. The rest of the program knows bytes only; see decision 0002."""

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from countermine.core.spans import Span

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
"""Source: PEP 263. Counts in the first two lines."""
_BOM = codecs.BOM_UTF8
_LONGEST = 4
"""Bytes of a character in UTF-8."""
_FOLLOWING = 0x80
"""The upper two bits of every byte of one but the first."""


class ColumnKind(StrEnum):
    """What a column counts; the values are SARIF's."""

    UTF16 = "utf16CodeUnits"
    CODE_POINTS = "unicodeCodePoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a span stands. All are 1-based; the end is the place just after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The text of one file, and where its lines begin."""

    text: bytes
    starts: tuple[int, ...]
    """Byte offset of every line; the first is 0."""
    codec: str
    """Name of the text's encoding, one that Python knows."""

    def place(self, span: Span, kind: ColumnKind = ColumnKind.CODE_POINTS) -> Place:
        """Return where a span stands; what lies behind the end of the text stands at its end."""
        line, column = self._position(span.start_byte, kind)
        end_line, end_column = self._position(span.end_byte, kind)
        return Place(line=line, column=column, end_line=end_line, end_column=end_column)

    def line_of(self, offset: int) -> int:
        """Return the number of the line that holds a byte, from 1."""
        return bisect_right(self.starts, min(offset, len(self.text)))

    def line(self, number: int) -> str:
        """Return a line without its end; bytes that are no text stand as hexadecimal escapes."""
        start, end = self.bounds(number)
        return self.text[start:end].decode(self.codec, "backslashreplace")

    def bounds(self, number: int) -> tuple[int, int]:
        """Return the byte offsets between which a line stands, byte order mark and end left out."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        whole = self.text[start:end]
        shift = len(_BOM) if number == 1 and whole.startswith(_BOM) else 0
        return start + shift, start + len(whole.rstrip(b"\r\n"))

    def _position(self, offset: int, kind: ColumnKind) -> tuple[int, int]:
        line = self.line_of(offset)
        start, end = self.bounds(line)
        before = self.text[start : max(start, min(offset, end))]
        if self.codec == "utf-8":
            before = _without_part(before, self.text[start:end])
        return line, 1 + _width(before, self.codec, kind)


def lines_of(text: bytes) -> Lines:
    """Return the line table of a file's content."""
    # Of bytes, this splits at CR, LF and CRLF alone, as Python's tokenizer does.
    lengths = map(len, text.splitlines(keepends=True))
    starts = tuple(accumulate(lengths, initial=0))
    whole = not text or text.endswith((b"\n", b"\r"))
    return Lines(text, starts if whole else starts[:-1], _codec(text))


def _without_part(before: bytes, line: bytes) -> bytes:
    """Return the beginning of a line without the part of a character that it may end with."""
    for size in range(1, min(_LONGEST, len(before) + 1)):
        rest = line[len(before) - size : len(before) - size + _LONGEST]
        if rest[0] & 0xC0 == _FOLLOWING:
            continue
        character = rest.decode(errors="ignore")[:1].encode()
        return before[:-size] if rest.startswith(character) and len(character) > size else before
    return before


def _width(before: bytes, codec: str, kind: ColumnKind) -> int:
    if before.isascii():
        return len(before)
    # A byte that is no text counts as one character, which is how editors show it.
    decoded = before.decode(codec, "surrogateescape")
    if kind is ColumnKind.CODE_POINTS:
        return len(decoded)
    return sum(2 if ord(character) > 0xFFFF else 1 for character in decoded)  # noqa: PLR2004 - end of the BMP


def _codec(text: bytes) -> str:
    if text.startswith(_BOM):
        return "utf-8"
    for line in text.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return _known(found[1].decode("ascii", "replace"))
    return "utf-8"


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        # Also refuses codecs that are not text (hex) or not ASCII at the bottom (UTF-16).
        usable = b"#".decode(codec.name, "surrogateescape") == "#"
    except (LookupError, UnicodeError, TypeError):
        return "utf-8"
    return codec.name if usable else "utf-8"
