"""What a roster is given by its edge."""

from collections.abc import Callable
from dataclasses import dataclass

from countermine.models.bounds import Pricing
from countermine.models.gates import Gatekeeper
from countermine.models.hidden import Hidden, hide_nothing
from countermine.models.transport import Transport
from countermine.ports.calls import CallStore
from countermine.ports.clock import Clock
from countermine.ports.memory import Memory
from countermine.ports.model import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterMeans:
    """What the edge gives a roster."""

    transport: Transport
    store: CallStore
    clock: Clock
    sleep: Callable[[float], None]
    price: Pricing
    hide: Callable[[tuple[Material, ...]], Hidden] = hide_nothing
    gatekeepers: tuple[Gatekeeper, ...] = ()
    """Asked in turn before anything is sent."""
    memory: Memory | None = None
    """Answers of earlier runs; ``None`` to pay for each."""
