"""Texts that an expression matches, and texts that it nearly matches: the same ones each time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from countermine.regexes.charsets import CharSet
from countermine.regexes.tree import Chars, Choice, Group, Node, Reference, Repeat, Sequence

_MULTIPLIER, _INCREMENT, _MASK = 6364136223846793005, 1442695040888963407, (1 << 64) - 1
"""A generator of numbers that are the same each time.

Source: D. Knuth, MMIX.
"""
_MOST_ROUNDS = 4
MOST_CHARS = 120


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
            case Repeat(item=item, least=least, most=most):
                more = self.numbers.below(_MOST_ROUNDS)
                times = least + (more if most is None else min(more, most - least))
                text = "".join(self.text(item) for _ in range(min(times, MOST_CHARS)))
            case Group(item=item, number=number):
                text = self.groups[number] = self.text(item)
            case Reference(number=number):
                text = self.groups.get(number, "")
            case _:
                pass
        return text

    def _char(self, chars: CharSet) -> str:
        if not chars.ranges:
            return ""
        sample = chars.sample
        if sample is not None and self.numbers.below(2):
            return sample
        low, high = chars.ranges[self.numbers.below(min(len(chars.ranges), 6))]
        return chr(low + self.numbers.below(min(high - low + 1, 64)))


def members(tree: Node, most: int) -> Iterator[str]:
    """Yield texts that an expression matches, unless a look or a place forbids them."""
    sampler = _Sampler(Numbers())
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
