"""What stands between the roster and a provider: one question sent, one answer or fault back."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from countermine.core.models import CallOutcome
from countermine.models.options import RosterEntry
from countermine.models.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer arrived, whatever it is worth."""

    text: str
    """The answer's JSON as the model wrote it, or its words where it wrote none."""
    serving: str | None
    """The model that the provider says answered."""
    input_tokens: int
    output_tokens: int
    truncated: bool = False
    """Whether it was cut at the bound on its length."""
    refused: bool = False
    """Whether the provider says that the model, or a filter, refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """No answer arrived."""

    outcome: CallOutcome
    reason: str
    """One sentence; holds no key."""
    wait_s: float | None = None
    """How long the provider asks us to wait."""
    serving: str | None = None
    sent: bool = True
    """Whether the question may have reached the provider, so that it may have to be paid."""


Sent: TypeAlias = Said | Fault


class Transport(Protocol):
    """Sends a request to the model of one roster entry. Safe to call from several threads."""

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Send and wait, at most ``entry.timeout_s``; never raises for what a provider does.

        Args:
            name: Of the entry, for its key in the keyring.
            entry: Which model, where, and how.
            request: What to send, to the byte.
        """
        ...
