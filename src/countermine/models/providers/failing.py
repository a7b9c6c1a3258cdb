"""Why a call brings nothing, where that is known at once."""

from countermine.core.models import CallOutcome


class CallFailedError(Exception):
    """A call cannot be made, or its answer is not taken further."""

    def __init__(self, outcome: CallOutcome, reason: str) -> None:
        """Say what came of it and why, in one sentence that holds no key."""
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
