"""How much is spent on one function with all that it calls, counted in steps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

CONTEXT_STEPS = 10_000
"""From which on no further context of a function is analysed: it calls half of a library."""


class Budget:
    """Steps that were taken, and those that may be.

    What is worked out after something was left out may lack that, and somebody else has steps of
    their own to find it with: it counts only until what is run at the moment comes to its end.
    """

    def __init__(self) -> None:
        """Begin with nothing spent, and nothing allowed."""
        self.steps = 0
        self.is_cut = False
        """Something was left out since the last beginning."""
        self._until = 0
        self._spent: dict[str, int] = {}
        self._forget: list[Callable[[], object]] = []
        self._turn = 0
        self._partial: dict[str, int] = {}

    def begin(self, steps: int) -> None:
        """Allow that many further steps."""
        self.end()
        self.is_cut = False
        self._until = self.steps + steps

    def end(self) -> None:
        """Forget what counted only for what was run."""
        self._turn += 1
        for forget in self._forget:
            forget()
        self._forget.clear()

    def forget_with(self, forget: Callable[[], object]) -> None:
        """Have an answer forgotten at the end, if something was left out before it was found."""
        if self.is_cut:
            self._forget.append(forget)

    def settle(self, key: str, *, is_own: bool) -> None:
        """Note that a function was run to its end; ``is_own`` if the steps were meant for it."""
        if self.is_cut and not is_own:
            self._partial[key] = self._turn
        else:
            self._partial.pop(key, None)

    def is_whole(self, key: str) -> bool:
        """Tell whether what is known of a function holds for what is run at the moment."""
        return self._partial.get(key, self._turn) == self._turn

    @property
    def is_spent(self) -> bool:
        """Nothing new is to be followed."""
        return self.steps >= self._until

    @contextmanager
    def of_contexts(self, key: str) -> Iterator[None]:
        """Count what happens meanwhile for the contexts of a function."""
        before = self.steps
        yield
        self._spent[key] = self._spent.get(key, 0) + self.steps - before

    def allows_contexts(self, key: str) -> bool:
        """Tell whether further contexts of a function may be analysed."""
        return self._spent.get(key, 0) <= CONTEXT_STEPS
