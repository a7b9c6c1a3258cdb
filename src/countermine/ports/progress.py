"""Progress of long work, told to whoever shows it."""

from typing import Protocol


class Progress(Protocol):
    """Told what is being done; shows it or does nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage; ``total`` is the number of steps where it is known."""
        ...

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Say what is worked on now (text of the target: escape it) and how far it brings us."""
        ...


class Silent:
    """Shows nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Do nothing."""

    def step(self, subject: str, *, advance: int = 1) -> None:
        """Do nothing."""
