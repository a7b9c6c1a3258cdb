"""Keeps questions on this machine where the configuration says so."""

from dataclasses import dataclass

from countermine.core.models import CallOutcome
from countermine.models.locality import Resolving, addresses_of, is_local
from countermine.models.options import Privacy, RosterEntry
from countermine.models.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyGate:
    """Refuses every model that is not on this machine's loopback."""

    privacy: Privacy
    resolve: Resolving = addresses_of

    def refuses(
        self, name: str, entry: RosterEntry, request: Request
    ) -> tuple[CallOutcome, str] | None:
        """Return why a request may not go to an entry, or ``None``."""
        del request
        if self.privacy is not Privacy.LOCAL_ONLY or is_local(entry, self.resolve):
            return None
        reason = f'privacy = "local-only", and {name} is not on this machine\'s loopback'
        return CallOutcome.FORBIDDEN, reason
