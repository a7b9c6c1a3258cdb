"""From the options of ``run`` and ``fix`` to what a run is asked."""

from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from countermine.cli.options import Asking, Choice, Delivery, Outputs, Proving
from countermine.cli.running import absolute
from countermine.cli.searching import Plan, wants_hypotheses
from countermine.cli.settings import Settings
from countermine.core.errors import BadUsageError
from countermine.loop.naming import NAMES
from countermine.loop.records import ModelTerms, RunRequest, SuggestTerms
from countermine.models.options import ModelSettings

DRIVERS = 2
"""Times that a model is asked for a way to show a flaw; the second is told what came of the first.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What a run is for, beyond the search."""

    choice: Choice = field(default_factory=Choice)
    delivery: Delivery = field(default_factory=Delivery)
    proving: Proving = field(default_factory=Proving)
    asking: Asking = field(default_factory=Asking)
    prove: bool = True
    """False to stop after fixes."""
    cases: bool = True
    """False to stop after the search."""


def request_for(plan: Plan, aims: Aims, outputs: Outputs, *, run: str, started: str) -> RunRequest:
    """Put the plan of the search and the aims of the run together.

    Raises:
        BadUsageError: If ``--only`` names what is no weakness and no case.
    """
    settings = plan.settings
    terms = terms_of(plan, aims.asking)
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
        notes=plan.notes,
        catalogue=dict(settings.catalogue),
        only=only_of(aims.choice),
        max_cases=(aims.choice.max_cases or settings.budget.cases) if aims.cases else 0,
        wall_s=aims.proving.wall_seconds or settings.budget.wall_s,
        # A tree that somebody else wrote must not empty the user's state folder.
        state_bytes=(settings if plan.trusted else Settings()).budget.state_bytes,
        cache=plan.cache,
        python=aims.proving.python or settings.target.python,
        sandbox=aims.proving.sandbox or (settings if plan.trusted else Settings()).sandbox.name,
        install=settings.target.install,
        test=settings.target.test,
        environment=_below(plan, settings.target.environment),
        prove=aims.prove,
        patches=absolute(aims.delivery.patches),
        branch=aims.delivery.branch,
        apply=aims.delivery.apply,
        bundles=absolute(aims.delivery.bundles),
        models=terms,
        hypotheses=terms is not None and wants_hypotheses(plan, aims.asking),
        kept_rows=plan.kept_rows,
        drivers=DRIVERS if terms is not None and aims.prove else 0,
        opinions=terms is not None and aims.prove and wants_hypotheses(plan, aims.asking),
        suggest=_suggesting(settings.models) if terms is not None and aims.prove else None,
        sarif=absolute(outputs.sarif),
        html=absolute(outputs.html),
        fail_on=plan.fail_on,
    )


def terms_of(plan: Plan, asking: Asking) -> ModelTerms | None:
    """Return how models are asked; ``None`` where none is configured, or none is wanted.

    Raises:
        BadUsageError: If an option needs a model, and there is none.
    """
    if asking.no_models or plan.models_origin is None:
        wishes = {
            "--hypotheses": asking.hypotheses,
            "--estimate": asking.estimate,
            "--preview": asking.preview,
            "--max-usd": asking.max_usd is not None,
            "--record": asking.record is not None,
            "--replay": asking.replay is not None,
        }
        for name, wanted in wishes.items():
            if wanted:
                why = "--no-models is given" if asking.no_models else "no model is configured"
                message = f"{name} needs a model, and {why}; docs/models.md says how"
                raise BadUsageError(message)
        return None
    if asking.record is not None and asking.replay is not None:
        message = "--record and --replay exclude each other: a replay makes the same record"
        raise BadUsageError(message)
    return ModelTerms(
        origin=str(plan.models_origin.absolute()),
        preview=asking.preview,
        max_usd=asking.max_usd,
        record=absolute(asking.record),
        replay=absolute(asking.replay),
    )


def _suggesting(models: ModelSettings) -> SuggestTerms:
    return SuggestTerms(candidates=models.candidates, rounds=models.rounds)


def only_of(choice: Choice) -> tuple[str, ...]:
    """Return the weaknesses and cases that ``--only`` means.

    Raises:
        BadUsageError: If a name is that of no weakness, and no id of a case.
    """
    meant: list[str] = []
    for written in choice.only or ():
        name = NAMES.canonical(written)
        if name is None:
            message = f"--only: {NAMES.unknown(written)}"
            raise BadUsageError(message)
        meant.append(name)
    return tuple(meant)


def _below(plan: Plan, folder: str | None) -> str | None:
    """Return a folder of the settings, a relative one being below the directory they are of."""
    if folder is None or not plan.origin:
        return folder
    return str(Path(plan.origin).absolute().parent / folder)
