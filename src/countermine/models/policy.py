"""What is done after each outcome of a call: one row for each, so that none is treated by chance.

The table of docs/models.md is made from this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from countermine.core.models import CallOutcome


class Next(StrEnum):
    """What follows."""

    TAKE = "take"
    """The answer is used."""
    ASK_AGAIN = "ask-again"
    """The same model is told what is wrong and asked again, so often; then the next."""
    WAIT = "wait"
    """The same model after a wait, so often; then the next."""
    NEXT = "next"
    """The next model of the roster."""
    STOP = "stop"
    """No model: another one would meet the same bound."""


class Mark(StrEnum):
    """What it says of the model or its provider."""

    NONE = "none"
    GOOD = "good"
    """Whatever failed before is over."""
    TROUBLE = "trouble"
    """Counts against the provider; too much of it suspends it for a while."""
    MODEL_OUT = "model-out"
    """This model is not asked again in this process."""
    PROVIDER_OUT = "provider-out"
    """Nothing of this provider's is asked again in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is done after an outcome."""

    next: Next
    mark: Mark = Mark.NONE
    may_return: bool = False
    """Whether another time may do: a question that ends so is picked up by ``resume``."""


POLICIES: Mapping[CallOutcome, Policy] = {
    CallOutcome.ANSWERED: Policy(next=Next.TAKE, mark=Mark.GOOD),
    CallOutcome.REFUSED: Policy(next=Next.NEXT, mark=Mark.GOOD),
    CallOutcome.WITHDRAWN: Policy(next=Next.NEXT, mark=Mark.MODEL_OUT, may_return=True),
    CallOutcome.QUOTA: Policy(next=Next.NEXT, mark=Mark.PROVIDER_OUT, may_return=True),
    CallOutcome.THROTTLED: Policy(next=Next.WAIT, may_return=True),
    CallOutcome.OVERLOADED: Policy(next=Next.WAIT, mark=Mark.TROUBLE, may_return=True),
    CallOutcome.UNREACHABLE: Policy(next=Next.WAIT, mark=Mark.TROUBLE, may_return=True),
    CallOutcome.TIMED_OUT: Policy(next=Next.NEXT, mark=Mark.TROUBLE, may_return=True),
    CallOutcome.TRUNCATED: Policy(next=Next.NEXT, mark=Mark.GOOD),
    CallOutcome.NONSENSE: Policy(next=Next.ASK_AGAIN, mark=Mark.GOOD),
    CallOutcome.SUBSTITUTED: Policy(next=Next.NEXT, mark=Mark.MODEL_OUT, may_return=True),
    CallOutcome.TOO_LONG: Policy(next=Next.NEXT, mark=Mark.GOOD),
    CallOutcome.REJECTED: Policy(next=Next.NEXT),
    CallOutcome.OVER_BUDGET: Policy(next=Next.NEXT),
    CallOutcome.FORBIDDEN: Policy(next=Next.NEXT),
    CallOutcome.SUSPENDED: Policy(next=Next.NEXT, may_return=True),
    CallOutcome.NOT_RECORDED: Policy(next=Next.NEXT),
    CallOutcome.WITHHELD: Policy(next=Next.STOP),
}
