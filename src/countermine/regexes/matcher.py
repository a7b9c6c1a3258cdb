"""A matcher that counts: it goes the ways of Python's own, in their order, up to a bound.

Counted steps say what a match costs without a clock, the same on every machine.
"""

from dataclasses import dataclass

from countermine.regexes.charsets import words
from countermine.regexes.program import Instruction, Op

_WORD = words(ascii_only=False)

State = tuple[int, int, dict[int, int]]
"""Instruction, place in the text, kept places."""
_Turn = tuple[int, int, dict[int, int] | None]
"""Instruction and place in the text; or what to undo: which kept place, what it was, in which."""
_ALL = -1
_NOWHERE = -1


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

    def matches(self, at: int, start: int, kept: dict[int, int]) -> State | None:
        """Return how a program ends at a place of the text, ``None`` where it does not match.

        ``kept`` is written to; what is undone on the way back lies on the stack.
        """
        code, text, readable, end = self.code, self.text, self.readable, len(self.text)
        stack: list[_Turn] = [(at, start, None)]
        while stack:
            at, place, undone = stack.pop()
            if undone is not None:
                kept = _undone(undone, at, place)
                continue
            self.steps += 1
            if self.steps > self.bound:
                raise _BoundError
            one = code[at]
            op = one.op
            if op is Op.READ:
                if place < end and text[place] in readable[at]:
                    stack.append((at + 1, place + 1, None))
            elif op is Op.SPLIT:
                stack.append((one.second, place, None))
                stack.append((one.first, place, None))
            elif op is Op.JUMP:
                stack.append((one.first, place, None))
            elif op is Op.SAVE:
                stack.append((one.first, kept.get(one.first, _NOWHERE), kept))
                kept[one.first] = place
                stack.append((at + 1, place, None))
            elif op is Op.MATCH:
                return at, place, kept
            else:
                kept = self._further(stack, at, place, kept)
        return None

    def _further(
        self, stack: list[_Turn], at: int, place: int, kept: dict[int, int]
    ) -> dict[int, int]:
        """Go on behind a rare instruction, if it holds; returns the kept places from there on."""
        after = self._rare(self.code[at], place, kept)
        if after is None:
            return kept
        stack.append((_ALL, place, kept))
        stack.append((at + 1, after[0], None))
        return after[1]

    def _rare(
        self, one: Instruction, place: int, kept: dict[int, int]
    ) -> tuple[int, dict[int, int]] | None:
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
            ended = self.matches(one.first, place, dict(kept))
            return None if ended is None else (ended[1], ended[2])
        begins = place - one.second
        ended = self.matches(one.first, begins, dict(kept)) if begins >= 0 else None
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


def _undone(kept: dict[int, int], number: int, before: int) -> dict[int, int]:
    """Return the kept places with one of them, unless all are meant, set back to what it was."""
    if before != _NOWHERE and number != _ALL:
        kept[number] = before
    elif number != _ALL:
        del kept[number]
    return kept


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
