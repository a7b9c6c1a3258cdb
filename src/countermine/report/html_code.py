"""Code for a page: highlighted, numbered, with what matters marked. Never more than text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.token import Token, _TokenType

from countermine.core.spans import Span, TreePath, is_python_name
from countermine.report.diffs import Change, DiffLine, FileDiff
from countermine.report.sources import ExcerptLine, Sources

MAX_HIGHLIGHTED_CHARACTERS = 100_000
"""Of one excerpt with what stands before it: more takes long, and reads as well without colour."""
_OUTERMOST = re.compile(r"(?:async +def|def|class|import|from)\b|@")
"""How a line begins that is hardly ever inside a string: the lexer can start there."""
_CLASSES = (
    (Token.Comment, "c"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "n"),
    (Token.Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Token.Name.Function, "f"),
    (Token.Name.Class, "f"),
    (Token.Name.Decorator, "f"),
    (Token.Name.Builtin, "b"),
)
"""The first that fits gives the class of a token; most tokens need none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One line of a page's code."""

    number: int | None
    html: Markup
    pointed: bool = False
    """Whether something in it is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """One line of a page's diff."""

    sign: str
    kind: str
    old: int | None
    new: int | None
    html: Markup


@dataclass(slots=True)
class Highlighter:
    """Highlights lines of the target's files."""

    sources: Sources
    _lines: dict[TreePath, tuple[str, ...]] = field(default_factory=dict)

    def excerpt(self, span: Span, context: int = 2) -> tuple[CodeRow, ...]:
        """Return the lines of a span and around it, without the indentation that all share."""
        if span.path not in self._lines:
            self._lines[span.path] = self.sources.shown_lines(span.path)
        rows = self.sources.excerpt(span, context)
        numbers = [row.number for row in rows]
        lines = window(self._lines[span.path], numbers) if is_python_name(span.path) else {}
        indent = min((_indent(row.text) for row in rows if row.text), default=0)
        # A mark may begin in the indentation, where nothing may be taken away.
        indent = min([indent, *(len(row.before) for row in rows if row.marked)])
        return tuple(_code_row(row, lines.get(row.number, ()), indent) for row in rows)


Piece = tuple[str, str]
"""A class of the style sheet, empty for none, and the text that has it."""
Pieces = tuple[Piece, ...]


def highlighted(lines: Sequence[str]) -> tuple[Pieces, ...]:
    """Return lines of Python as pieces; together they are the lines again, whatever they hold."""
    text = "\n".join(lines)
    if len(text) > MAX_HIGHLIGHTED_CHARACTERS:
        return tuple((("", line),) for line in lines)
    out: list[list[Piece]] = [[]]
    for kind, value in _lexer().get_tokens(text):
        name = _class_of(kind)
        first, *others = value.split("\n")
        out[-1].append((name, first))
        out.extend([(name, other)] for other in others)
    return tuple(tuple(pieces) for pieces in out[: len(lines)])


def window(lines: Sequence[str], numbers: Sequence[int]) -> dict[int, Pieces]:
    """Return some lines of a file as pieces, by number; the file is not read as a whole."""
    if not numbers or max(numbers) > len(lines):
        return {}
    first, last = min(numbers), max(numbers)
    start = next((n for n in range(first, 0, -1) if _OUTERMOST.match(lines[n - 1])), 1)
    pieces = highlighted(lines[start - 1 : last])
    return {number: pieces[number - start] for number in range(first, last + 1)}


def diff_rows(diff: FileDiff) -> tuple[tuple[DiffRow, ...], ...]:
    """Return the hunks of a diff, highlighted where the whole files are at hand."""
    return tuple(_hunk(diff, hunk) for hunk in diff.hunks)


def _hunk(diff: FileDiff, hunk: Sequence[DiffLine]) -> tuple[DiffRow, ...]:
    old = window(diff.old_lines, [line.old for line in hunk if line.old is not None])
    new = window(diff.new_lines, [line.new for line in hunk if line.new is not None])
    return tuple(_diff_row(line, old, new) for line in hunk)


def _diff_row(line: DiffLine, old: Mapping[int, Pieces], new: Mapping[int, Pieces]) -> DiffRow:
    kind = {Change.SAME: "same", Change.ADDED: "added", Change.REMOVED: "removed"}[line.change]
    number, side = (line.old, old) if line.new is None else (line.new, new)
    pieces = side.get(number, ()) if number is not None else ()
    if _text(pieces) != line.text:
        pieces = (("", line.text),)
    return DiffRow(
        sign=line.change.value, kind=kind, old=line.old, new=line.new, html=_html(pieces)
    )


def _code_row(row: ExcerptLine, pieces: Pieces, indent: int) -> CodeRow:
    if _text(pieces) != row.text:
        pieces = (("", row.text),)
    start, end = len(row.before), len(row.before) + len(row.marked)
    before, marked, after = (
        _cut(pieces, indent, start),
        _cut(pieces, start, end),
        _cut(pieces, max(end, indent)),
    )
    html = _html(before)
    if row.marked:
        html += Markup("<mark>{}</mark>").format(_html(marked))
    return CodeRow(number=row.number, html=html + _html(after), pointed=bool(row.marked))


def _cut(pieces: Pieces, start: int, end: int | None = None) -> Pieces:
    """Return the pieces between two characters of a line."""
    out: list[Piece] = []
    at = 0
    for name, text in pieces:
        low = max(0, start - at)
        high = len(text) if end is None else min(len(text), end - at)
        if low < high:
            out.append((name, text[low:high]))
        at += len(text)
    return tuple(out)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _html(pieces: Pieces) -> Markup:
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)
        for name, text in pieces
        if text
    )


def _text(pieces: Pieces) -> str:
    return "".join(text for _, text in pieces)


@cache
def _lexer() -> Lexer:
    return PythonLexer(stripnl=False, stripall=False, ensurenl=False)


@cache
def _class_of(kind: _TokenType) -> str:
    for known, name in _CLASSES:
        # A token type holds the types below it; the stubs take it for a tuple of strings.
        if kind in known:  # type: ignore[comparison-overlap]
            return name
    return ""
