"""What models had to do with a run, put together from the record of calls."""

from collections import Counter
from collections.abc import Iterable, Sequence

from countermine.core.cases import Case
from countermine.core.models import (
    Exchange,
    ModelCall,
    ModelShare,
    ModelTotals,
    ModelUsage,
)
from countermine.core.patches import PatchOrigin
from countermine.core.verdicts import Proven
from countermine.loop.calls.store import SqliteCalls


def share_of(store: SqliteCalls, cases: Sequence[Case]) -> ModelShare | None:
    """Return what models did, could not do, and cost; ``None`` where none was asked.

    Everything stands by case and task: in which order cases were worked on does not show.
    """
    exchanges, undone = store.exchanges(), store.lacks()
    if not exchanges and not undone:
        return None
    order = {case.id: number for number, case in enumerate(cases)}
    placed = sorted(exchanges, key=lambda one: _place(one, order))
    calls = [one.call for one in placed]
    spent = sum(call.usage.micro_usd for call in calls)
    fixed = sum(map(_is_fixed_by_model, cases))
    return ModelShare(
        totals=tuple(_totals(calls)),
        undone=undone,
        micro_usd_per_proven_fix=spent // fixed if fixed else None,
        exchanges=tuple(placed),
    )


def _is_fixed_by_model(case: Case) -> bool:
    by_model = case.patch is not None and case.patch.origin is PatchOrigin.MODEL
    return by_model and isinstance(case.verdict, Proven)


def _place(one: Exchange, order: dict[str, int]) -> tuple[int, str, str]:
    """Sort by case and task; the sort keeps the order of the calls within."""
    case = one.call.case
    return (-1 if case is None else order.get(case, len(order)), case or "", one.call.task)


def _totals(calls: Iterable[ModelCall]) -> Iterable[ModelTotals]:
    grouped: dict[tuple[str, str], list[ModelCall]] = {}
    for call in calls:
        grouped.setdefault((call.entry, call.requested), []).append(call)
    for (entry, requested), mine in sorted(grouped.items()):
        # What was there already was paid for when it was asked first.
        paid = [call for call in mine if not call.kept]
        yield ModelTotals(
            entry=entry,
            requested=requested,
            serving=tuple(sorted({call.serving for call in mine if call.serving})),
            outcomes=tuple(sorted(Counter(call.outcome for call in paid).items())),
            kept=len(mine) - len(paid),
            usage=ModelUsage(
                input_tokens=sum(call.usage.input_tokens for call in paid),
                output_tokens=sum(call.usage.output_tokens for call in paid),
                micro_usd=sum(call.usage.micro_usd for call in paid),
                duration_ms=sum(call.usage.duration_ms for call in paid),
            ),
        )
