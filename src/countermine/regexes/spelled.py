"""A regular expression as it is spelled: parts that give back the very text they were read from.

What ``tree`` reads says what an expression means; this says how it is written, so that one part of
it can be written in another way and all others stay as they are.
"""

import re
from dataclasses import dataclass, replace
from typing import TypeAlias

from countermine.regexes.tree import UnreadableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How often: ``*``, ``+?``, ``{2,}``."""

    least: int = 1
    most: int | None = 1
    """``None`` without a bound."""
    mode: str = ""
    """Empty, ``?`` (as few as possible) or ``+`` (possessive)."""

    @property
    def is_loop(self) -> bool:
        """Whether there is no bound."""
        return self.most is None

    def text(self) -> str:
        """Return it in its shortest form."""
        known = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): ""}
        pair = (self.least, self.most)
        if pair in known:
            return known[pair] + (self.mode if known[pair] else "")
        if self.least == self.most:
            return f"{{{self.least}}}"
        return f"{{{self.least},{'' if self.most is None else self.most}}}{self.mode}"


ONCE = Times()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A character, a class of them, an escape or a place; also a part that is not looked into."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """What stands between parentheses."""

    opening: str
    """``(``, ``(?:``, ``(?P<name>``, ``(?=``."""
    ways: "Ways"

    @property
    def is_plain(self) -> bool:
        """Whether it only holds together."""
        return self.opening == "(?:"

    @property
    def captures(self) -> bool:
        """Whether it is a group with a number."""
        return self.opening == "(" or self.opening.startswith("(?P<")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sign or bracket with how often it stands there."""

    what: Sign | Bracket
    times: Times = ONCE
    spelled: str | None = None
    """How the source writes ``times``; ``None`` for the shortest form."""
    before: str = ""
    """Blanks and comments of a verbose expression."""


Row: TypeAlias = tuple[Part, ...]
"""One part after the other."""
Ways: TypeAlias = tuple[Row, ...]
"""Rows, of which the first that leads on is taken."""

_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|[1-3][0-7]{2}"
    r"|[1-9][0-9]?|.)",
    re.DOTALL,
)
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
_TIMES = re.compile(r"(?:([*+?])|\{(\d*)(?:(,)(\d*))?\})([?+]?)")
_OPENING = re.compile(r"\(\?(?:P<\w+>|[:=!>]|<[=!]|[aiLmsux]*(?:-[imsx]+)?:)|\((?!\?)")
_WHOLE = re.compile(r"\(\?P=\w+\)|\(\?[aiLmsux]+\)")
_BLANKS = re.compile(r"(?:\s|#[^\n]*(?:\n|$))+")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
_AGAIN = re.compile(r"\\[1-9]|\(\?P=")
_MAX_DEPTH = 60


def spell(pattern: str, flags: int = 0) -> Ways:
    """Return the parts of a pattern; ``text_of`` gives it back.

    Raises:
        UnreadableError: If it holds what is not known here.
    """
    try:
        reader = _Reader(pattern, bool(flags & re.VERBOSE))
        ways = reader.ways(0)
    except RecursionError as error:
        raise UnreadableError from error
    if reader.at != len(pattern) or text_of(ways) != pattern:
        raise UnreadableError
    return ways


def text_of(ways: Ways) -> str:
    """Return the pattern that parts spell."""
    return "|".join("".join(_part_text(part) for part in row) for row in ways)


def _part_text(part: Part) -> str:
    times = part.times.text() if part.spelled is None else part.spelled
    return part.before + what_text(part.what) + times


def what_text(what: Sign | Bracket) -> str:
    """Return how a sign or bracket is written."""
    if isinstance(what, Sign):
        return what.text
    return f"{what.opening}{text_of(what.ways)})"


def plain(*rows: Row) -> Bracket:
    """Return a bracket that only holds together."""
    return Bracket(opening="(?:", ways=rows)


class _Reader:
    def __init__(self, pattern: str, verbose: bool) -> None:  # noqa: FBT001 - private
        self.pattern = pattern
        self.verbose = verbose
        self.at = 0

    def ways(self, depth: int) -> Ways:
        if depth > _MAX_DEPTH:
            raise UnreadableError
        rows: list[Row] = []
        row: list[Part] = []
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                rows.append(tuple(row))
                row = []
                continue
            row.append(self._part(depth))
        return (*rows, tuple(row))

    def _part(self, depth: int) -> Part:
        before = self._skipped()
        if self.at >= len(self.pattern) or self.pattern[self.at] in ")|":
            return Part(what=Sign(text=""), before=before)
        what = self._what(depth)
        between = self._skipped()
        found = _TIMES.match(self.pattern, self.at)
        times = None if found is None else _times(found)
        if found is None or times is None:
            self.at -= len(between)
            return Part(what=what, before=before)
        if between:
            raise UnreadableError
        self.at = found.end()
        return Part(what=what, times=times, spelled=found.group(), before=before)

    def _skipped(self) -> str:
        start = self.at
        while found := _COMMENT.match(self.pattern, self.at) or (
            _BLANKS.match(self.pattern, self.at) if self.verbose else None
        ):
            self.at = found.end()
        return self.pattern[start : self.at]

    def _what(self, depth: int) -> Sign | Bracket:
        char = self.pattern[self.at]
        kinds = {"\\": _ESCAPE, "[": _CLASS}
        found = kinds[char].match(self.pattern, self.at) if char in kinds else None
        if char == "(":
            found = _WHOLE.match(self.pattern, self.at)
            if found is None:
                return self._bracket(depth)
        elif char in kinds and found is None:
            raise UnreadableError
        text = char if found is None else found.group()
        self.at += len(text)
        return Sign(text=text)

    def _bracket(self, depth: int) -> Bracket:
        found = _OPENING.match(self.pattern, self.at)
        if found is None:
            raise UnreadableError
        self.at = found.end()
        outer, opening = self.verbose, found.group()
        named = opening[2:-1].partition("-")
        if "x" in named[0] + named[2] and not opening.startswith("(?P"):
            raise UnreadableError
        inside = self.ways(depth + 1)
        self.verbose = outer
        if self.at >= len(self.pattern):
            raise UnreadableError
        self.at += 1
        return Bracket(opening=opening, ways=inside)


def _times(found: re.Match[str]) -> Times | None:
    sign, least, comma, most, mode = found.groups()
    if sign is not None:
        return Times(least=int(sign == "+"), most=1 if sign == "?" else None, mode=mode)
    if not least and not comma:
        return None
    if comma is None:
        return Times(least=int(least), most=int(least), mode=mode)
    return Times(least=int(least or 0), most=int(most) if most else None, mode=mode)


def uncaptured(ways: Ways) -> Ways:
    """Return parts without groups that have a number.

    Raises:
        UnreadableError: If one of them is asked for again.
    """
    if _AGAIN.search(text_of(ways)):
        raise UnreadableError
    return tuple(tuple(_uncaptured(part) for part in row) for row in ways)


def _uncaptured(part: Part) -> Part:
    what = part.what
    if isinstance(what, Sign):
        return part
    opening = "(?:" if what.captures else what.opening
    return replace(part, what=Bracket(opening=opening, ways=uncaptured(what.ways)))
