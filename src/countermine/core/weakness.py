"""A weakness: a class of flaw, and what the program knows and can do about it."""

from dataclasses import dataclass
from typing import NewType

from countermine.core.levels import Severity, SourceLevel

WeaknessId = NewType("WeaknessId", str)
"""Kebab-case and permanent, such as ``path-traversal``. A released id answers for ever."""

Cwe = NewType("Cwe", int)
"""A number of MITRE's list."""

Fingerprint = NewType("Fingerprint", str)
"""Hex digest of weakness, path, qualified name, normalised sink and ordinal; never of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaknessFacts:
    """What a class of flaw is, in words that every output uses."""

    id: WeaknessId
    cwe: Cwe
    """The CWE that a finding of this weakness carries."""
    title: str
    """What a person calls it: ``Path traversal``."""
    summary: str
    """One sentence: what goes wrong."""
    consequence: str
    """What an attacker gets: a clause that follows ``so that an attacker can``."""
    advice: str
    """How to fix it by hand, one or two sentences."""
    sink_kinds: tuple[str, ...]
    """The catalogue kinds whose sinks make this weakness."""
    severity: Severity
    """For a remote source; nearer sources lower it."""
    levels: tuple[SourceLevel, ...] = tuple(SourceLevel)
    """Levels of source from which a flow is a flaw, wherever in the argument the taint is."""
    levels_behind_prefix: tuple[SourceLevel, ...] = ()
    """Further levels that count only where the argument begins with something that is not
    tainted. ``open(path)`` with a caller's path does what was asked; with ``BASE + "/" + name``
    the caller was meant to choose below ``BASE``. The same holds for ``"ls " + name``."""
    asked_for: bool = False
    """It is looked for only where it is asked for by its name: too much of it is meant so."""
