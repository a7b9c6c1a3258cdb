"""Strongly connected components, by Tarjan's algorithm without recursion."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

State = TypeVar("State", bound=Hashable)


def components(
    states: Iterable[State], following: Callable[[State], Iterable[State]]
) -> list[list[State]]:
    """Return the components of a graph, those that are reached first; each in order of finding."""
    walk = _Walk(following)
    for state in states:
        if state not in walk.order:
            walk.walk(state)
    return walk.found


class _Walk(Generic[State]):
    """One walk through a graph in depth, with a stack of its own in place of recursion."""

    def __init__(self, following: Callable[[State], Iterable[State]]) -> None:
        self._following = following
        self.order: dict[State, int] = {}
        self.found: list[list[State]] = []
        self._low: dict[State, int] = {}
        self._held: list[State] = []
        self._on_hold: set[State] = set()

    def walk(self, root: State) -> None:
        work = [self._entered(root)]
        while work:
            at, rest = work[-1]
            to = next((one for one in rest if self._is_news(at, one)), None)
            if to is not None:
                work.append(self._entered(to))
                continue
            work.pop()
            if work:
                parent = work[-1][0]
                self._low[parent] = min(self._low[parent], self._low[at])
            if self._low[at] == self.order[at]:
                self._close(at)

    def _entered(self, state: State) -> tuple[State, Iterator[State]]:
        self.order[state] = self._low[state] = len(self.order)
        self._held.append(state)
        self._on_hold.add(state)
        return state, iter(self._following(state))

    def _is_news(self, at: State, to: State) -> bool:
        if to in self._on_hold:
            self._low[at] = min(self._low[at], self.order[to])
        return to not in self.order

    def _close(self, root: State) -> None:
        component: list[State] = []
        while not component or component[-1] != root:
            component.append(self._held.pop())
        self._on_hold.difference_update(component)
        self.found.append(component[::-1])
