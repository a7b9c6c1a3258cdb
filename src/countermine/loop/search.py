"""One search over one tree: what ``find`` does, and the first stage of a run.

Imports nothing of the workflow engine or of rewriting: a search starts at once.
"""

from dataclasses import dataclass

from countermine.catalogue.loader import load
from countermine.catalogue.schema import Rows
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory
from countermine.core.levels import SourceLevel
from countermine.core.runs import Suppressed
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.flows import find_flows
from countermine.find.remarks import MARK
from countermine.find.request import FindRequest
from countermine.find.suppress import SuppressionRule, suppress
from countermine.loop.naming import NAMES
from countermine.ports.memory import Memory
from countermine.ports.progress import Progress
from countermine.target.texts import read_texts
from countermine.weaknesses.facts_index import looked_for


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """What counts in a search."""

    levels: tuple[SourceLevel, ...] = tuple(SourceLevel)
    include_tests: bool = False
    rows: Rows | None = None
    """Catalogue rows of the project's own."""
    rules: tuple[SuppressionRule, ...] = ()
    rules_origin: str = ""
    """The configuration file that the rules stand in."""
    today: str
    """ISO date, for rules that expire."""
    focus: frozenset[TreePath] | None = None
    """Files that changed: only findings that one of them has a part in are looked for."""
    weaknesses: tuple[WeaknessFacts, ...] = looked_for(())
    jobs: int = 1
    memory: Memory | None = None
    """Answers of earlier searches; ``None`` to work everything out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search found, and what it looked at."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    coverage: CoverageRecord
    notes: tuple[str, ...]


def search(inventory: Inventory, options: SearchOptions, progress: Progress) -> Searched:
    """Find the flaws of a tree and set aside what the user set aside."""
    request = request_of(inventory, options)
    roles = request.roles
    result = find_flows(request, progress)
    sorted_out = suppress(
        result.findings,
        _texts(inventory, roles, result.findings),
        options.rules,
        NAMES,
        today=options.today,
        origin=options.rules_origin,
    )
    return Searched(
        findings=sorted_out.kept,
        suppressed=sorted_out.suppressed,
        coverage=result.coverage,
        notes=(
            *((f"settings from {options.rules_origin}",) if options.rules_origin else ()),
            *sorted_out.notes,
        ),
    )


def request_of(inventory: Inventory, options: SearchOptions) -> FindRequest:
    """Return what the search over a tree is asked."""
    return FindRequest(
        inventory=inventory,
        catalogue=load(options.rows),
        weaknesses=options.weaknesses,
        levels=options.levels,
        roles=tuple(FileRole) if options.include_tests else (FileRole.SOURCE,),
        focus=options.focus,
        jobs=options.jobs,
        memory=options.memory,
    )


def _texts(
    inventory: Inventory, roles: tuple[FileRole, ...], findings: tuple[Finding, ...]
) -> dict[TreePath, bytes]:
    """Return the files that hold a finding, or a comment that may set one aside."""
    holding = {finding.location.path for finding in findings}
    texts: dict[TreePath, bytes] = {}
    for file in inventory.files:
        if file.role in roles or file.path in holding:
            # One at a time: a tree need not fit into memory.
            read = read_texts(inventory.root, [file.path])
            texts |= {path: text for path, text in read.items() if path in holding or MARK in text}
    shown = [file.path for file in inventory.templates if file.path in holding]
    return texts | read_texts(inventory.root, shown)
