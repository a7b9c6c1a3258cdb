"""The record of calls to models: what was said, what it cost, and caps that nobody crosses.

Shared by all that work on a run. An amount is reserved before a call and settled after it; a
process that dies between the two leaves the reservation, which counts as spent.
"""

from dataclasses import dataclass
from typing import Protocol

from countermine.core.models import Lack, ModelCall, ModelTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What a call may use at most, or did use."""

    micro_usd: int = 0
    tokens: int = 0
    calls: int = 0
    milliseconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A cap: what all calls of a scope may use together; ``None`` is not bounded."""

    name: str
    """As the user calls it: ``run``, ``case`` or ``task patch``."""
    case: str | None = None
    """Only calls for this case count; ``None`` for all."""
    task: ModelTask | None = None
    """Only calls of this task count; ``None`` for all."""
    micro_usd: int | None = None
    tokens: int | None = None
    calls: int | None = None
    milliseconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """A reservation was refused, and nothing changed."""

    bound: str
    """Name of the bound."""
    measure: str
    """``money``, ``tokens``, ``calls`` or ``time``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A reservation."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that is on record."""

    text: str
    serving: str | None
    truncated: bool
    refused: bool
    input_tokens: int
    output_tokens: int


class CallStore(Protocol):
    """Keeps calls, answers and what they cost. Safe for several threads and processes."""

    def shown(self, request_sha256: str, text: str) -> None:
        """Keep what a request says, as it may leave the machine, so that people can read it."""
        ...

    def reserve(
        self, call: ModelCall, worst: Amount, bounds: tuple[Bound, ...]
    ) -> Ticket | Crossed:
        """Reserve what a call may use at most, unless that would cross a bound."""
        ...

    def settle(self, ticket: Ticket, call: ModelCall, said: Kept | None) -> None:
        """Put what a call did use in the place of what was reserved, and keep its answer."""
        ...

    def note(self, call: ModelCall) -> None:
        """Record a call for which nothing was sent."""
        ...

    def kept(self, request_sha256: str, entry: str, model: str) -> Kept | None:
        """Return what a model of the roster said to a request, if it is on record."""
        ...

    def lacking(self, case: str | None, task: ModelTask, lack: Lack, reason: str) -> None:
        """Record that no model answered a question of a case."""
        ...

    def answered(self, case: str | None, task: ModelTask) -> None:
        """Take back what ``lacking`` recorded of a case's task."""
        ...
