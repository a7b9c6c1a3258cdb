"""An entry of the ledger: who did what on which evidence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record. Its hash covers every field but itself, and the previous entry's hash."""

    sequence: int
    """0 for the first."""
    run: str
    at: str
    """UTC, ISO 8601; the one field that differs between two runs on the same input."""
    actor: str
    """``countermine``, the name of a remedy, the name of a model, or ``user``."""
    action: str
    """Kebab-case verb: ``target-read``, ``found``, ``witnessed``, ``patched``, ``judged`` ..."""
    subject: str
    """What it was done to: the run, a case id."""
    facts: tuple[tuple[str, str], ...]
    """Named facts as text, sorted by name; digests rather than contents, never a secret."""
    previous: str
    """Hash of the entry before, 64 zeros for the first."""
    hash: str
    """SHA-256 of the canonical JSON of all other fields, in hex."""
