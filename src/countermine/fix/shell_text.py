"""Reads a shell command with holes: its words, and how the holes are quoted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countermine.core.knowledge import NoRemedy
from countermine.fix.pieces import Hole, Piece, Text, merged

_SPECIAL = set("|&;<>()$`*?[]{}~#!\n\r\\")
"""Outside quotes these make more of a command than words."""
_SPECIAL_IN_DOUBLE = set("$`\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What stands between quotes, with at least one hole."""

    parts: tuple[Piece, ...]
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A shell command taken apart."""

    parts: tuple[Text | Hole | Quoted, ...]
    """The whole text; constant quoted strings are part of the text."""
    words: tuple[tuple[Piece, ...], ...] | None
    """The words, quotes taken away; ``None`` when the command is more than plain words."""


def read_command(pieces: Sequence[Piece]) -> Command | NoRemedy:
    """Take a command apart, or say why its quoting cannot be told."""
    reader = _Reader()
    for piece in merged(pieces):
        if isinstance(piece, Hole):
            reader.hole(piece)
        else:
            reader.text(piece)
    if reader.quote:
        return NoRemedy(reason="a quote of the command is never closed")
    if reader.odd:
        return NoRemedy(reason=reader.odd)
    reader.end_word()
    return Command(
        parts=tuple(merged_parts(reader.parts)),
        words=None if reader.special else tuple(merged(word) for word in reader.words),
    )


def merged_parts(parts: Sequence[Text | Hole | Quoted]) -> list[Text | Hole | Quoted]:
    """Join neighbouring texts of one literal."""
    out: list[Text | Hole | Quoted] = []
    for part in parts:
        last = out[-1] if out else None
        if isinstance(part, Text) and isinstance(last, Text) and last.token is part.token:
            out[-1] = replace(last, raw=last.raw + part.raw)
        else:
            out.append(part)
    return out


class _Reader:
    def __init__(self) -> None:
        self.parts: list[Text | Hole | Quoted] = []
        self.words: list[list[Piece]] = []
        self.word: list[Piece] | None = None
        self.quote = ""
        self.inside: list[Piece] = []
        self.special = False
        self.odd = ""

    def hole(self, hole: Hole) -> None:
        if self.word is None:
            self.word = []
        self.word.append(hole)
        (self.inside if self.quote else self.parts).append(hole)

    def text(self, piece: Text) -> None:
        for character in piece.raw:
            part = replace(piece, raw=character)
            if self.quote:
                self._quoted(part)
            elif character in "'\"":
                self.quote, self.inside = character, []
                self.word = self.word if self.word is not None else []
            else:
                self._plain(part)

    def _plain(self, part: Text) -> None:
        self.parts.append(part)
        if part.raw in " \t":
            self.end_word()
            return
        self.special = self.special or part.raw in _SPECIAL
        self.word = [*(self.word or []), part]

    def _quoted(self, part: Text) -> None:
        if part.raw == self.quote:
            self._close(part)
            return
        if self.quote == '"' and part.raw in _SPECIAL_IN_DOUBLE:
            self.special = True
        if part.raw == "\\":
            self.special = True
        self.inside.append(part)
        self.word = [*(self.word or []), part]

    def _close(self, part: Text) -> None:
        quote, self.quote = self.quote, ""
        if not any(isinstance(piece, Hole) for piece in self.inside):
            texts = [piece for piece in self.inside if isinstance(piece, Text)]
            self.parts += [replace(part, raw=quote), *texts, replace(part, raw=quote)]
            return
        inner = merged(self.inside)
        bad = _SPECIAL_IN_DOUBLE if quote == '"' else set("\\")
        if any(set(piece.raw) & bad for piece in inner if isinstance(piece, Text)):
            self.odd = "a quoted string of the command is expanded by the shell"
        self.parts.append(Quoted(parts=inner, quote=quote))

    def end_word(self) -> None:
        if self.word is not None:
            self.words.append(self.word)
        self.word = None
