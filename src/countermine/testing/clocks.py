"""Clocks that say what a test wants."""


class StillClock:
    """Always the same moment; ``monotonic_ms`` goes up by one with each look."""

    def __init__(self, at: str = "2026-01-31T12:00:00Z") -> None:
        """Stop the clock at ``at``."""
        self._at = at
        self._looks = 0

    def now_iso(self) -> str:
        """Return the moment the clock was stopped at."""
        return self._at

    def monotonic_ms(self) -> int:
        """Return the number of looks so far."""
        self._looks += 1
        return self._looks
