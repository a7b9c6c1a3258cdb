"""The system-call filter that was assembled for this machine's architecture."""

import platform
from functools import lru_cache
from importlib import resources

from countermine.core.errors import SandboxUnavailableError


@lru_cache(maxsize=1)
def filter_program() -> bytes:
    """Return the BPF program of this architecture, as made by ``support/seccomp_filter.py``.

    Raises:
        SandboxUnavailableError: If there is none.
    """
    machine = platform.machine()
    program = resources.files("countermine.sandbox").joinpath("filters", f"{machine}.bpf")
    try:
        return program.read_bytes()
    except FileNotFoundError as error:
        message = (
            f"no system-call filter for {machine!r}; use x86_64 or aarch64, "
            "or add the architecture to support/seccomp_filter.py"
        )
        raise SandboxUnavailableError(message) from error
