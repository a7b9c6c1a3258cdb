"""Builds what models are asked through; only called where one is configured."""

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from countermine.core.errors import EnvironmentLacksError

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


def provider_transport() -> "ProviderTransport":
    """Return the transport to real providers, with keys from this process's environment.

    Raises:
        EnvironmentLacksError: If the extra is not installed; says how to get it.
    """
    require_extra()
    from countermine.models.providers.sending import ProviderTransport  # noqa: PLC0415

    return ProviderTransport(dict(os.environ))
