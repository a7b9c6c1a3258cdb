"""Builds what models are asked through; only called where one is configured."""

import os
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Self

from countermine.core.errors import EnvironmentLacksError
from countermine.models.options import RosterEntry
from countermine.models.request import Request
from countermine.models.transport import Sent

if TYPE_CHECKING:
    from countermine.models.providers.sending import ProviderTransport

LACKING = "models need packages that are not installed: pip install 'countermine[models]'"

_BROUGHT = ("pydantic_ai", "genai_prices", "json_repair", "httpx2")
"""One of each part of the extra."""


def has_extra() -> bool:
    """Tell whether ``countermine[models]`` is installed."""
    return all(find_spec(name) is not None for name in _BROUGHT)


def require_extra() -> None:
    """Do nothing where ``countermine[models]`` is installed.

    Raises:
        EnvironmentLacksError: If it is not; says how to get it.
    """
    if not has_extra():
        raise EnvironmentLacksError(LACKING)


class LateTransport:
    """Sends to real providers; loads what speaks to them with the first question.

    To load it costs more than half a second, and a run whose flaws have remedies asks nobody.
    Safe to call from several threads.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Make a transport; ``environment`` holds the keys, and names a proxy."""
        self._environment = environment
        self._lock = threading.Lock()
        self._loaded: ProviderTransport | None = None

    def __enter__(self) -> Self:
        """Return the transport."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what was opened."""
        del kind, error, trace
        with self._lock:
            if self._loaded is not None:
                self._loaded.close()

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Send and wait, at most ``entry.timeout_s``; never raises for what a provider does."""
        return self._provider().send(name, entry, request)

    def _provider(self) -> "ProviderTransport":
        with self._lock:
            if self._loaded is None:
                from countermine.models.providers.sending import (  # noqa: PLC0415 - half a second
                    ProviderTransport,
                )

                self._loaded = ProviderTransport(self._environment)
            return self._loaded


def provider_transport() -> LateTransport:
    """Return the transport to real providers, with keys from this process's environment.

    Raises:
        EnvironmentLacksError: If the extra is not installed; says how to get it.
    """
    require_extra()
    return LateTransport(dict(os.environ))
