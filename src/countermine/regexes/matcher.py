"""A matcher that counts: it goes the ways of Python's own, in their order, up to a bound.

Counted steps say what a match costs without a clock, the same on every machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countermine.regexes.charsets import words
from countermine.regexes.program import Instruction, Op

_WORD = words(ascii_only=False)

State = tuple[int, int, Mapping[int, int]]
"""Instruction, place in the text, kept places."""


class _BoundError(Exception):
    pass


@dataclass(slots=True)
class _Run:
    code: tuple[Instruction, ...]
    text: str
    bound: int
    steps: int = 0
    readable: tuple[frozenset[str], ...] = ()
    """By instruction: the characters of the text that it reads."""

    def __post_init__(self) -> None:
        alphabet = sorted(set(self.text))
        self.readable = tuple(
            frozenset(char for char in alphabet if one.chars is not None and char in one.chars)
            for one in self.code
        )

    def matches(self, at: int, start: int, kept: Mapping[int, int]) -> State | None:
        """Return how a program ends at a place of the text, ``None`` where it does not match."""
        code, text, readable, end = self.code, self.text, self.readable, len(self.text)
        stack: list[State] = [(at, start, kept)]
        while stack:
            self.steps += 1
            if self.steps > self.bound:
                raise _BoundError
            at, place, kept = stack.pop()
            one = code[at]
            op = one.op
            if op is Op.READ:
                if place < end and text[place] in readable[at]:
                    stack.append((at + 1, place + 1, kept))
            elif op is Op.SPLIT:
                stack.append((one.second, place, kept))
                stack.append((one.first, place, kept))
            elif op is Op.JUMP:
                stack.append((one.first, place, kept))
            elif op is Op.SAVE:
                stack.append((at + 1, place, {**kept, one.first: place}))
            elif op is Op.MATCH:
                return at, place, kept
            else:
                after = self._rare(one, place, kept)
                if after is not None:
                    stack.append((at + 1, *after))
        return None

    def _rare(
        self, one: Instruction, place: int, kept: Mapping[int, int]
    ) -> tuple[int, Mapping[int, int]] | None:
        """Return the place and kept places behind an instruction, ``None`` if it does not hold."""
        if one.op is Op.PLACE:
            return (place, kept) if self._is(one.place, place) else None
        if one.op is Op.PROGRESS:
            return (place, kept) if place > kept[one.first] else None
        if one.op is Op.REFERENCE:
            said = self.text[kept.get(2 * one.first, 0) : kept.get(2 * one.first + 1, 0)]
            there = self.text.startswith(said, place)
            return (place + len(said), kept) if there else None
        if one.op is Op.ATOMIC:
            ended = self.matches(one.first, place, kept)
            return None if ended is None else (ended[1], ended[2])
        begins = place - one.second
        ended = self.matches(one.first, begins, kept) if begins >= 0 else None
        if (ended is None) is not one.negated:
            return None
        return place, kept if ended is None else ended[2]

    def _is(self, name: str, place: int) -> bool:
        text = self.text
        if name in {"boundary", "inside"}:
            before = place > 0 and text[place - 1] in _WORD
            after = place < len(text) and text[place] in _WORD
            return (before != after) is (name == "boundary")
        if name == "start":
            return place == 0
        if name == "line-start":
            return place == 0 or text[place - 1] == "\n"
        if name == "end":
            return place == len(text) or (place == len(text) - 1 and text[place] == "\n")
        if name == "line-end":
            return place == len(text) or text[place] == "\n"
        return place == len(text)


def steps(code: tuple[Instruction, ...], text: str, *, searches: bool, bound: int) -> int:
    """Return how many steps it takes to match a text, or to find that it does not; at most a bound.

    Args:
        code: A program.
        text: What it is matched with.
        searches: Whether the match may begin anywhere, or at the start of the text only.
        bound: No step is done beyond it.
    """
    run = _Run(code, text, bound)
    try:
        for start in range(len(text) + 1 if searches else 1):
            if run.matches(0, start, {}) is not None:
                break
    except _BoundError:
        return bound
    return run.steps


def matches(code: tuple[Instruction, ...], text: str, *, bound: int = 1_000_000) -> bool:
    """Tell whether a program matches at the start of a text.

    Raises:
        ValueError: If that takes more steps than the bound.
    """
    try:
        return _Run(code, text, bound).matches(0, 0, {}) is not None
    except _BoundError as error:
        message = f"more than {bound} steps"
        raise ValueError(message) from error
