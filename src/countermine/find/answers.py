"""What came of a part of a search, and what it depended on."""

from dataclasses import dataclass

from countermine.core.coverage import CoverageEntry
from countermine.core.findings import Finding
from countermine.core.spans import TreePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Files with the offsets at which sinks may be named: what one engine works on."""

    files: tuple[tuple[TreePath, tuple[int, ...]], ...]
    around: tuple[tuple[TreePath, ...], ...]
    """The neighbourhoods of these files: all files in them that count, in path order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an answer depended on, beside the names of all files and what was asked."""

    modules: tuple[TreePath, ...]
    """Modules that were asked for, in path order."""
    templates: tuple[tuple[TreePath, str], ...]
    """Templates that were read, each with the digest of its text; empty for one that could not."""
    names: tuple[str, ...]
    """Names that were looked for in every file that counts, sorted."""
    naming: tuple[TreePath, ...]
    """Files in which one of them stood that were not asked for, in path order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one unit."""

    findings: tuple[Finding, ...]
    entries: tuple[CoverageEntry, ...]
    templates: tuple[TreePath, ...] = ()
    """Those that were read, sorted."""
    basis: Basis
