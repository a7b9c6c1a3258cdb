"""The target's texts as reports need them: places, and excerpts without secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countermine.core.spans import Span, TreePath
from countermine.report.escape import printable
from countermine.report.places import ColumnKind, Lines, Place, lines_of
from countermine.report.redact import redact_bytes

TAB_WIDTH = 4
MAX_LINE_CHARACTERS = 400
"""Of an excerpt: minified code in one line must not make a report of megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptLine:
    """One line of code to be shown; ``before + marked + after`` is the line."""

    number: int
    before: str
    marked: str
    """The part that is pointed at; empty in a line of context."""
    after: str

    @property
    def text(self) -> str:
        """Return the whole line."""
        return self.before + self.marked + self.after


@dataclass(slots=True)
class Sources:
    """Texts of a target; tables and masks of a file are made when it is first asked for."""

    texts: Mapping[TreePath, bytes]
    _lines: dict[TreePath, Lines | None] = field(default_factory=dict)
    _masked: dict[TreePath, Lines] = field(default_factory=dict)

    def lines(self, path: TreePath) -> Lines | None:
        """Return the lines of a file, ``None`` where its text is not at hand."""
        if path not in self._lines:
            text = self.texts.get(path)
            self._lines[path] = None if text is None else lines_of(text)
        return self._lines[path]

    def place(self, span: Span, kind: ColumnKind = ColumnKind.CODE_POINTS) -> Place | None:
        """Return where a span stands, ``None`` where the text of its file is not at hand."""
        lines = self.lines(span.path)
        return None if lines is None else lines.place(span, kind)

    def where(self, span: Span) -> str:
        """Return ``path:line:column`` on one harmless line; the path alone without its text."""
        place = self.place(span)
        path = printable(span.path)
        return path if place is None else f"{path}:{place.line}:{place.column}"

    def excerpt(self, span: Span, context: int = 2) -> tuple[ExcerptLine, ...]:
        """Return the lines of a span and some around it, secrets hidden.

        Returns:
            Nothing where the text of the file is not at hand.
        """
        masked = self._hidden(span.path)
        if masked is None:
            return ()
        first, last = masked.line_of(span.start_byte), masked.line_of(span.end_byte)
        wanted = range(max(1, first - context), min(len(masked.starts), last + context) + 1)
        return tuple(_excerpt_line(masked, number, span) for number in wanted)

    def shown_lines(self, path: TreePath) -> tuple[str, ...]:
        """Return the lines of a file as excerpts show them, but uncut."""
        masked = self._hidden(path)
        if masked is None:
            return ()
        numbers = range(1, len(masked.starts) + 1)
        return tuple(printable(_spaced(masked.line(number))) for number in numbers)

    def snippet(self, span: Span, limit_bytes: int) -> str | None:
        """Return the code of a span as it is; ``None`` where it is long or holds a secret."""
        lines, masked = self.lines(span.path), self._hidden(span.path)
        if lines is None or masked is None or span.end_byte - span.start_byte > limit_bytes:
            return None
        code = lines.text[span.start_byte : span.end_byte]
        if code != masked.text[span.start_byte : span.end_byte]:
            return None
        return code.decode(lines.codec, "replace")

    def _hidden(self, path: TreePath) -> Lines | None:
        lines = self.lines(path)
        if lines is not None and path not in self._masked:
            hidden = redact_bytes(lines.text)
            self._masked[path] = Lines(hidden, lines.starts, lines.codec)
        return self._masked.get(path)


def _excerpt_line(lines: Lines, number: int, span: Span) -> ExcerptLine:
    start, end = lines.bounds(number)
    low = min(max(span.start_byte, start), end)
    high = max(low, min(span.end_byte, end))
    cuts = (start, low), (low, high), (high, end)
    before, marked, after = (
        lines.text[a:b].decode(lines.codec, "backslashreplace") for a, b in cuts
    )
    left = MAX_LINE_CHARACTERS
    before = before if len(before) <= left // 2 else "…" + before[-left // 2 :]
    return ExcerptLine(
        number=number,
        before=_shown(before, left),
        marked=_shown(marked, left),
        after=_shown(after, max(0, left - len(before) - len(marked))),
    )


def _shown(text: str, limit: int) -> str:
    cut = text if len(text) <= limit else text[:limit] + "…"
    return printable(_spaced(cut))


def _spaced(text: str) -> str:
    return text.replace("\t", " " * TAB_WIDTH)
