"""What a process is given by its edge to carry out stages, and the options made of it."""

from dataclasses import dataclass, field
from pathlib import Path

from countermine.catalogue.loader import parse_rows
from countermine.loop.records import (
    RunRequest,
)
from countermine.loop.search import SearchOptions
from countermine.ports.clock import Clock
from countermine.ports.memory import Memory
from countermine.ports.model import Model, NoModel
from countermine.ports.progress import Progress, Silent
from countermine.ports.sandbox import Sandbox
from countermine.target.fetch_git import SshVendorMaker
from countermine.target.fetched import IndexOptions
from countermine.target.inventory import InventoryOptions
from countermine.target.open import OpenOptions
from countermine.weaknesses.facts_index import looked_for

MAX_TEST_SHARDS = 4
"""More parts gain little: each loads all modules of tests anew, in memory of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What this process was given by its edge; never stored."""

    state: Path
    index: IndexOptions
    sandbox: Sandbox | None
    """``None`` where there is none: everything that runs the target is ``Inconclusive``."""
    no_sandbox: str = ""
    """Why there is none."""
    clock: Clock
    progress: Progress = field(default_factory=Silent)
    gates: Progress = field(default_factory=Silent)
    """Told of each gate; apart, since cases are judged at the same time."""
    ssh: SshVendorMaker | None = None
    """Makes what runs ``ssh`` for clones; ``None`` refuses ssh URLs."""
    test_shards: int = 1
    """Most parts that the target's tests are run in at once."""
    scratch: Path
    """Folder of the run for what need not outlive it."""
    model: Model = field(default_factory=NoModel)
    """Who is asked what programs cannot do; nothing that judges has it."""
    memory: Memory | None = None
    """Answers of earlier searches, for the first one; what judges a patch uses none."""
    sources: Path | None = None
    """File for copies of what findings go through; ``None`` keeps none."""


def open_options(means: Means, request: RunRequest) -> OpenOptions:
    """Return where a run's target is fetched from and to, and what of it counts."""
    return OpenOptions(
        state=means.state,
        index=means.index,
        inventory=InventoryOptions(paths=request.paths, exclude=request.exclude),
        ssh=means.ssh,
    )


def search_options(request: RunRequest) -> SearchOptions:
    """Return the options of a run's search; the day is that of the run's beginning."""
    rows = parse_rows(request.catalogue, request.rules_origin) if request.catalogue else None
    return SearchOptions(
        levels=request.levels,
        include_tests=request.include_tests,
        rows=rows,
        rules=request.rules,
        rules_origin=request.rules_origin,
        today=request.started[:10],
        weaknesses=looked_for(request.only),
        # The workflow engine has threads; a process with threads is not forked.
        jobs=1,
    )
