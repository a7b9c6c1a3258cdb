"""``--estimate``: what a run would ask models, and what it may cost, before anything is sent."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.cli.exits import ExitCode
from countermine.cli.finding import Sought, searched
from countermine.cli.options import Against, Outputs
from countermine.cli.requests import DRIVERS, Aims, only_of
from countermine.cli.searching import Plan, wants_hypotheses
from countermine.core.cases import case_id
from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.loop.search import SearchOptions
from countermine.models.options import AllCaps
from countermine.ports.progress import Silent
from countermine.target.inventory import InventoryOptions, take_inventory
from countermine.weaknesses.facts_index import facts_of, looked_for

if TYPE_CHECKING:
    from countermine.models.estimating import Estimate, Estimating


def estimate(plan: Plan, aims: Aims, outputs: Outputs) -> ExitCode:
    """Search, count the questions that a run may ask at most, and print what they may cost.

    Raises:
        CountermineError: As a search does.
    """
    from countermine.cli.leaving import hider  # noqa: PLC0415 - not without models
    from countermine.models.estimating import Estimating  # noqa: PLC0415
    from countermine.models.pricing import price_of  # noqa: PLC0415

    only = only_of(aims.choice)
    sought = Sought(weaknesses=looked_for(only), jobs=0)
    run = searched(plan, Against(), sought, screen=outputs).run
    model = Estimating(plan.settings.models, price_of, hider(Path(run.target.root)).hide)
    guesses = wants_hypotheses(plan, aims.asking)
    if guesses:
        _count_hypotheses(run, plan, model)
    chosen = _chosen(run, plan, aims, only) if aims.cases and aims.prove else ()
    for finding in chosen:
        _count_case(finding, run, plan, model, judges=guesses)
    estimates, caps = model.estimates(), plan.settings.models.caps
    if outputs.json:
        sys.stdout.write(json.dumps(_document(estimates, len(chosen), caps), indent=2) + "\n")
    elif not outputs.quiet:
        sys.stdout.write(
            "".join(f"{line}\n" for line in _lines(estimates, len(chosen), caps, guesses=guesses))
        )
    return ExitCode.CLEAN


def _count_hypotheses(run: Run, plan: Plan, model: "Estimating") -> None:
    from countermine.loop.guessing import hypotheses  # noqa: PLC0415 - not without models

    limits = InventoryOptions(paths=plan.paths, exclude=plan.exclude)
    options = SearchOptions(
        levels=plan.levels, include_tests=plan.include_tests, today="1970-01-01", jobs=1
    )
    hypotheses(take_inventory(run.target.root, limits), options, run, model, Silent())


def _chosen(run: Run, plan: Plan, aims: Aims, only: Sequence[str]) -> tuple[Finding, ...]:
    """Return the findings that a run would make cases of."""
    most = aims.choice.max_cases or plan.settings.budget.cases
    wanted = [
        finding
        for finding in run.findings
        if facts_of(finding.weakness) is not None
        and (
            not only or {finding.weakness, finding.fingerprint, case_id(finding)}.intersection(only)
        )
    ]
    return tuple(wanted[:most])


def _count_case(
    finding: Finding, run: Run, plan: Plan, model: "Estimating", *, judges: bool
) -> None:
    """Ask for all that a run may ask for one case."""
    from countermine.fix.suggest.question import SuggestRequest  # noqa: PLC0415 - not without
    from countermine.fix.suggest.suggest import suggest  # noqa: PLC0415
    from countermine.loop.driving import count_driver, opinion_about  # noqa: PLC0415
    from countermine.loop.stages import texts_of  # noqa: PLC0415

    facts, terms = facts_of(finding.weakness), plan.settings.models
    if facts is None:
        return
    texts = texts_of(run.target, finding)
    if judges:
        opinion_about(finding, texts, model)
    for _ in range(DRIVERS):
        count_driver(finding, texts, model)
    for _ in range(terms.rounds):
        for candidate in range(1, terms.candidates + 1):
            wanted = SuggestRequest(finding=finding, facts=facts, texts=texts, candidate=candidate)
            suggest(wanted, model)


def _lines(
    estimates: Sequence["Estimate"], cases: int, caps: AllCaps, *, guesses: bool
) -> list[str]:
    from countermine.report.models import dollars  # noqa: PLC0415
    from countermine.report.wording import counted  # noqa: PLC0415

    lines = [f"{counted(cases, 'case')}; models are asked where no remedy is proven."]
    for one in estimates:
        cost = "price not known" if one.micro_usd is None else dollars(one.micro_usd)
        tokens = f"{one.input_tokens:,} tokens asked, {one.output_tokens:,} answered"
        lines.append(
            f"  {one.task}: at most {counted(one.calls, 'call')} to {one.entry}; {tokens}; {cost}"
        )
    if not estimates:
        lines.append("  no model would be asked")
    if guesses:
        lines.append("  specify is not counted: which libraries are there is not known before")
    lines.append(f"Caps: run {_cap(caps.run.usd)}, each case {_cap(caps.case.usd)}.")
    return lines


def _cap(usd: float | None) -> str:
    return "without a bound on money" if usd is None else f"${usd:,.2f}"


def _document(estimates: Sequence["Estimate"], cases: int, caps: AllCaps) -> dict[str, object]:
    return {
        "cases": cases,
        "tasks": [
            {
                "task": one.task.value,
                "entry": one.entry,
                "calls": one.calls,
                "input_tokens": one.input_tokens,
                "output_tokens": one.output_tokens,
                "usd": None if one.micro_usd is None else one.micro_usd / 1_000_000,
            }
            for one in estimates
        ],
        "caps": {"run_usd": caps.run.usd, "case_usd": caps.case.usd},
    }
