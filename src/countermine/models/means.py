"""What a roster is given by its edge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from countermine.models.bounds import Pricing
from countermine.models.gates import Gatekeeper
from countermine.models.transport import Transport
from countermine.ports.calls import CallStore
from countermine.ports.clock import Clock
from countermine.ports.memory import Memory
from countermine.ports.model import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Material as it may be shown, and what was taken out of it."""

    material: tuple[Material, ...]
    replaced: Mapping[str, str] = field(default_factory=dict)
    """What stands in the place of each secret, and the secret; never leaves the process."""


def hide_nothing(material: tuple[Material, ...]) -> Hidden:
    """Show everything, for tests and for who says so."""
    return Hidden(material=material)


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
