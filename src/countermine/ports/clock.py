"""Time, passed in so that nothing else depends on it."""

from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now_iso(self) -> str:
        """Return the UTC time in ISO 8601 with seconds, such as ``2026-01-31T12:00:00Z``."""
        ...

    def monotonic_ms(self) -> int:
        """Return milliseconds since some fixed moment; only differences mean something."""
        ...
