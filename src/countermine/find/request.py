"""What a search is asked, and what it answers."""

from dataclasses import dataclass, field

from countermine.catalogue.schema import Catalogue
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory
from countermine.core.levels import SourceLevel
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.flow.bounds import Bounds
from countermine.ports.memory import Memory

ALL_LEVELS = tuple(SourceLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRequest:
    """One search over one target."""

    inventory: Inventory
    catalogue: Catalogue
    weaknesses: tuple[WeaknessFacts, ...]
    """What is looked for; ``sink_kinds`` joins the catalogue's sinks to them."""
    levels: tuple[SourceLevel, ...] = ALL_LEVELS
    """The threat model: sources at other levels do not count."""
    roles: tuple[FileRole, ...] = (FileRole.SOURCE,)
    """Files whose sinks and sources count; others are read when the walk needs them."""
    bounds: Bounds = field(default_factory=Bounds)
    focus: frozenset[TreePath] | None = None
    """Files that changed: only findings that one of them has a part in are looked for."""
    jobs: int = 1
    """Worker processes; results do not depend on it."""
    memory: Memory | None = None
    """Answers of earlier searches; results do not depend on it."""

    def weakness_of(self, kind: str) -> WeaknessFacts | None:
        """Return the weakness of a kind of sink, where it is looked for."""
        return next((facts for facts in self.weaknesses if kind in facts.sink_kinds), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindResult:
    """The answer: findings surest first, and what was looked at."""

    findings: tuple[Finding, ...]
    coverage: CoverageRecord
