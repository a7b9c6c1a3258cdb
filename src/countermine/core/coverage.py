"""The coverage record: what was looked at, what was not, and why. *Unknown* is never *clean*."""

from dataclasses import dataclass
from enum import StrEnum

from countermine.core.spans import TreePath


class Coverage(StrEnum):
    """What became of a file, or of a place in it."""

    ANALYSED = "analysed"
    """Parsed and analysed, or shown by the token index to hold no sink."""
    PARTIAL = "partial"
    """Parsed around a syntax error: what is inside the error was not seen."""
    SKIPPED = "skipped"
    """Not looked at; the reason says why."""
    UNKNOWN = "unknown"
    """A bound was hit; what lies behind it was not followed."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CoverageEntry:
    """What became of one file; ``path`` is ``None`` for the target as a whole."""

    path: TreePath | None
    outcome: Coverage
    reason: str
    """Why it was skipped, or which bound was hit; empty when analysed."""
    expected: bool = False
    """Left out on purpose (configured, vendored, not Python): does not make a run incomplete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRecord:
    """What one search looked at: counts, and an entry for everything that is not ``ANALYSED``."""

    files: int
    """Python files that were analysed."""
    lines: int
    """Lines in them."""
    templates: int = 0
    """Files that code renders, read to see what they show."""
    entries: tuple[CoverageEntry, ...]

    @property
    def complete(self) -> bool:
        """Tell whether nothing was missed except on purpose."""
        return all(entry.expected for entry in self.entries)
