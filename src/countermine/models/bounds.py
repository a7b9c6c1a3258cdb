"""From the caps of the configuration to bounds on what calls may use, and back to prices."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from countermine.core.models import ModelTask
from countermine.models.options import AllCaps, Caps, RosterEntry
from countermine.models.request import Request
from countermine.ports.calls import Amount, Bound

MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs, in US dollars for a million tokens."""

    input_usd: float
    output_usd: float

    def micro_usd(self, input_tokens: int, output_tokens: int) -> int:
        """Return what a call costs, rounded up to a millionth."""
        return math.ceil(input_tokens * self.input_usd + output_tokens * self.output_usd)


Pricing: TypeAlias = Callable[[RosterEntry], Price | None]
"""Says what a model costs; ``None`` where nobody knows."""


def bounds_for(caps: AllCaps, case: str | None, task: ModelTask) -> tuple[Bound, ...]:
    """Return the bounds that hold for a call."""
    bounds = [_bound("run", caps.run, None, None)]
    if case is not None:
        bounds.append(_bound("case", caps.case, case, None))
    if task in caps.task:
        bounds.append(_bound(f"task {task}", caps.task[task], None, task))
    return tuple(bounds)


def bounds_money(caps: AllCaps, case: str | None, task: ModelTask) -> bool:
    """Tell whether any of the bounds is on money."""
    return any(bound.micro_usd is not None for bound in bounds_for(caps, case, task))


def worst_of(request: Request, entry: RosterEntry, price: Price | None) -> Amount:
    """Return what a call can use at most: no token of a question is shorter than a byte."""
    asked, answered = request.most_tokens, request.answer_tokens
    return Amount(
        micro_usd=price.micro_usd(asked, answered) if price is not None else 0,
        tokens=asked + answered,
        calls=1,
        milliseconds=math.ceil(entry.timeout_s * 1000),
    )


def _bound(name: str, caps: Caps, case: str | None, task: ModelTask | None) -> Bound:
    return Bound(
        name=name,
        case=case,
        task=task,
        micro_usd=None if caps.usd is None else math.floor(caps.usd * MICRO),
        tokens=caps.tokens,
        calls=caps.calls,
        milliseconds=None if caps.seconds is None else math.floor(caps.seconds * 1000),
    )
