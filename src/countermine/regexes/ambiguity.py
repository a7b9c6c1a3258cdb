"""Texts for which an automaton has many ways: exponentially many, or a power of their length.

*Exponential*: a position comes back to itself by two ways that read the same text. *Polynomial*:
two positions each come back to themselves, and one leads to the other, all by the same text.

Source: A. Weber and H. Seidl, "On the Degree of Ambiguity of Finite Automata", 1991 (the criteria
EDA and IDA).
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from countermine.regexes.automaton import MANY, Automaton
from countermine.regexes.charsets import CharSet
from countermine.regexes.components import components

MAX_PRODUCT = 20_000
"""States of products that are looked at for one expression."""
MAX_WAYS = 200_000
"""Pairs and triples of ways on that are looked at for one expression."""
MAX_ROUNDS = 3
"""Positions with which words are tried that lead back to where they began by two ways."""
MAX_PAIRS = 400
"""Pairs of positions that are looked at for a power of the length."""

State = TypeVar("State", bound=Hashable)
Edges = Callable[[State], Iterable[tuple[State, str]]]


@dataclass(frozen=True, slots=True)
class Attack:
    """A text that has many ways: ``prefix + pump * n``, and then something that does not match."""

    prefix: str
    pump: str
    exponential: bool


def attacks(automaton: Automaton) -> Iterator[Attack]:
    """Yield attacks, the exponential ones first; the same automaton gives the same ones."""
    search = _Search(automaton)
    yield from search.exponential()
    yield from search.polynomial()


class _Search:
    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._left = MAX_PRODUCT
        self._ways = MAX_WAYS
        known: dict[CharSet, int] = {}
        self._sets = [known.setdefault(one, len(known)) for one in automaton.chars]
        self._both: dict[tuple[int, int], CharSet] = {}
        self._behind: dict[int, frozenset[int]] = {}
        self._following = [tuple(step.to for step in steps) for steps in automaton.steps]
        # What stands behind a start that is not one is never reached.
        found = components([0], lambda at: self._following[at])
        self._loops = [
            sorted(part) for part in found if len(part) > 1 or part[0] in self._following[part[0]]
        ]
        self._loops.sort()
        self._prefixes = self._words_from_start()

    def _words_from_start(self) -> dict[int, str]:
        words = {0: ""}
        queue = deque([0])
        while queue:
            at = queue.popleft()
            for to in self._following[at]:
                sample = self._automaton.chars[to].sample
                if to not in words and sample is not None:
                    words[to] = words[at] + sample
                    queue.append(to)
        return words

    def exponential(self) -> Iterator[Attack]:
        for loop in self._loops:
            inside = frozenset(loop)
            for pump, at in self._doubled(loop, inside):
                yield Attack(self._prefixes[at], pump, exponential=True)
            for pump, at in self._parted(loop, inside):
                yield Attack(self._prefixes[at], pump, exponential=True)

    def _doubled(self, loop: list[int], inside: frozenset[int]) -> Iterator[tuple[str, int]]:
        """Yield words that come back to a position over a step that has two ways."""
        for at in loop:
            for step in self._automaton.steps[at]:
                if step.ways < MANY or step.to not in inside:
                    continue
                sample = self._automaton.chars[step.to].sample or ""
                back = self._path(step.to, at, inside)
                if back is not None:
                    yield sample + back, at
                    return

    def _path(self, one: int, two: int, inside: frozenset[int]) -> str | None:
        def edges(at: int) -> Iterator[tuple[int, str]]:
            for to in self._following[at]:
                if to in inside:
                    yield to, self._automaton.chars[to].sample or ""

        return "" if one == two else self._word(one, lambda at: at == two, edges)

    def _parted(self, loop: list[int], inside: frozenset[int]) -> Iterator[tuple[str, int]]:
        """Yield words that come back to a position by two sequences of positions."""
        edges = self._pair_edges(inside)
        starts = [(at, at) for at in loop]
        found = components(starts, lambda pair: [to for to, _ in self._counted(edges, pair)])
        for part in found:
            same = sorted(pair for pair in part if pair[0] == pair[1])
            apart = sorted(pair for pair in part if pair[0] != pair[1])
            if not same or not apart:
                continue
            within = frozenset(part)

            def inner(
                pair: tuple[int, int], within: frozenset[tuple[int, int]] = within
            ) -> Iterator[tuple[tuple[int, int], str]]:
                return (edge for edge in edges(pair) if edge[0] in within)

            # One that passes where the match may end is no attack; another may be.
            rounds = self._rounds(same, apart, inner)
            yield from sorted(rounds, key=lambda one: (len(one[0]), one))[:MAX_ROUNDS]

    def _rounds(
        self,
        same: list[tuple[int, int]],
        apart: list[tuple[int, int]],
        edges: "Edges[tuple[int, int]]",
    ) -> set[tuple[str, int]]:
        """Return words that lead from a position, over two at once, back to it."""
        found: set[tuple[str, int]] = set()
        pumps: set[str] = set()
        for start in same[:MAX_ROUNDS]:
            for middle in apart[:MAX_ROUNDS]:
                there = self._word(start, middle.__eq__, edges)
                back = None if there is None else self._word(middle, start.__eq__, edges)
                if there is not None and back is not None and there + back not in pumps:
                    pumps.add(there + back)
                    found.add((there + back, start[0]))
        return found

    def _pair_edges(self, inside: frozenset[int]) -> "Edges[tuple[int, int]]":
        def edges(pair: tuple[int, int]) -> Iterator[tuple[tuple[int, int], str]]:
            one, two = pair
            if not self._charged(len(self._following[one]) * len(self._following[two])):
                return
            for first in self._following[one]:
                if first not in inside:
                    continue
                for second in self._following[two]:
                    if second not in inside or (one == two and second < first):
                        continue
                    sample = self._shared(first, second).sample
                    if sample is not None:
                        yield (min(first, second), max(first, second)), sample

        return edges

    def polynomial(self) -> Iterator[Attack]:
        pairs = 0
        for first in self._loops:
            reachable = self._reachable(first[0])
            for second in self._loops:
                if first is second or second[0] not in reachable:
                    continue
                for one in first:
                    for two in second:
                        pairs += 1
                        if pairs > MAX_PAIRS:
                            return
                        pump = self._handed_over(one, two, frozenset(first), frozenset(second))
                        if pump is not None:
                            yield Attack(self._prefixes[one], pump, exponential=False)

    def _reachable(self, start: int) -> frozenset[int]:
        known = self._behind.get(start)
        if known is None:
            known = self._behind[start] = self._reached(start, self._following)
        return known

    def _reached(self, start: int, following: Sequence[Sequence[int]]) -> frozenset[int]:
        seen = {start}
        queue = [start]
        while queue:
            at = queue.pop()
            self._charged(len(following[at]))
            for to in following[at]:
                if to not in seen:
                    seen.add(to)
                    queue.append(to)
        return frozenset(seen)

    @cached_property
    def _before(self) -> list[list[int]]:
        """The positions from which each one is reached at once."""
        found: list[list[int]] = [[] for _ in self._following]
        for at, following in enumerate(self._following):
            for to in following:
                found[to].append(at)
        return found

    def _handed_over(
        self, one: int, two: int, first: frozenset[int], second: frozenset[int]
    ) -> str | None:
        """Return a word by which one stays, two stays, and one leads to two."""
        chars = self._automaton.chars
        following = self._following
        between = self._reachable(one) & self._reached(two, self._before)

        def edges(
            triple: tuple[int, int, int],
        ) -> Iterator[tuple[tuple[int, int, int], str]]:
            ways = [len(following[at]) for at in triple]
            if not self._charged(ways[0] * ways[2]):
                return
            for x in following[triple[0]]:
                if x not in first:
                    continue
                for z in following[triple[2]]:
                    both = self._shared(x, z) if z in second else None
                    if both is None or not both.ranges or not self._charged(ways[1]):
                        continue
                    for y in following[triple[1]]:
                        if y not in between:
                            continue
                        sample = (both & chars[y]).sample
                        if sample is not None:
                            yield (x, y, z), sample

        return self._word((one, one, two), lambda at: at == (one, two, two), edges)

    def _word(
        self, start: State, arrived: Callable[[State], bool], edges: "Edges[State]"
    ) -> str | None:
        """Return the shortest text of at least one character on a way to a state."""
        words = {start: ""}
        queue = deque([start])
        while queue:
            at = queue.popleft()
            for to, sample in self._counted(edges, at):
                if arrived(to):
                    return words[at] + sample
                if to not in words:
                    words[to] = words[at] + sample
                    queue.append(to)
        return None

    def _shared(self, one: int, two: int) -> CharSet:
        """Return what is read at both of two positions."""
        key = (self._sets[one], self._sets[two])
        found = self._both.get(key)
        if found is None:
            chars = self._automaton.chars
            found = self._both[key] = chars[one] & chars[two]
        return found

    def _charged(self, ways: int) -> bool:
        """Count ways on; return whether they may still be looked at."""
        self._ways -= ways
        return self._ways >= 0

    def _counted(self, edges: "Edges[State]", at: State) -> Iterator[tuple[State, str]]:
        self._left -= 1
        if self._left >= 0:
            yield from edges(at)
