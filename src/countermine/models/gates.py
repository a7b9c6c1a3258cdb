"""What stands before each call: may this question go to this model?"""

from typing import Protocol

from countermine.core.models import CallOutcome
from countermine.models.options import RosterEntry
from countermine.models.request import Request


class Gatekeeper(Protocol):
    """Says no, with a type and a sentence, or nothing."""

    def refuses(
        self, name: str, entry: RosterEntry, request: Request
    ) -> tuple[CallOutcome, str] | None:
        """Return why a request may not go to an entry, or ``None``.

        The outcome is one of those for which nothing is sent.
        """
        ...
