"""Carries out the search of ``find``: a run without cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import typer

from countermine.catalogue.loader import parse_rows
from countermine.cli.comparing import check, focused, known_at, report_of
from countermine.cli.options import Against, Screen
from countermine.cli.progress import shown
from countermine.cli.searching import Plan
from countermine.cli.surroundings import (
    SystemClock,
    cores,
    index_options,
    ssh_vendor,
    state_folder,
)
from countermine.core.errors import BadUsageError
from countermine.core.levels import Severity
from countermine.core.runs import Run, RunState, Timing
from countermine.core.weakness import WeaknessFacts
from countermine.loop.baseline import fingerprints_of_report, only_new
from countermine.loop.naming import NAMES
from countermine.loop.search import SearchOptions, search
from countermine.target.inventory import InventoryOptions
from countermine.target.memory import FolderMemory
from countermine.target.open import OpenOptions, open_with_inventory
from countermine.weaknesses.facts_index import ALL_FACTS, facts_of, looked_for


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOutcome:
    """The search as a run, and the severity from which it fails."""

    run: Run
    fail_on: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for, by how many processes."""

    weaknesses: tuple[WeaknessFacts, ...]
    jobs: int


def weaknesses_of(only: Sequence[str] | None) -> tuple[WeaknessFacts, ...]:
    """Return the weaknesses that ``--only`` names; what is looked for anyway where it is not given.

    Raises:
        BadUsageError: If one of them is no weakness.
    """
    if not only:
        return looked_for(())
    found: list[WeaknessFacts] = []
    for written in only:
        facts = facts_of(NAMES.canonical(written) or "")
        if facts is None:
            message = f"--only: {NAMES.unknown(written)}"
            raise BadUsageError(message)
        found.append(facts)
    return tuple(f for f in ALL_FACTS if f in found)


def searched(plan: Plan, against: Against, sought: Sought, *, screen: Screen) -> FindOutcome:
    """Search a target and return the result as a run without cases."""
    clock = SystemClock()
    begun = clock.monotonic_ms()
    opening = OpenOptions(
        state=state_folder(),
        index=index_options(),
        inventory=InventoryOptions(paths=plan.paths, exclude=plan.exclude),
        ssh=ssh_vendor,
    )
    rows = parse_rows(plan.settings.catalogue, plan.origin) if plan.settings.catalogue else None
    memory = FolderMemory(opening.state) if plan.cache else None
    wanted = SearchOptions(
        levels=plan.levels,
        include_tests=plan.include_tests,
        rows=rows,
        rules=plan.rules,
        rules_origin=plan.origin,
        today=clock.now_iso()[:10],
        weaknesses=sought.weaknesses,
        jobs=sought.jobs or cores(),
        memory=memory,
    )
    check(plan, against)
    report = report_of(against)
    with shown(screen) as progress:
        progress.stage("open")
        target, inventory = open_with_inventory(plan.spec, opening)
        known = fingerprints_of_report(report) if report is not None else frozenset()
        wanted, notes = focused(wanted, plan, against, inventory)
        if against.baseline is not None and report is None:
            known = known_at(against.baseline, plan, opening, wanted, progress)
        result = search(inventory, wanted, progress)
        if against.baseline is not None:
            result = only_new(result, known, against.baseline)
    if memory is not None and memory.fault and screen.verbose:
        typer.echo(f"countermine: nothing is kept for the next search: {memory.fault}", err=True)
    run = Run(
        id="find",
        version=version("countermine"),
        target=target,
        state=RunState.FINISHED,
        findings=result.findings,
        suppressed=result.suppressed,
        coverage=result.coverage,
        notes=(*plan.notes, *notes, *result.notes),
        started=clock.now_iso(),
        timings=(Timing(stage="find", duration_ms=clock.monotonic_ms() - begun),),
    )
    return FindOutcome(run=run, fail_on=plan.fail_on)
