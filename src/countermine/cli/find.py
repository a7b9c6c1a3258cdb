"""``countermine find``: search a target; nothing is run and nothing is changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermine.cli import options
from countermine.cli.exits import outcome
from countermine.core.levels import Severity
from countermine.core.runs import Run, RunState, Timing

if TYPE_CHECKING:
    from countermine.cli.outputs import Outputs
    from countermine.cli.searching import Plan


def find(  # noqa: PLR0913 - a command line has as many options as it has
    target: options.Target,
    *,
    sarif: options.Sarif = None,
    html: options.Html = None,
    json: options.Json = False,
    fail_on: options.FailOn = None,
    level: options.Levels = None,
    path: options.Paths = None,
    exclude: options.Exclude = None,
    include_tests: options.IncludeTests = False,
    config: options.Config = None,
    jobs: options.Jobs = 0,
    no_timings: options.NoTimings = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Find vulnerabilities: data flows from where attackers write to where it hurts.

    Nothing of TARGET is run or changed. Findings come surest first, each with its trace.

    \b
      countermine find .
      countermine find pypi:flask==3.0.0 --sarif out.sarif
      countermine find https://example.org/project.git --level remote
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.cli.outputs import Outputs, write  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.searching import Wishes, over_threshold, plan  # noqa: PLC0415

    wishes = Wishes(
        target=target,
        config=config,
        paths=tuple(path or ()),
        exclude=tuple(exclude or ()),
        levels=tuple(level or ()),
        fail_on=fail_on,
        include_tests=include_tests,
    )
    outputs = Outputs(
        json=json,
        sarif=sarif,
        html=html,
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
        timings=not no_timings,
    )
    found = searched(plan(wishes), jobs=jobs, outputs=outputs)
    write(found.run, outputs)
    return outcome(
        over_threshold=over_threshold(found.run, found.fail_on),
        complete=found.run.coverage.complete,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOutcome:
    """The search as a run, and the severity from which it fails."""

    run: Run
    fail_on: Severity


def searched(plan: "Plan", *, jobs: int, outputs: "Outputs") -> FindOutcome:
    """Search a target and return the result as a run without cases."""
    from importlib.metadata import version  # noqa: PLC0415

    from countermine.catalogue.loader import parse_rows  # noqa: PLC0415
    from countermine.cli.progress import shown  # noqa: PLC0415
    from countermine.cli.surroundings import (  # noqa: PLC0415
        SystemClock,
        cores,
        index_options,
        ssh_vendor,
        state_folder,
    )
    from countermine.loop.search import SearchOptions, search  # noqa: PLC0415
    from countermine.target.inventory import InventoryOptions  # noqa: PLC0415
    from countermine.target.open import OpenOptions, open_with_inventory  # noqa: PLC0415

    clock = SystemClock()
    begun = clock.monotonic_ms()
    opening = OpenOptions(
        state=state_folder(),
        index=index_options(),
        inventory=InventoryOptions(paths=plan.paths, exclude=plan.exclude),
        ssh=ssh_vendor,
    )
    rows = parse_rows(plan.settings.catalogue, plan.origin) if plan.settings.catalogue else None
    wanted = SearchOptions(
        levels=plan.levels,
        include_tests=plan.include_tests,
        rows=rows,
        rules=plan.rules,
        rules_origin=plan.origin,
        today=clock.now_iso()[:10],
        jobs=jobs or cores(),
    )
    quiet = outputs.quiet or outputs.json
    with shown(quiet=quiet, verbose=outputs.verbose, no_color=outputs.no_color) as progress:
        progress.stage("open")
        target, inventory = open_with_inventory(plan.spec, opening)
        result = search(inventory, wanted, progress)
    run = Run(
        id="find",
        version=version("countermine"),
        target=target,
        state=RunState.FINISHED,
        findings=result.findings,
        suppressed=result.suppressed,
        coverage=result.coverage,
        notes=result.notes,
        started=clock.now_iso(),
        timings=(Timing(stage="find", duration_ms=clock.monotonic_ms() - begun),),
    )
    return FindOutcome(run=run, fail_on=plan.fail_on)
