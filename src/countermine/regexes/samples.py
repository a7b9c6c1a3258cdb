"""Texts that an expression matches, and texts that it nearly matches: the same ones each time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from countermine.regexes.charsets import CharSet
from countermine.regexes.matcher import matches, steps
from countermine.regexes.program import program
from countermine.regexes.tree import (
    At,
    Chars,
    Choice,
    Group,
    Node,
    Reference,
    Repeat,
    Sequence,
    nodes,
    repeats,
)

_MULTIPLIER, _INCREMENT, _MASK = 6364136223846793005, 1442695040888963407, (1 << 64) - 1
"""A generator of numbers that are the same each time.

Source: D. Knuth, MMIX.
"""
_MOST_ROUNDS = 4
_WRITTEN = CharSet(((0x20, 0x7E),))
MANY_ROUNDS = 600
MOST_CHARS = 120
_MOST_LONG_CHARS = 4000
_MOST_TRIED = 40
_FEW = 2
_ENDS = 6
_TELLING = ("\u00e9", "\u0436", "\u0663", "\n", "\t", "\u2003", " ", "_", "-", "'", '"', "Z", "5")
"""Characters by which classes that look alike are told apart: letters of other languages, kinds of
blanks, what is quoted."""
_MOST_STEPS = 40_000
"""A text that takes longer is no legitimate use of an expression that costs too much."""


@dataclass(slots=True)
class Numbers:
    """Numbers in an order that looks like chance."""

    state: int = 1

    def below(self, bound: int) -> int:
        """Return the next one, smaller than a bound."""
        self.state = (self.state * _MULTIPLIER + _INCREMENT) & _MASK
        return (self.state >> 33) % bound


@dataclass(slots=True)
class _Sampler:
    numbers: Numbers
    tame: bool = False
    """Whether characters are such as people write, where the expression takes some."""
    wanted: str = ""
    """A character that is taken wherever it may stand."""
    often: Repeat | None = None
    """A repetition that goes round many times; all others then do so as seldom as they may."""
    groups: dict[int, str] = field(default_factory=dict)

    def text(self, tree: Node) -> str:
        text = ""
        match tree:
            case Chars(chars=chars):
                text = self._char(chars)
            case Sequence(items=items):
                text = "".join(self.text(item) for item in items)
            case Choice(items=items):
                text = self.text(items[self.numbers.below(len(items))])
            case Repeat(item=item, least=least):
                times = least + self._more(tree)
                text = "".join(self.text(item) for _ in range(min(times, MANY_ROUNDS)))
            case Group(item=item, number=number):
                text = self.groups[number] = self.text(item)
            case Reference(number=number):
                text = self.groups.get(number, "")
            case _:
                pass
        return text

    def _more(self, tree: Repeat) -> int:
        """Return how often a repetition goes round beyond what it must."""
        more = self.numbers.below(_MOST_ROUNDS)
        if self.often is not None:
            more = MANY_ROUNDS if tree is self.often else 1
        elif self.wanted:
            more = max(1, more)
        return more if tree.most is None else min(more, tree.most - tree.least)

    def _char(self, chars: CharSet) -> str:
        if not chars.ranges:
            return ""
        if self.wanted and self.wanted in chars:
            return self.wanted
        if self.tame:
            chars = chars & _WRITTEN if (chars & _WRITTEN).ranges else chars
        sample = chars.sample
        if sample is not None and self.numbers.below(2):
            return sample
        low, high = chars.ranges[self.numbers.below(min(len(chars.ranges), 6))]
        return chr(low + self.numbers.below(min(high - low + 1, 64)))


def members(tree: Node, most: int, *, tame: bool = False) -> Iterator[str]:
    """Yield texts that an expression matches, unless a look or a place forbids them."""
    sampler = _Sampler(Numbers(), tame=tame)
    for _ in range(most):
        sampler.groups.clear()
        text = sampler.text(tree)
        if len(text) <= MOST_CHARS:
            yield text


def samples(tree: Node, most: int) -> Iterator[str]:
    """Yield texts that an expression matches, each followed by one that is nearly the same."""
    numbers = Numbers(7)
    for text in members(tree, most):
        yield text
        yield _nearly(text, numbers)


def _nearly(text: str, numbers: Numbers) -> str:
    at = numbers.below(len(text) + 1)
    one = text[numbers.below(len(text))] if text else "x"
    kind = numbers.below(5)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + one + text[at:]
    if kind == 2:  # noqa: PLR2004 - one of the ways
        return text + text
    return text[:at] + one + text[at + 1 :] if kind == 4 else text + "!"  # noqa: PLR2004 - as above


def fitting(tree: Node, most: int) -> tuple[str, ...]:
    """Return texts that an expression matches from their start to their end, and others.

    Of each kind of character that it reads there is a text with one; some are long, and in some a
    sign stands there twice, so that they do not match.

    Args:
        tree: The expression.
        most: How many texts are returned at most.
    """
    code = program(Sequence((tree, At("last-end"))))

    def quick(text: str) -> bool:
        return steps(code, text, searches=True, bound=_MOST_STEPS) < _MOST_STEPS

    def good(text: str) -> bool:
        return quick(text) and matches(code, text, bound=_MOST_STEPS)

    made = dict.fromkeys(one for one in members(tree, _MOST_TRIED, tame=True) if one)
    short = list(filter(good, made))[:_FEW]
    others = (one for one in _doubled(short) if quick(one) and not good(one))
    found = [*short, *islice(others, _FEW), *islice(filter(good, _long(tree)), _FEW)]
    found += filter(good, _with_each(tree))
    return tuple(dict.fromkeys(found))[:most]


def _with_each(tree: Node) -> Iterator[str]:
    """Yield texts with one character wherever it may stand, for each that may tell sets apart."""
    sets = dict.fromkeys(one.chars for one in nodes(tree) if isinstance(one, Chars))
    ends = (code for chars in sets for pair in chars.ranges[:_ENDS] for code in pair)
    for char in dict.fromkeys((*_TELLING, *map(chr, ends))):
        if char.isprintable() or char.isspace() or char.isascii():
            yield from _with(tree, char, sets)


def _with(tree: Node, char: str, sets: Iterable[CharSet]) -> Iterator[str]:
    if any(char in one for one in sets):
        text = _Sampler(Numbers(), tame=True, wanted=char).text(tree)
        if char in text and len(text) <= MOST_CHARS:
            yield text


def _doubled(texts: list[str]) -> Iterator[str]:
    """Yield texts with one of their signs twice, each sign once, the shortest text first."""
    seen: set[str] = set()
    for text in sorted(texts, key=len):
        for at, sign in enumerate(text):
            if sign not in seen:
                seen.add(sign)
                yield text[:at] + sign + text[at:]


def _long(tree: Node) -> Iterator[str]:
    for one in repeats(tree):
        text = _Sampler(Numbers(), tame=True, often=one).text(tree)
        if one.most is None and MOST_CHARS < len(text) <= _MOST_LONG_CHARS:
            yield text
