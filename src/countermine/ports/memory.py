"""What a search keeps from one run to the next, so that it need not be worked out again."""

from typing import Protocol


class Memory(Protocol):
    """Keeps bytes by name, and may lose any of them at any time."""

    def get(self, name: str) -> bytes | None:
        """Return what was kept under a name, as it was; ``None`` if it is not there, or harmed."""
        ...

    def put(self, name: str, value: bytes) -> None:
        """Keep bytes under a name: lower-case letters, digits and ``-``. Never fails."""
        ...
