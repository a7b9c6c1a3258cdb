"""Whether two expressions accept the same texts, by the automata of both.

Places, looks and references are read as signs of their own, so that two expressions are the same
only if they ask the same of the same places. Looks behind for one character that must not be there
are left out where the first expression has none: they bind the start of a match, not what it is.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from countermine.regexes.charsets import EVERYTHING, CharSet
from countermine.regexes.tree import (
    At,
    Atomic,
    Chars,
    Choice,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
    UnreadableError,
)

MAX_NODES = 6000
MAX_PAIRS = 4000
MAX_WORK = 3_000_000
MAX_COPIES = 64

Letter = CharSet | str


@dataclass(slots=True)
class _Machine:
    empty: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    reads: dict[int, list[tuple[Letter, int]]] = field(default_factory=lambda: defaultdict(list))
    nodes: int = 0
    behind: frozenset[str] = frozenset()
    """Looks behind that are read as signs; others are left out."""

    def node(self) -> int:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise UnreadableError
        return self.nodes

    def build(self, tree: Node, one: int, two: int) -> None:
        match tree:
            case Chars(chars=chars):
                self.reads[one].append((chars, two))
            case Sequence(items=items):
                at = one
                for item in items:
                    after = self.node()
                    self.build(item, at, after)
                    at = after
                self.empty[at].append(two)
            case Choice(items=items):
                for item in items:
                    self.build(item, one, two)
            case Repeat():
                self._repeat(tree, one, two)
            case Group(item=item):
                self.build(item, one, two)
            case Atomic():
                raise UnreadableError
            case At() | Look() | Reference():
                self._sign(tree, one, two)

    def _sign(self, tree: At | Look | Reference, one: int, two: int) -> None:
        name = repr(tree)
        if _is_start(tree) and name not in self.behind:
            self.empty[one].append(two)
        else:
            self.reads[one].append((name, two))

    def _repeat(self, tree: Repeat, one: int, two: int) -> None:
        if tree.least > MAX_COPIES or (tree.most or 0) > MAX_COPIES:
            raise UnreadableError
        at = one
        for _ in range(tree.least):
            after = self.node()
            self.build(tree.item, at, after)
            at = after
        if tree.most is None:
            # Nodes of its own: what leads to it from elsewhere must not be in the loop.
            loop, back = self.node(), self.node()
            self.empty[at].append(loop)
            self.build(tree.item, loop, back)
            self.empty[back].append(loop)
            self.empty[loop].append(two)
            return
        for _ in range(tree.most - tree.least):
            self.empty[at].append(two)
            after = self.node()
            self.build(tree.item, at, after)
            at = after
        self.empty[at].append(two)

    def closure(self, found: frozenset[int]) -> frozenset[int]:
        seen, left = set(found), list(found)
        while left:
            for to in self.empty.get(left.pop(), ()):
                if to not in seen:
                    seen.add(to)
                    left.append(to)
        return frozenset(seen)

    def after(self, states: frozenset[int], letter: str) -> frozenset[int]:
        found = set()
        for state in states:
            for read, to in self.reads.get(state, ()):
                if (read == letter) if isinstance(read, str) else _reads(read, letter):
                    found.add(to)
        return self.closure(frozenset(found))


def _reads(chars: CharSet, letter: str) -> bool:
    return len(letter) == 1 and letter in chars


def _is_start(tree: Node) -> bool:
    return isinstance(tree, Look) and tree.negated and tree.behind and isinstance(tree.item, Chars)


def same_language(one: Node, two: Node) -> bool:
    """Tell whether two expressions accept the same texts.

    Raises:
        UnreadableError: If that takes too much, or one holds what is not known here.
    """
    known = frozenset(_looks(one))
    machines = (_Machine(behind=known), _Machine(behind=known))
    ends = []
    starts = []
    for machine, tree in zip(machines, (one, two), strict=True):
        start, end = machine.node(), machine.node()
        machine.build(tree, start, end)
        starts.append(machine.closure(frozenset({start})))
        ends.append(end)
    letters = _letters(machines)
    seen = {(starts[0], starts[1])}
    left = [(starts[0], starts[1])]
    work = 0
    while left:
        first, second = left.pop()
        if (ends[0] in first) != (ends[1] in second):
            return False
        work += (len(first) + len(second)) * len(letters)
        if len(seen) > MAX_PAIRS or work > MAX_WORK:
            raise UnreadableError
        for letter in letters:
            pair = (machines[0].after(first, letter), machines[1].after(second, letter))
            if pair not in seen:
                seen.add(pair)
                left.append(pair)
    return True


def _looks(tree: Node) -> list[str]:
    match tree:
        case Sequence(items=items) | Choice(items=items):
            return [look for item in items for look in _looks(item)]
        case Repeat(item=item) | Group(item=item) | Atomic(item=item):
            return _looks(item)
        case Look():
            return [repr(tree)]
        case _:
            return []


def _letters(machines: tuple[_Machine, _Machine]) -> list[str]:
    """Return a character of each kind that the two tell apart, and their other signs."""
    kinds = [EVERYTHING]
    reads = [read for machine in machines for all_ in machine.reads.values() for read, _ in all_]
    sets = {read for read in reads if isinstance(read, CharSet)}
    for one in sorted(sets, key=lambda each: each.ranges):
        kinds = [part for kind in kinds for part in (kind & one, kind & one.complement())]
        kinds = [kind for kind in kinds if kind.ranges]
    names = sorted({read for read in reads if isinstance(read, str)})
    return [kind.sample for kind in kinds if kind.sample is not None] + names
