"""Django templates, lowered to the intermediate form.

Tags of the language itself are known; any other tag is left out, and what stands between an
unknown tag and its end is read as if neither were there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from countermine.flow import ir
from countermine.templates.filters import Effect, effect_of
from countermine.templates.html import Reader
from countermine.templates.jinja_expressions import filtered
from countermine.templates.page import Page, Part

DEPTH = 80
"""Blocks within blocks; written ones stay below ten."""
LONGEST = 40
"""Names, or filters, in a row; written ones stay below ten."""
_OPENING = re.compile(r"\{[{%#]")
_CLOSINGS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_WORDS = re.compile(r"""(?:[^\s'"]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+""")
_PIPES = re.compile(r"""\|\s*(\w+)(?::("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s|]+))?""")
_ESCAPED = re.compile(r"\|\s*(?:escape|force_escape|e)\s*$")
"""The last filter escapes."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_VARIABLE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
_CONSTANTS: dict[str, bool | None] = {"True": True, "False": False, "None": None}
_ENDS = {
    "if": ("elif", "else", "endif"),
    "for": ("empty", "endfor"),
    "with": ("endwith",),
    "autoescape": ("endautoescape",),
    "block": ("endblock",),
    "filter": ("endfilter",),
    "blocktrans": ("endblocktrans",),
    "blocktranslate": ("endblocktranslate",),
}
_VERBATIM = {"comment": "endcomment", "verbatim": "endverbatim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A tag, a variable, or the text between two."""

    start: int
    end: int
    words: tuple[str, ...] = ()
    """Of a tag."""
    variable: str | None = None


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    place = 0
    for start, end in _marked(text):
        if start < place:
            continue
        if start > place:
            found.append(_Piece(start=place, end=start))
        place = end
        inner = text[start + 2 : end - 2].strip()
        if text[start + 1] == "{":
            found.append(_Piece(start=start, end=end, variable=inner))
        elif text[start + 1] == "%":
            words = tuple(_WORDS.findall(inner))
            if words and words[0] in _VERBATIM:
                ending = re.compile(rf"\{{%\s*{_VERBATIM[words[0]]}\b[^%]*%\}}").search(text, place)
                place = len(text) if ending is None else ending.end()
                continue
            found.append(_Piece(start=start, end=end, words=words or ("",)))
    if place < len(text):
        found.append(_Piece(start=place, end=len(text)))
    return found


def _marked(text: str) -> Iterator[tuple[int, int]]:
    """Yield where tags, variables and comments begin and end, in time that grows as the text."""
    closing: dict[str, int] = {}
    place = 0
    while (opening := _OPENING.search(text, place)) is not None:
        start = opening.start()
        mark = _CLOSINGS[opening[0]]
        if closing.get(mark, -1) < start + 2:
            end = text.find(mark, start + 2)
            closing[mark] = end if end >= 0 else len(text)
        if closing[mark] == len(text):
            place = start + 2
            continue
        place = closing[mark] + 2
        yield start, place


def lower(page: Page) -> list[ir.Stmt]:
    """Return what a template does."""
    lowering = _Lowering(page, _pieces(page.text))
    body: list[ir.Stmt] = []
    while lowering.place < len(lowering.pieces):
        body += lowering.body((), 0)
        lowering.place += 1
    return body


class _Lowering:
    """Reads one template from its beginning to its end."""

    def __init__(self, page: Page, pieces: list[_Piece]) -> None:
        self.page = page
        self.pieces = pieces
        self.place = 0
        self.parent_blocks: dict[str, Reader] = {}

    def body(self, ends: tuple[str, ...], depth: int) -> list[ir.Stmt]:
        """Read up to one of the tags ``ends``, which stays to be read."""
        found: list[ir.Stmt] = []
        while self.place < len(self.pieces):
            piece = self.pieces[self.place]
            if piece.words and piece.words[0] in ends:
                return found
            self.place += 1
            if piece.variable is not None:
                found += self._shown(piece, piece.variable)
            elif piece.words:
                found += self._tag(piece, depth + 1)
            else:
                self.page.feed(self.page.text[piece.start : piece.end])
        return found

    def _end(self, *names: str) -> _Piece | None:
        """Go over the tag that ended a body, if it is one of these."""
        if self.place < len(self.pieces) and self.pieces[self.place].words[:1] != ():
            piece = self.pieces[self.place]
            if piece.words[0] in names:
                self.place += 1
                return piece
        return None

    def _shown(self, piece: _Piece, text: str) -> list[ir.Stmt]:
        value, raw = self.variable(piece, text)
        escapes = self.page.escapes or _ESCAPED.search(text) is not None
        part = Part(value=value, raw=raw or not escapes)
        return self.page.output(piece.start, piece.end, [part])

    def variable(self, piece: _Piece, text: str) -> tuple[ir.Expr, bool]:
        """Return a variable with its filters, and whether it is not to be escaped."""
        start, end = self.page.span(piece.start, piece.end)
        head, _, _ = text.partition("|") if text[:1] not in ('"', "'") else _quoted(text)
        value = self._value(head.strip(), start, end)
        raw = False
        for match in islice(_PIPES.finditer(text, len(head)), LONGEST):
            others = [] if match[2] is None else [self._value(match[2], start, end)]
            effect = effect_of(match[1])
            raw = effect is Effect.RAW or (raw and effect is Effect.PASSES)
            if match[1] == "add" and others:
                value = ir.Binary(start, end, "+", [value, others[0]])
            else:
                value = filtered(match[1], value, others, (start, end))
        return value, raw

    def _value(self, text: str, start: int, end: int) -> ir.Expr:
        text = text.removeprefix("_(").removesuffix(")") if text.startswith("_(") else text
        if text[:1] in ("'", '"'):
            return ir.Const(start, end, text[1:-1])
        if _NUMBER.fullmatch(text):
            return ir.Const(start, end, float(text) if "." in text else int(text))
        if text in _CONSTANTS:
            return ir.Const(start, end, _CONSTANTS[text])
        if not _VARIABLE.fullmatch(text):
            return ir.Opaque(start, end, [])
        first, *rest = text.split(".")
        if first in ("forloop", "block", "csrf_token"):
            return ir.Opaque(start, end, [])
        value: ir.Expr = self.page.name(start, first)
        for name in rest[:LONGEST]:
            value = ir.Lookup(start, end, value, name)
        return value

    # tags

    def _tag(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        handler = _TAGS.get(piece.words[0])
        if handler is None or depth > DEPTH:
            return []
        return handler(self, piece, depth)

    def if_(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        start, end = self.page.span(piece.start, piece.end)
        arms: list[tuple[ir.Expr, list[ir.Stmt]]] = []
        otherwise: list[ir.Stmt] = []
        test: _Piece | None = piece
        while test is not None and test.words[0] in ("if", "elif"):
            condition = self._condition(test)
            arms.append((condition, self.body(_ENDS["if"], depth)))
            test = self._end(*_ENDS["if"])
        if test is not None and test.words[0] == "else":
            otherwise = self.body(("endif",), depth)
            self._end("endif")
        return [ir.Branch(start, end, arms, otherwise)]

    def _condition(self, piece: _Piece) -> ir.Expr:
        start, end = self.page.span(piece.start, piece.end)
        words = piece.words[1:]
        if len(words) == 1:
            return self.variable(piece, words[0])[0]
        if len(words) == 2 and words[0] == "not":  # noqa: PLR2004 - the word and its operand
            return ir.Not(start, end, self.variable(piece, words[1])[0])
        if len(words) == 3 and words[1] in ("==", "!=", "in"):  # noqa: PLR2004 - two operands
            left, right = (self.variable(piece, w)[0] for w in (words[0], words[2]))
            return ir.Compare(start, end, words[1], left, right)
        return ir.Opaque(start, end, [])

    def for_(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        start, end = self.page.span(piece.start, piece.end)
        words = list(piece.words[1:])
        place = words.index("in") if "in" in words else len(words)
        names = [n for n in re.split(r"[\s,]+", " ".join(words[:place])) if n]
        source = words[place + 1] if place + 1 < len(words) else ""
        iterable = self.variable(piece, source)[0]
        targets: list[ir.Expr] = [ir.Name(start, end, n) for n in names]
        target = targets[0] if len(targets) == 1 else ir.Sequence(start, end, "tuple", targets)
        body = self.body(_ENDS["for"], depth)
        otherwise: list[ir.Stmt] = []
        if (ending := self._end(*_ENDS["for"])) is not None and ending.words[0] == "empty":
            otherwise = self.body(("endfor",), depth)
            self._end("endfor")
        return [ir.Loop(start, end, target, iterable, None, body, otherwise)]

    def with_(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        start, end = self.page.span(piece.start, piece.end)
        given = self._assigned(piece, piece.words[1:])
        found: list[ir.Stmt] = [
            ir.Assign(start, end, [ir.Name(start, end, name)], value)
            for name, value in given.items()
        ]
        ends = _ENDS[piece.words[0]]
        if piece.words[0].startswith("blocktrans"):
            return [*found, *self._translated(ends, depth)]
        found += self.body(ends, depth)
        self._end(*ends)
        return found

    def _translated(self, ends: tuple[str, ...], depth: int) -> list[ir.Stmt]:
        found = self.body(ends, depth)
        self._end(*ends)
        return found

    def _assigned(self, piece: _Piece, words: tuple[str, ...]) -> dict[str, ir.Expr]:
        """Return what ``name=value`` and ``value as name`` give."""
        found: dict[str, ir.Expr] = {}
        for place, word in enumerate(words):
            name, equals, value = word.partition("=")
            if equals and name.isidentifier():
                found[name] = self.variable(piece, value)[0]
            elif word == "as" and 0 < place < len(words) - 1:
                found[words[place + 1]] = self.variable(piece, words[place - 1])[0]
        return found

    def autoescape(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        before = self.page.escapes
        self.page.escapes = piece.words[1:2] != ("off",)
        found = self.body(_ENDS["autoescape"], depth)
        self._end(*_ENDS["autoescape"])
        self.page.escapes = before
        return found

    def filter(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        ends = _ENDS[piece.words[0]]
        found = self.body(ends, depth)
        self._end(*ends)
        return found

    def block(self, piece: _Piece, depth: int) -> list[ir.Stmt]:
        page = self.page
        name = piece.words[1] if len(piece.words) > 1 else ""
        outer = page.reader
        known = self.parent_blocks.get(name)
        if known is not None:
            page.reader = known.copy()
        page.blocks[name] = page.reader.copy()
        found = self.body(_ENDS["block"], depth)
        self._end(*_ENDS["block"])
        page.reader = outer if known is not None else page.reader
        return found

    def other(self, piece: _Piece, _depth: int) -> list[ir.Stmt]:
        """Call the template that this one extends or includes."""
        words = piece.words[1:]
        if not words or words[0][:1] not in ("'", '"'):
            return []
        name = words[0][1:-1]
        other = self.page.load(name)
        if other is None:
            return []
        if piece.words[0] == "extends":
            self.parent_blocks = other.blocks
            self.page.blocks = dict(other.blocks)
        given = self._assigned(piece, words[1:])
        return [self.page.call(other, piece.start, given)]

    def first_of(self, piece: _Piece, _depth: int) -> list[ir.Stmt]:
        words = piece.words[1:]
        if "as" in words:
            return []
        parts = []
        for word in words:
            value, raw = self.variable(piece, word)
            parts.append(Part(value=value, raw=raw or not self.page.escapes))
        return self.page.output(piece.start, piece.end, parts)

    def unknown_output(self, _piece: _Piece, _depth: int) -> list[ir.Stmt]:
        if self.page.html:
            self.page.reader.put()
        return []


def _quoted(text: str) -> tuple[str, str, str]:
    """Split what begins with a quoted text behind it."""
    end = text.find(text[0], 1)
    head = text[: end + 1] if end > 0 else text
    return head, "", text[len(head) :]


_TAGS: dict[str, Callable[[_Lowering, _Piece, int], list[ir.Stmt]]] = {
    "if": _Lowering.if_,
    "for": _Lowering.for_,
    "with": _Lowering.with_,
    "blocktrans": _Lowering.with_,
    "blocktranslate": _Lowering.with_,
    "autoescape": _Lowering.autoescape,
    "filter": _Lowering.filter,
    "block": _Lowering.block,
    "extends": _Lowering.other,
    "include": _Lowering.other,
    "firstof": _Lowering.first_of,
    "cycle": _Lowering.first_of,
    "url": _Lowering.unknown_output,
    "static": _Lowering.unknown_output,
    "trans": _Lowering.unknown_output,
    "translate": _Lowering.unknown_output,
}
