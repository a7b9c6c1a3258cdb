"""How predictable randomness shows itself: the predictable generator is seen to be asked."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event
from countermine.prove.drive.structural import structural


def _dangerous(event: Event) -> str | None:
    return f"{event.get('call')} was asked"


WITNESS: WitnessMaker = structural("random", _dangerous)
"""Calls the function that makes the secret."""
