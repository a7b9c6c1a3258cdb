"""How much is spent on one function with all that it calls, counted in steps."""

from collections.abc import Iterator
from contextlib import contextmanager

CONTEXT_STEPS = 10_000
"""From which on no further context of a function is analysed: it calls half of a library."""


class Budget:
    """Steps that were taken, and those that may be."""

    def __init__(self) -> None:
        """Begin with nothing spent, and nothing allowed."""
        self.steps = 0
        self._until = 0
        self._spent: dict[str, int] = {}

    def begin(self, steps: int) -> None:
        """Allow that many further steps."""
        self._until = self.steps + steps

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
