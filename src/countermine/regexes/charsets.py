"""Sets of characters as sorted, disjoint ranges of code points."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

LAST = 0x10FFFF

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=False)
class CharSet:
    """Some characters; ranges are inclusive, sorted and do not touch."""

    ranges: Ranges

    def __contains__(self, char: str) -> bool:
        """Tell whether one character is among them."""
        code = ord(char)
        return any(low <= code <= high for low, high in self.ranges)

    def __and__(self, other: "CharSet") -> "CharSet":
        """Return the characters of both."""
        return _intersections(self, other)

    def __or__(self, other: "CharSet") -> "CharSet":
        """Return the characters of either."""
        return charset((*self.ranges, *other.ranges))

    def complement(self) -> "CharSet":
        """Return all other characters."""
        found = []
        at = 0
        for low, high in self.ranges:
            if low > at:
                found.append((at, low - 1))
            at = high + 1
        if at <= LAST:
            found.append((at, LAST))
        return CharSet(tuple(found))

    @cached_property
    def sample(self) -> str | None:
        """One of them, a printable one where there is one; ``None`` of an empty set."""
        for low, high in ((0x61, 0x7A), (0x30, 0x39), (0x21, 0x7E), (0x20, 0x20)):
            for mine_low, mine_high in self.ranges:
                start = max(low, mine_low)
                if start <= min(high, mine_high):
                    return chr(start)
        return chr(self.ranges[0][0]) if self.ranges else None


def _intersections(one: CharSet, two: CharSet) -> CharSet:
    found = []
    first, second = iter(one.ranges), iter(two.ranges)
    a, b = next(first, None), next(second, None)
    while a is not None and b is not None:
        low, high = max(a[0], b[0]), min(a[1], b[1])
        if low <= high:
            found.append((low, high))
        if a[1] < b[1]:
            a = next(first, None)
        else:
            b = next(second, None)
    return CharSet(tuple(found))


def charset(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """Return a set of ranges in any order, which may overlap."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return CharSet(tuple(merged))


def char(code: int) -> CharSet:
    """Return the set of one character."""
    return CharSet(((code, code),))


EVERYTHING = CharSet(((0, LAST),))
NEWLINE = char(0x0A)
NOT_NEWLINE = NEWLINE.complement()

_ASCII_DIGITS = ((0x30, 0x39),)
_ASCII_WORD = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_ASCII_SPACE = ((0x09, 0x0D), (0x20, 0x20))
# Beyond ASCII a part stands for the whole: what overlaps in Unicode overlaps in these as well.
_OTHER_DIGITS = ((0x660, 0x669),)
_OTHER_WORD = ((0xAA, 0xAA), (0xC0, 0x24F), (0x660, 0x669))
_OTHER_SPACE = ((0x1C, 0x1F), (0x85, 0x85), (0xA0, 0xA0))


def digits(*, ascii_only: bool) -> CharSet:
    r"""Return ``\d``."""
    return charset(_ASCII_DIGITS + (() if ascii_only else _OTHER_DIGITS))


def words(*, ascii_only: bool) -> CharSet:
    r"""Return ``\w``."""
    return charset(_ASCII_WORD + (() if ascii_only else _OTHER_WORD))


def spaces(*, ascii_only: bool) -> CharSet:
    r"""Return ``\s``."""
    return charset(_ASCII_SPACE + (() if ascii_only else _OTHER_SPACE))


def any_case(chars: CharSet) -> CharSet:
    """Return characters with the other case of those that are ASCII letters."""
    found = list(chars.ranges)
    for low, high in chars.ranges:
        for first, last, shift in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
            start, end = max(low, first), min(high, last)
            if start <= end:
                found.append((start + shift, end + shift))
    return charset(found)
