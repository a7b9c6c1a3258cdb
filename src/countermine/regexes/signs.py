"""What the signs of an expression read, and how to write one without the characters of another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from countermine.regexes.charsets import CharSet
from countermine.regexes.spelled import Bracket, Row, Sign
from countermine.regexes.tree import Chars, UnreadableError, read

_CLASS_LETTERS = {
    "\\s": "\\S", "\\S": "\\s", "\\d": "\\D", "\\D": "\\d", "\\w": "\\W", "\\W": "\\w",
}  # fmt: skip
_IN_CLASS = frozenset("]\\^-")
_SIGNS = frozenset("()[]{}?*+|^$\\.")
_MOST_LISTED = 12
_LAST_LISTED = 0x7F


@dataclass(frozen=True, slots=True)
class Signs:
    """What the signs of one expression read, by its flags."""

    flags: int
    known: dict[str, CharSet | None]

    def read(self, what: Sign | Bracket) -> CharSet | None:
        """Return the characters that a sign reads one of, ``None`` for anything else."""
        if isinstance(what, Bracket) or not what.text:
            return None
        if what.text not in self.known:
            try:
                tree = read(what.text, self.flags)
            except UnreadableError:
                tree = None
            self.known[what.text] = tree.chars if isinstance(tree, Chars) else None
        return self.known[what.text]

    def first(self, row: Row) -> Iterator[Sign]:
        """Yield signs by which a row can begin."""
        for part in row:
            if isinstance(part.what, Bracket):
                if not part.what.opening.startswith(("(?=", "(?!", "(?<")):
                    for way in part.what.ways:
                        yield from self.first(way)
            elif self.read(part.what) is not None:
                yield part.what
            if part.times.least:
                return

    def difference(self, one: str, two: str) -> str | None:
        """Return how to write a set without the characters of another.

        ``None`` if nothing changes, nothing is left, or it cannot be written.
        """
        mine, other = self.read(Sign(text=one)), self.read(Sign(text=two))
        if mine is None or other is None or not (mine & other).ranges:
            return None
        left = mine & other.complement()
        if not left.ranges:
            return None
        taken = inside_class(two)
        if taken is None:
            return self._listed(left)
        return _negated(one, two, taken, mine) or self._listed(left)

    def _listed(self, wanted: CharSet) -> str | None:
        """Return a class of ranges of ASCII, as long as it reads just what is wanted."""
        if len(wanted.ranges) > _MOST_LISTED or wanted.ranges[-1][1] > _LAST_LISTED:
            return None
        if self.flags & re.IGNORECASE:
            return None
        pieces = [_range(low, high) for low, high in wanted.ranges]
        low, high = wanted.ranges[0]
        text = pieces[0] if len(pieces) == 1 and low == high else f"[{''.join(pieces)}]"
        return text if self.read(Sign(text=text)) == wanted else None


def _negated(one: str, two: str, taken: str, mine: CharSet) -> str | None:
    """Return a negated class for a set that is written as one, without another."""
    if one == "." and two in _CLASS_LETTERS and two.islower():
        return _CLASS_LETTERS[two]
    if one == ".":
        newline = "" if "\n" in mine else "\\n"
        return f"[^{newline}{taken}]"
    if one.startswith("[^"):
        return f"{one[:-1]}{taken}]"
    if one in _CLASS_LETTERS:
        return f"[^{_CLASS_LETTERS[one]}{taken}]"
    return None


def _range(low: int, high: int) -> str:
    ends = [_literal(code) for code in dict.fromkeys((low, high))]
    return ("-" if high > low + 1 else "").join(ends)


def _literal(code: int) -> str:
    char = chr(code)
    if not char.isprintable():
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, f"\\x{code:02x}")
    return f"\\{char}" if char in _IN_CLASS or char == "[" else char


def inside_class(text: str) -> str | None:
    """Return how a sign is written inside a class, ``None`` where it cannot be."""
    if text.startswith("["):
        return None if text[1] == "^" or text[1] == "]" else text[1:-1]
    if len(text) == 1:
        if text == ".":
            return None
        return f"\\{text}" if text in _IN_CLASS else text
    return text if text[0] == "\\" and text[1] not in "bBAZ" else None
