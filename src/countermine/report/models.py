"""What models had to do with a run, in words and as JSON; nothing where none was asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countermine.core.models import (
    Exchange,
    Lack,
    ModelCall,
    ModelShare,
    ModelTotals,
    ModelUsage,
    Undone,
)
from countermine.report.escape import printable, printable_lines
from countermine.report.redact import redact
from countermine.report.sarif_places import Json
from countermine.report.wording import counted, safe

MAX_CHARACTERS = 20_000
"""Of a question or an answer on the page."""

_LACKS = {
    Lack.NO_MODEL: "no model is configured for it",
    Lack.GONE: "no model was left",
    Lack.OVER_BUDGET: "a cap was reached",
    Lack.UNUSABLE: "nothing that could be used was answered",
    Lack.KEPT_BACK: "it was not sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """One call on the page."""

    title: str
    outcome: str
    asked: str
    said: str


def dollars(micro_usd: int) -> str:
    """Return an amount of money: to the cent, or the digits that are left below one."""
    usd = micro_usd / 1_000_000
    return f"${usd:,.2f}" if not micro_usd or usd >= 0.01 else f"${usd:.6f}".rstrip("0")  # noqa: PLR2004


def spent(share: ModelShare) -> ModelUsage:
    """Return what all calls used together."""
    return ModelUsage(
        input_tokens=sum(one.usage.input_tokens for one in share.totals),
        output_tokens=sum(one.usage.output_tokens for one in share.totals),
        micro_usd=sum(one.usage.micro_usd for one in share.totals),
        duration_ms=sum(one.usage.duration_ms for one in share.totals),
    )


def sentences(share: ModelShare) -> tuple[str, ...]:
    """Return who did what, what it cost, and what nobody did, a sentence each."""
    return (
        *(_did(one) for one in share.totals),
        *([_cost(share)] if share.totals else []),
        *_lacking(share.undone),
    )


def transcript(share: ModelShare | None, case: str | None) -> tuple[ExchangeView, ...]:
    """Return the calls made for a case, or for the search where there is none."""
    if share is None:
        return ()
    return tuple(_view(one) for one in share.exchanges if one.call.case == case)


def as_json(share: ModelShare, *, timings: bool) -> Json:
    """Return a run's share of models as JSON.

    Args:
        share: What models did.
        timings: False leaves out how long calls took.
    """
    document: Json = {
        "totals": [_totals(one, timings=timings) for one in share.totals],
        "calls": [_call(one.call, timings=timings) for one in share.exchanges],
        "undone": [
            {
                "case": one.case,
                "task": one.task.value,
                "lack": one.lack.value,
                "reason": _text(one.reason),
            }
            for one in share.undone
        ],
        "usd": spent(share).micro_usd / 1_000_000,
        "usd_per_proven_fix": (
            None
            if share.micro_usd_per_proven_fix is None
            else share.micro_usd_per_proven_fix / 1_000_000
        ),
    }
    return document


def _did(one: ModelTotals) -> str:
    outcomes = ", ".join(f"{count} {outcome.value}" for outcome, count in one.outcomes)
    kept = f", {one.kept} answered before" if one.kept else ""
    under = [name for name in one.serving if name != one.requested]
    as_ = f" (served as {', '.join(under)})" if under else ""
    tokens = one.usage.input_tokens + one.usage.output_tokens
    used = f"{tokens:,} tokens, {dollars(one.usage.micro_usd)}"
    said = (outcomes + kept).removeprefix(", ") or "not asked"
    return f"Model {one.entry} ({one.requested}){as_}: {said}; {used}."


def _cost(share: ModelShare) -> str:
    whole = f"Models cost {dollars(spent(share).micro_usd)}"
    each = share.micro_usd_per_proven_fix
    return (
        f"{whole}." if each is None else f"{whole}, {dollars(each)} for each proven fix of theirs."
    )


def _lacking(undone: Sequence[Undone]) -> Iterable[str]:
    for lack in Lack:
        mine = [one for one in undone if one.lack is lack]
        if mine:
            what = ", ".join(dict.fromkeys(f"{one.task} {one.case or 'search'}" for one in mine))
            number = counted(len(mine), "piece of work", "pieces of work")
            yield f"No model did {number} ({_LACKS[lack]}: {mine[0].reason}): {what}."


def _view(one: Exchange) -> ExchangeView:
    call = one.call
    served = f", answered by {call.serving}" if call.serving else ""
    kept = ", kept from before" if call.kept else ""
    reason = f": {call.reason}" if call.reason else ""
    return ExchangeView(
        title=safe(f"{call.task}: {call.entry} was asked{served}{kept}"),
        outcome=safe(f"{call.outcome}{reason}"),
        asked=printable_lines(redact(one.asked))[:MAX_CHARACTERS],
        said=printable_lines(redact(one.said or ""))[:MAX_CHARACTERS],
    )


def _totals(one: ModelTotals, *, timings: bool) -> Json:
    return {
        "entry": printable(one.entry),
        "requested": printable(one.requested),
        "serving": [printable(name) for name in one.serving],
        "outcomes": {outcome.value: count for outcome, count in one.outcomes},
        "kept": one.kept,
        **_usage(one.usage, timings=timings),
    }


def _call(call: ModelCall, *, timings: bool) -> Json:
    return {
        "task": call.task.value,
        "case": call.case,
        "entry": printable(call.entry),
        "requested": printable(call.requested),
        "serving": None if call.serving is None else printable(call.serving),
        "outcome": call.outcome.value,
        "reason": _text(call.reason),
        "request_sha256": call.request_sha256,
        "answer_sha256": call.answer_sha256,
        "kept": call.kept,
        **_usage(call.usage, timings=timings),
    }


def _usage(usage: ModelUsage, *, timings: bool) -> Json:
    document: Json = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "usd": usage.micro_usd / 1_000_000,
    }
    return document | {"duration_ms": usage.duration_ms} if timings else document


def _text(text: str) -> str:
    return redact(printable(text))
