"""The automaton of a regular expression: one state for each character it reads.

The position automaton (Glushkov) with the number of ways from one position to the next: two ways
mean that the matcher can take either, for the same text. Looks and references are read as the
empty text here; what follows is confirmed by a matcher that knows them.

Source: N. Weideman et al., "Analyzing Matching Time Behavior of Backtracking Regular Expression
Matchers by Using Ambiguity of NFA", CIAA 2016.
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

MAX_POSITIONS = 800
MAX_COPIES = 24
"""Copies that stand for ``{n,m}``; more are read as any number."""

MANY = 2
"""Ways are counted up to this."""


@dataclass(frozen=True, slots=True)
class Step:
    """A way on: to a position, by so many ways."""

    to: int
    ways: int


@dataclass(frozen=True, slots=True)
class Automaton:
    """Positions by number; ``0`` reads nothing and is where a match begins."""

    chars: tuple[CharSet, ...]
    """What is read at each position."""
    steps: tuple[tuple[Step, ...], ...]
    """Where it goes on from each position, sorted."""


@dataclass(slots=True)
class _Builder:
    empty: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    """By node: nodes that are reached without reading, and at which place only."""
    reads: list[tuple[int, CharSet, int]] = field(default_factory=list)
    """From node, what is read, to node."""
    nodes: int = 0

    def node(self) -> int:
        self.nodes += 1
        return self.nodes

    def link(self, one: int, two: int, place: str = "") -> None:
        self.empty[one].append((two, place))

    def build(self, tree: Node, one: int, two: int) -> None:
        """Add a tree between two nodes."""
        match tree:
            case Chars(chars=chars):
                if len(self.reads) >= MAX_POSITIONS:
                    raise UnreadableError
                if chars.ranges:
                    self.reads.append((one, chars, two))
            case Sequence(items=items):
                self._sequence(items, one, two)
            case Choice(items=items):
                for item in items:
                    inner = self.node()
                    self.link(one, inner)
                    self.build(item, inner, two)
            case Repeat():
                self._repeat(tree, one, two)
            case Group(item=item) | Atomic(item=item):
                self.build(item, one, two)
            case Look() | Reference() | At():
                self._unread(tree, one, two)

    def _unread(self, tree: Look | Reference | At, one: int, two: int) -> None:
        place = tree.place if isinstance(tree, At) else ""
        self.link(one, two, place if place in {"start", "end", "last-end"} else "")
        if isinstance(tree, Look) and not tree.behind:
            # It costs as well, and leads nowhere.
            self.build(tree.item, one, self.node())

    def _sequence(self, items: tuple[Node, ...], one: int, two: int) -> None:
        at = one
        for item in items:
            after = self.node()
            self.build(item, at, after)
            at = after
        self.link(at, two)

    def _repeat(self, tree: Repeat, one: int, two: int) -> None:
        least = min(tree.least, MAX_COPIES)
        at = one
        for _ in range(least - 1 if tree.most is None else least):
            after = self.node()
            self.build(tree.item, at, after)
            at = after
        if tree.most is None or tree.most - tree.least > MAX_COPIES:
            first, back = self.node(), self.node()
            self.link(at, first)
            if least == 0 or tree.most is not None:
                self.link(at, two)
            self.build(tree.item, first, back)
            # Not through ``at`` again: to end a round and begin one is a way of its own.
            self.link(back, first)
            self.link(back, two)
            return
        for _ in range(tree.most - tree.least):
            self.link(at, two)
            after = self.node()
            self.build(tree.item, at, after)
            at = after
        self.link(at, two)

    def reached(self, node: int, *, begun: bool) -> dict[int, int]:
        """Return nodes that are reached without reading, each with the number of ways."""
        found: dict[int, int] = {}
        stack: list[tuple[int, frozenset[int]]] = [(node, frozenset())]
        while stack:
            at, seen = stack.pop()
            if found.get(at, 0) >= MANY:
                continue
            found[at] = found.get(at, 0) + 1
            for to, place in self.empty.get(at, ()):
                # Behind the end nothing is read; the start is where nothing was.
                closed = place in {"end", "last-end"} or (place == "start" and begun)
                if not closed and to not in seen and to != at:
                    stack.append((to, seen | {at}))
        return found


def automaton(tree: Node, *, searches: bool) -> Automaton:
    """Return the automaton of a tree.

    Args:
        tree: The expression.
        searches: Whether a match may begin anywhere: ``search``, ``sub``, ``findall``.

    Raises:
        UnreadableError: If it has too many positions.
    """
    builder = _Builder()
    start, begin, end = builder.node(), builder.node(), builder.node()
    if searches:
        skipped = builder.node()
        builder.reads.append((start, EVERYTHING, skipped))
        builder.link(skipped, begin)
        # To skip on from here is the same position again.
        builder.link(skipped, start)
    builder.link(start, begin)
    builder.build(tree, begin, end)
    by_node: dict[int, list[int]] = defaultdict(list)
    for number, (source, _, _) in enumerate(builder.reads, start=1):
        by_node[source].append(number)
    steps = [_steps(builder.reached(start, begun=False), by_node)]
    if searches:
        # ``skipped`` goes back to ``start``, from where the match begins by one way, not by two.
        builder.empty[start] = [link for link in builder.empty[start] if link[0] != begin]
    steps += [
        _steps(builder.reached(target, begun=True), by_node) for _, _, target in builder.reads
    ]
    chars = (CharSet(()), *(chars for _, chars, _ in builder.reads))
    return Automaton(chars=chars, steps=tuple(steps))


def _steps(reached: dict[int, int], by_node: dict[int, list[int]]) -> tuple[Step, ...]:
    ways: dict[int, int] = defaultdict(int)
    for node, count in reached.items():
        for position in by_node.get(node, ()):
            ways[position] = min(MANY, ways[position] + count)
    return tuple(Step(to=to, ways=count) for to, count in sorted(ways.items()))
