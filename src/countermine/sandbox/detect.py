"""Which sandbox this machine can give, and what is in the way of a better one.

Everything here can be imported on any platform: ``find`` and ``doctor`` run where ``prove``
cannot.
"""

import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Sandbox
from countermine.sandbox.index_access import IndexAccess

NEEDS_LINUX: Final = (
    "the sandbox needs Linux namespaces; use a Linux machine, WSL 2 or a Linux virtual machine "
    "(find, fix and report work here)"
)


class CheckState(StrEnum):
    """How well a part of the sandbox works here."""

    OK = "ok"
    WARN = "warn"
    """It works, with less than one would wish."""
    MISSING = "missing"
    """Without it nothing can be proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that ``countermine doctor`` looked at."""

    name: str
    state: CheckState
    detail: str
    """One line: what is here."""
    remedy: str = ""
    """How to get what is missing; empty where nothing is."""


def choose(index: IndexAccess | None = None) -> Sandbox:
    """Return the sandbox of this machine; never one without isolation.

    Args:
        index: What fetching packages may reach; the public index where it is not given.

    Raises:
        SandboxUnavailableError: If there is none; says what to do.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(NEEDS_LINUX)
    # The modules below need Linux; this one does not.
    from countermine.sandbox.bubblewrap import BubblewrapSandbox  # noqa: PLC0415

    return BubblewrapSandbox.create(index)
