"""The spelling of an expression that matches the same at a cost that grows with the text."""

from collections.abc import Collection
from dataclasses import dataclass

from countermine.regexes.cost import Cost, Growth, Use, cost
from countermine.regexes.matcher import steps
from countermine.regexes.program import program
from countermine.regexes.rewriting import rewritings, tidied
from countermine.regexes.sameness import EVERY, Asked, Original, is_same, original
from countermine.regexes.spelled import spell, text_of, uncaptured
from countermine.regexes.tree import At, Sequence, UnreadableError, read

MAX_COMPARED = 3000
"""Spellings that are compared with the expression."""
MAX_MEASURED = 120
"""Spellings of which the cost is looked at."""
ROUNDS = 4
KEPT = 6
"""Spellings of a round that the next one goes on from."""
_TIMES = (40, 80)
_BOUND = 60_000
_LINEAR = 2.6
"""Twice the pumps must cost less than so many times more."""


@dataclass(slots=True)
class _Search:
    known: Original
    uses: tuple[Use, ...]
    worst: tuple[tuple[Use, Cost], ...]
    seen: set[str]
    compared: int = 0
    measured: int = 0

    def same(self, pattern: str) -> list[str]:
        """Return other spellings of a pattern that match the same as the first expression."""
        found = []
        for ways in rewritings(spell(pattern, self.known.flags), self.known.flags):
            text = text_of(ways)
            if text in self.seen or self.compared >= MAX_COMPARED:
                continue
            self.seen.add(text)
            self.compared += 1
            if is_same(self.known, text):
                found.append(text)
        return found

    def tidy(self, pattern: str) -> str:
        """Return a cheap spelling without brackets that it left over."""
        flags = self.known.flags
        made = (text_of(ways) for ways in tidied(spell(pattern, flags), flags))
        good = (one for one in made if is_same(self.known, one) and self.is_cheap(one))
        better = next(good, None)
        return pattern if better is None else better

    def weight(self, pattern: str) -> tuple[int, int]:
        """Return what the known attacks cost, and the length of a pattern."""
        return sum(self._counted(pattern, *one) for one in self.worst), len(pattern)

    def _counted(self, pattern: str, use: Use, worst: Cost) -> int:
        counts = [
            _steps(pattern, self.known.flags, use, worst.text(times), _BOUND) for times in _TIMES
        ]
        return 0 if counts[1] < _BOUND and counts[1] < _LINEAR * counts[0] else counts[1]

    def is_cheap(self, pattern: str) -> bool:
        """Tell whether no attack on a pattern costs more than its length accounts for."""
        if self.weight(pattern)[0] or self.measured >= MAX_MEASURED:
            return False
        self.measured += 1
        return all(
            cost(pattern, self.known.flags, use).growth is Growth.LINEAR for use in self.uses
        )


def linear(pattern: str, flags: int, uses: Collection[Use], asked: Asked = EVERY) -> str | None:
    """Return a spelling that matches the same at linear cost, ``None`` if none was found.

    The one that was found with the fewest changes; the same expression gives the same one.

    Args:
        pattern: A regular expression of Python.
        flags: Of ``re``.
        uses: Where a match may lie, as far as the target asks.
        asked: What else than the places of its matches is asked for.
    """
    wanted = tuple(use for use in Use if use in uses)
    costly = tuple((use, cost(pattern, flags, use)) for use in wanted)
    worst = tuple(one for one in costly if one[1].growth is not Growth.LINEAR)
    if not worst or any(one.growth is Growth.UNKNOWN for _, one in worst):
        return None
    try:
        search = _Search(
            known=original(pattern, flags, asked), uses=wanted, worst=worst, seen={pattern}
        )
        found = _found(search, pattern)
        if found is None and not asked.groups:
            found = _found(search, text_of(uncaptured(spell(pattern, flags))))
    except (UnreadableError, RecursionError):
        return None
    return found


def _found(search: _Search, pattern: str) -> str | None:
    kept = [pattern]
    for _ in range(ROUNDS):
        made = [text for one in kept for text in search.same(one)]
        for text in made:
            if search.is_cheap(text):
                return search.tidy(text)
        kept = sorted(made, key=search.weight)[:KEPT]
    return None


def _steps(pattern: str, flags: int, use: Use, text: str, bound: int) -> int:
    tree = read(pattern, flags)
    if use is Use.FULL:
        tree = Sequence((tree, At("last-end")))
    return steps(program(tree), text, searches=use is Use.SEARCH, bound=bound)


def is_same_under(one: str, two: str, all_flags: Collection[int]) -> bool:
    """Tell whether two expressions match the same with each of some flags."""
    try:
        return all(is_same(original(one, int(flags)), two) for flags in all_flags)
    except UnreadableError:
        return False
