"""What matching costs at worst, as the length of the text grows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise

from countermine.regexes.ambiguity import Attack, attacks
from countermine.regexes.automaton import Automaton, automaton
from countermine.regexes.charsets import charset
from countermine.regexes.matcher import steps
from countermine.regexes.program import Instruction, program
from countermine.regexes.tree import At, Sequence, UnreadableError, read, repeats

MAX_TRIED = 12
"""Attacks of an automaton that are tried."""
EXPONENTIAL_BOUND = 100_000
POLYNOMIAL_BOUND = 60_000
"""Steps of one try."""
ALL_TRIES_BOUND = 6_000_000
"""Steps of all tries with one expression; what takes more is not known."""

_PUMPS = range(1, 25)
_FEW, _TENFOLD = 8, 10
"""Three times as many pumps cost more than that where the growth could be exponential."""
_DEGREE = 5
"""Counts that grow no faster than this power of the pumps are no proof."""
_STEADY = 4
"""The last so many counts are looked at."""
_LEAST_FACTOR = 1.8
_FALLS_BY = 0.98
_LENGTHS = (16, 32, 64)
_QUADRATIC = 3.2
"""Twice the length must cost at least so many times more: squares come near four."""
MAX_ENDINGS = 8
MOST_FURTHER = 6
ENDINGS_EACH = 2
"""Of the same pump."""
FURTHER_BOUND = 1_500_000
"""Steps of all tries for further texts: they matter only where the worst one does not arrive."""
_ENDINGS = ("\x00", "!", "a", "\n\x00", "")


class Growth(StrEnum):
    """How the steps of a match grow with the text."""

    LINEAR = "linear"
    """No attack was found."""
    POLYNOMIAL = "polynomial"
    EXPONENTIAL = "exponential"
    UNKNOWN = "unknown"
    """It could not be read, or is too large."""


class Use(StrEnum):
    """Where a match may lie."""

    MATCH = "match"
    """It begins at the start of the text."""
    FULL = "full"
    """It is the whole text."""
    SEARCH = "search"
    """It may begin anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The worst that was found and confirmed by counting steps."""

    growth: Growth
    prefix: str = ""
    pump: str = ""
    """Repeated by the attack."""
    ending: str = ""

    def text(self, times: int) -> str:
        """Return the attack with so many pumps."""
        return self.prefix + self.pump * times + self.ending


LINEAR = Cost(growth=Growth.LINEAR)
UNKNOWN = Cost(growth=Growth.UNKNOWN)


@lru_cache(maxsize=4096)
def cost(pattern: str, flags: int = 0, use: Use = Use.MATCH, *, powers: bool = True) -> Cost:
    """Return what a pattern costs at worst.

    Args:
        pattern: A regular expression of Python.
        flags: Of ``re``.
        use: Where a match may lie.
        powers: Whether to look for costs that are a power of the length, too.
    """
    try:
        return next(_confirmed(pattern, flags, use, powers=powers), LINEAR)
    except (UnreadableError, RecursionError):
        return UNKNOWN


@lru_cache(maxsize=256)
def further_costs(pattern: str, flags: int = 0, use: Use = Use.MATCH) -> tuple[Cost, ...]:
    """Return more ways in which a pattern is slow, with other signs and no blanks in them.

    A text that a program takes apart before the match, at blanks or at signs of its own, does not
    reach it whole: one of other signs may.

    Args:
        pattern: A regular expression of Python.
        flags: Of ``re``.
        use: Where a match may lie.
    """
    found: list[Cost] = []
    try:
        for one in _confirmed(pattern, flags, use, powers=True, tame=True):
            if sum(known.pump == one.pump for known in found) < ENDINGS_EACH:
                found.append(one)
            if len(found) == MOST_FURTHER:
                break
    except (UnreadableError, RecursionError):
        pass  # what was confirmed before the bound was hit is
    return tuple(found)


@dataclass(slots=True)
class _Trial:
    """Counts the steps of matches with one expression."""

    code: tuple[Instruction, ...]
    searches: bool
    left: int = ALL_TRIES_BOUND

    def count(self, attack: Attack, times: int, ending: str, bound: int) -> int:
        """Return the steps of a match with so many pumps, at most the bound.

        Raises:
            UnreadableError: If that, with those before, is too many.
        """
        text = attack.prefix + attack.pump * times + ending
        counted = steps(self.code, text, searches=self.searches, bound=bound)
        self.left -= counted
        if self.left < 0:
            raise UnreadableError
        return counted


def _confirmed(
    pattern: str, flags: int, use: Use, *, powers: bool, tame: bool = False
) -> Iterator[Cost]:
    """Yield what a pattern costs with one text after the other, the worst growth first.

    Args:
        pattern: A regular expression.
        flags: Of ``re``.
        use: Where a match may lie.
        powers: Whether powers of the length count.
        tame: Whether only texts without blanks count, each pump once however it is turned.
    """
    tree = read(pattern, flags)
    if not any(one.most is None or one.most > max(_LENGTHS) // 4 for one in repeats(tree)):
        return
    searches = use is Use.SEARCH
    if use is Use.FULL:
        tree = Sequence((tree, At("last-end")))
    machine = automaton(tree, searches=searches)
    trial: _Trial | None = None
    endings = tuple(dict.fromkeys(_endings(machine)))
    tried = attacks(machine)
    if tame:
        endings = tuple(one for one in endings if not _has_blank(one))
        tried = _tame(tried)
    for attack in islice(tried, MAX_TRIED):
        if not (attack.exponential or powers):
            return
        left = FURTHER_BOUND if tame else ALL_TRIES_BOUND
        trial = trial or _Trial(program(tree), searches, left)
        confirmed = _exponential if attack.exponential else _polynomial
        growth = Growth.EXPONENTIAL if attack.exponential else Growth.POLYNOMIAL
        for ending in endings:
            if confirmed(trial, attack, ending):
                yield Cost(growth=growth, prefix=attack.prefix, pump=attack.pump, ending=ending)


def _tame(tried: Iterator[Attack]) -> Iterator[Attack]:
    """Yield the attacks without blanks, of those with the same signs in the pump the first."""
    known: set[tuple[str, ...]] = set()
    for one in tried:
        signs = tuple(sorted(one.pump))
        if signs not in known and not _has_blank(one.prefix + one.pump):
            known.add(signs)
            yield one


def _has_blank(text: str) -> bool:
    return any(char.isspace() for char in text)


def _endings(machine: Automaton) -> tuple[str, ...]:
    """Return texts that end a match badly: first a character that is read nowhere, or seldom."""
    known = sorted({one for one in machine.chars if one.ranges}, key=lambda one: one.ranges)
    nowhere = charset(pair for one in known for pair in one.ranges).complement().sample
    seldom = [one.complement().sample for one in known]
    found = [char for char in (nowhere, *seldom) if char is not None]
    return (*dict.fromkeys(found[:MAX_ENDINGS]), *_ENDINGS)


def _exponential(trial: _Trial, attack: Attack, ending: str) -> bool:
    few, many = (
        trial.count(attack, times, ending, EXPONENTIAL_BOUND) for times in (_FEW, _PUMPS[-1])
    )
    if many < _TENFOLD * few and many < EXPONENTIAL_BOUND:
        return False
    # Where the bound is not reached the last counts tell; or else those before it.
    told = _PUMPS if many >= EXPONENTIAL_BOUND else _PUMPS[-3:]
    counts: list[int] = []
    for times in told:
        counts.append(trial.count(attack, times, ending, EXPONENTIAL_BOUND))
        if counts[-1] >= EXPONENTIAL_BOUND:
            break
    # The last count may have been cut at the bound; then the growth before it can tell.
    return any(
        counts[at] >= 1.1 * counts[at - 1] * (told[at] / told[at - 1]) ** _DEGREE
        for at in range(max(1, len(counts) - 2), len(counts))
    ) or _is_steady([one for one in counts if one < EXPONENTIAL_BOUND])


def _is_steady(counts: list[int]) -> bool:
    """Tell whether each pump costs more than the one before by a factor that does not fall.

    A long pump reaches the bound after few of them, where powers cannot be told by their size. The
    factors of a power fall from the start.
    """
    costs = [after - before for before, after in pairwise(counts[-_STEADY:])]
    if len(costs) < _STEADY - 1 or min(costs) <= 0:
        return False
    first, last = (after / before for before, after in pairwise(costs))
    return last >= max(_LEAST_FACTOR, _FALLS_BY * first)


def _polynomial(trial: _Trial, attack: Attack, ending: str) -> bool:
    before = 0
    for times in _LENGTHS:
        counted = trial.count(attack, times, ending, POLYNOMIAL_BOUND)
        if before and counted < POLYNOMIAL_BOUND and counted < _QUADRATIC * before:
            return False
        before = counted
    return True
