"""Keeps from asking whoever cannot answer: a circuit breaker for each provider and each model."""

from dataclasses import dataclass
from threading import Lock

from countermine.models.options import RosterEntry
from countermine.models.policy import Mark
from countermine.ports.clock import Clock

MOST_TROUBLES = 3
"""Troubles in a row after which a provider is suspended."""

SUSPENDED_MS = 30_000
"""How long; then one call is let through, and what becomes of it decides."""


@dataclass(slots=True)
class _State:
    troubles: int = 0
    until_ms: int = 0
    out: str | None = None


class Breaker:
    """Remembers, for one process, how providers and models did. Safe for several threads."""

    def __init__(self, clock: Clock) -> None:
        """Start with everybody trusted."""
        self._clock, self._lock = clock, Lock()
        self._states: dict[str, _State] = {}

    def refuses(self, name: str, entry: RosterEntry) -> str | None:
        """Return why an entry is not to be asked now, or ``None``."""
        now = self._clock.monotonic_ms()
        with self._lock:
            for key in (_model(name), _provider(entry)):
                state = self._states.get(key)
                if state is None:
                    continue
                if state.out is not None:
                    return state.out
                if state.troubles >= MOST_TROUBLES and now < state.until_ms:
                    return f"{state.troubles} calls in a row failed; it is left alone for a while"
                if state.troubles >= MOST_TROUBLES:
                    # One is let through; the others wait for what becomes of it.
                    state.until_ms = now + SUSPENDED_MS
        return None

    def mark(self, name: str, entry: RosterEntry, mark: Mark, reason: str) -> None:
        """Take note of what an outcome says of a model or its provider."""
        with self._lock:
            match mark:
                case Mark.NONE:
                    pass
                case Mark.GOOD:
                    self._states.pop(_provider(entry), None)
                case Mark.TROUBLE:
                    state = self._states.setdefault(_provider(entry), _State())
                    state.troubles += 1
                    state.until_ms = self._clock.monotonic_ms() + SUSPENDED_MS
                case Mark.MODEL_OUT:
                    self._states.setdefault(_model(name), _State()).out = reason
                case Mark.PROVIDER_OUT:
                    self._states.setdefault(_provider(entry), _State()).out = reason


def _model(name: str) -> str:
    return f"model {name}"


def _provider(entry: RosterEntry) -> str:
    key = entry.key_variable or entry.keyring_service or ""
    return f"provider {entry.provider} {entry.url or ''} {key}"
