"""What a download or a clone leaves on this machine."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedTree:
    """A tree below the state folder that nothing writes to any more."""

    root: Path
    revision: str
    """Commit or version."""
    released: str | None
    """UTC date (ISO 8601) of the release or commit, where one is known."""
