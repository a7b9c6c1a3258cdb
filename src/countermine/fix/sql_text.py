"""Reads the text of an SQL statement with holes: which holes are values, and how they are quoted.

Only what a placeholder may stand for is a value; a table, a column or a keyword is not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from countermine.core.knowledge import NoRemedy
from countermine.fix.pieces import Hole, Piece, Text, merged

_TOKEN = re.compile(r"\s+|--[^\n]*|[A-Za-z_][\w$]*|\d[\w.]*|<>|[<>!]=|\|\||::|.", re.DOTALL)
_BEFORE_VALUE = frozenset(
    [
        "=",
        "==",
        "<",
        ">",
        "<=",
        ">=",
        "!=",
        "<>",
        "||",
        "+",
        "-",
        "*",
        "/",
        "%",
        "like",
        "ilike",
        "glob",
        "regexp",
        "rlike",
        "match",
        "limit",
        "offset",
        "then",
        "else",
        "between",
        "values",
        "escape",
    ]
)
_OPENS_VALUES = frozenset({"in", "values", "any", "all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of the statement, with the texts around it that belong to it."""

    parts: tuple[Piece, ...]
    """One hole, or holes and texts that stood between quotes together."""
    quoted: bool = False
    """Whether it stood between quotes."""


StatementPart = Text | Hole | Value
"""A hole that stays one is an identifier that the program itself chose."""


def split_statement(
    pieces: Sequence[Piece], *, keeps: frozenset[Hole]
) -> tuple[StatementPart, ...] | NoRemedy:
    """Return the statement with its values told apart from its text.

    Args:
        pieces: The expression's parts.
        keeps: Holes that may stay where no value can stand: constants of the program.
    """
    reader = _Reader(keeps=keeps)
    for piece in merged(pieces):
        problem = reader.text(piece) if isinstance(piece, Text) else reader.hole(piece)
        if problem is not None:
            return problem
    if reader.quoted is not None:
        return NoRemedy(reason="a quote of the statement is never closed")
    if _fills_a_list(reader.out):
        return NoRemedy(reason="a computed part may be several values, which stand in a list")
    return tuple(reader.out)


def _fills_a_list(parts: Sequence[StatementPart]) -> bool:
    """Tell whether one part without quotes is all that stands in the brackets of ``IN``."""
    return any(
        isinstance(before, Text)
        and isinstance(part, Value)
        and not part.quoted
        and isinstance(behind, Text)
        and re.search(r"\bin\s*\(\s*$", before.raw, re.IGNORECASE)
        and re.match(r"\s*\)", behind.raw)
        for before, part, behind in zip(parts, parts[1:], parts[2:], strict=False)
    )


class _Reader:
    """Walks over the statement with the state of an SQL lexer."""

    def __init__(self, *, keeps: frozenset[Hole]) -> None:
        self.keeps = keeps
        self.out: list[StatementPart] = []
        self.quoted: list[Piece] | None = None
        """What stands in the string that is open now."""
        self.words: list[str] = []
        """Tokens so far in lower case, a hole or a string being ``?``."""
        self.opened: list[str] = []
        """For every open parenthesis the word before it."""
        self.glued = False
        """Whether a hole was the last thing, so that a word right behind it is part of it."""

    def text(self, piece: Text) -> NoRemedy | None:
        rest = piece.raw
        while rest:
            if self.quoted is not None:
                end = _closing(rest)
                if end is None:
                    self.quoted.append(replace(piece, raw=rest))
                    return None
                self.quoted.append(replace(piece, raw=rest[:end]))
                self._close(piece)
                rest = rest[end + 1 :]
                continue
            start = self._plain(rest)
            if isinstance(start, NoRemedy):
                return start
            self.out.append(replace(piece, raw=rest[:start]))
            if start < len(rest):
                self.quoted = []
            rest = rest[start + 1 :]
        return None

    def _plain(self, rest: str) -> int | NoRemedy:
        """Read tokens up to the next string and return where it begins."""
        if self.glued and re.match(r"[\w.$]", rest):
            return NoRemedy(reason="a computed part is only a piece of a name in the statement")
        self.glued = False
        position = 0
        for token in _TOKEN.finditer(rest):
            word = token.group().lower()
            position = token.end()
            if word == "'":
                return token.start()
            if word in {'"', "`"}:
                end = rest.find(word, position)
                if end < 0:
                    return NoRemedy(reason="an identifier of the statement is computed")
                self.words.append("name")
                return self._skip(rest, end + 1)
            self._see(word)
        return position

    def _skip(self, rest: str, position: int) -> int | NoRemedy:
        """Go on behind a quoted identifier."""
        further = self._plain(rest[position:])
        return further if isinstance(further, NoRemedy) else position + further

    def _see(self, word: str) -> None:
        if not word.strip() or word.startswith("--"):
            return
        if word == "(":
            self.opened.append(self.words[-1] if self.words else "")
        elif word == ")" and self.opened:
            self.opened.pop()
        self.words.append(word)

    def _close(self, piece: Text) -> None:
        inside = list(merged(self.quoted or []))
        self.quoted = None
        self.words.append("?")
        if any(isinstance(part, Hole) for part in inside):
            self.out.append(Value(parts=tuple(inside), quoted=True))
            return
        self.out.append(replace(piece, raw="'"))
        self.out += [part for part in inside if isinstance(part, Text)]
        self.out.append(replace(piece, raw="'"))

    def hole(self, hole: Hole) -> NoRemedy | None:
        if self.quoted is not None:
            self.quoted.append(hole)
            return None
        before = self.out[-1] if self.out else None
        touches = isinstance(before, Text) and re.search(r"[\w.$]$", before.raw)
        if not touches and self._value_expected():
            self.out.append(Value(parts=(hole,)))
        elif hole in self.keeps:
            self.out.append(hole)
            self.words.append("name")
            return None
        else:
            return NoRemedy(
                reason="a computed part of the statement is a name or a keyword, "
                "which cannot be a parameter"
            )
        self.words.append("?")
        self.glued = True
        return None

    def _value_expected(self) -> bool:
        last = self.words[-1] if self.words else ""
        expected = last in _BEFORE_VALUE
        if last == "*":
            expected = len(self.words) > 1 and self.words[-2] not in {"select", ",", "("}
        elif last == "and":
            expected = "between" in self.words[-4:-1]
        elif last == "(":
            expected = self._opens_values(self.opened[-1] if self.opened else "")
        elif last == "," and self.opened:
            expected = self._opens_values(self.opened[-1])
        elif last == ",":
            expected = "limit" in self.words[-3:] or self._in_values()
        return expected

    def _opens_values(self, word: str) -> bool:
        if word in _OPENS_VALUES or (word == "," and self._in_values()):
            return True
        followed = [
            w for w in self.words if w in {"into", "values", "where", "table", "select", "set"}
        ]
        is_call = bool(re.fullmatch(r"[a-z_]\w*", word)) and word not in {"name", "and", "or"}
        return is_call and bool(followed) and followed[-1] in {"where", "values", "set"}

    def _in_values(self) -> bool:
        return "values" in self.words


def _closing(text: str) -> int | None:
    """Return where the string that is open closes; two quotes in a row do not close it."""
    position = 0
    while (found := text.find("'", position)) >= 0:
        if text[found + 1 : found + 2] != "'":
            return found
        position = found + 2
    return None
