"""The ledger: an append-only record of what was done."""

from collections.abc import Mapping
from typing import Protocol

from countermine.core.entries import Entry


class Ledger(Protocol):
    """Appends entries; each is on disk before ``append`` returns."""

    def append(self, *, actor: str, action: str, subject: str, facts: Mapping[str, str]) -> Entry:
        """Record that something was done and return the entry."""
        ...
