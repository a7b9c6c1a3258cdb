"""From the options of ``run`` and ``fix`` to what a run is asked."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from countermine.cli.outputs import Outputs
from countermine.cli.running import absolute
from countermine.cli.searching import Plan
from countermine.cli.settings import Settings
from countermine.loop.records import RunRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What a run is for, beyond the search."""

    only: tuple[str, ...] = ()
    max_cases: int | None = None
    wall_s: int | None = None
    python: str | None = None
    prove: bool = True
    patches: Path | None = None
    branch: str | None = None
    apply: bool = False


def request_for(plan: Plan, aims: Aims, outputs: Outputs, *, run: str, started: str) -> RunRequest:
    """Put the plan of the search and the aims of the run together."""
    settings = plan.settings
    return RunRequest(
        run=run,
        version=version("countermine"),
        target=plan.target,
        typed=plan.typed,
        started=started,
        levels=plan.levels,
        include_tests=plan.include_tests,
        paths=plan.paths,
        exclude=plan.exclude,
        rules=plan.rules,
        rules_origin=plan.origin,
        catalogue=dict(settings.catalogue),
        only=aims.only,
        max_cases=aims.max_cases or settings.budget.cases,
        wall_s=aims.wall_s or settings.budget.wall_s,
        # A tree that somebody else wrote must not empty the user's state folder.
        state_bytes=(settings if plan.trusted else Settings()).budget.state_bytes,
        python=aims.python or settings.target.python,
        install=settings.target.install,
        test=settings.target.test,
        environment=_below(plan, settings.target.environment),
        prove=aims.prove,
        patches=absolute(aims.patches),
        branch=aims.branch,
        apply=aims.apply,
        sarif=absolute(outputs.sarif),
        html=absolute(outputs.html),
        fail_on=plan.fail_on,
    )


def _below(plan: Plan, folder: str | None) -> str | None:
    """Return a folder of the settings, a relative one being below the directory they are of."""
    if folder is None or not plan.origin:
        return folder
    return str(Path(plan.origin).absolute().parent / folder)
