"""What the program takes from around it: the environment, the clock, the terminal."""

import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.core.errors import BadUsageError
from countermine.target.fetched import IndexOptions

if TYPE_CHECKING:
    from dulwich.client import SSHVendor

    from countermine.sandbox.index_access import IndexAccess

UNCUT = 1 << 20
"""Longer than any line."""

STATE_VARIABLE = "COUNTERMINE_STATE"

CONFIG_VARIABLE = "COUNTERMINE_CONFIG"


class SystemClock:
    """The time of this machine."""

    def now_iso(self) -> str:
        """Return the UTC time in ISO 8601 with seconds."""
        return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def monotonic_ms(self) -> int:
        """Return milliseconds since some fixed moment."""
        return time.monotonic_ns() // 1_000_000


def state_folder() -> Path:
    """Return the folder for runs, downloads and environments; it need not exist yet."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_state_path  # noqa: PLC0415 - not on the way to --help

    return user_state_path("countermine", appauthor=False)


def user_configuration() -> Path | None:
    """Return the user's own file, where models are configured; it need not be there.

    ``COUNTERMINE_CONFIG`` names another one; where it is empty there is none.

    Raises:
        BadUsageError: If the variable names a file that is not there.
    """
    chosen = os.environ.get(CONFIG_VARIABLE)
    if chosen is None:
        from platformdirs import user_config_path  # noqa: PLC0415 - not on the way to --help

        return user_config_path("countermine", appauthor=False) / "countermine.toml"
    if not chosen:
        return None
    path = Path(chosen).expanduser().absolute()
    if not path.is_file():
        message = f"{CONFIG_VARIABLE} names {chosen!r}, which is not a file"
        raise BadUsageError(message)
    return path


def index_options() -> IndexOptions:
    """Return the package index that the user's other tools use."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        url = os.environ.get(name)
        if url:
            return IndexOptions(url=url)
    return IndexOptions()


def index_access() -> "IndexAccess":
    """Return what fetching packages may reach: the user's index, through the user's proxy."""
    from countermine.sandbox.index_access import IndexAccess, host_of  # noqa: PLC0415

    usual = IndexAccess()
    url = index_options().url
    certificates = os.environ.get("SSL_CERT_FILE")
    return IndexAccess(
        hosts=usual.hosts | ({host_of(url)} if url else frozenset()),
        upstream=os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"),
        certificates=Path(certificates) if certificates else None,
    )


def ssh_vendor() -> "SSHVendor":
    """Return what clones over ssh: the user's own ``ssh`` program, with the user's settings."""
    from dulwich.client import SubprocessSSHVendor  # noqa: PLC0415 - only for ssh URLs

    return SubprocessSSHVendor()


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineNames:
    """What this machine and who uses it are called."""

    home: Path | None
    user: str | None
    hosts: tuple[str, ...]


def machine_names() -> MachineNames:
    """Return the names, as far as this machine knows them."""
    import getpass  # noqa: PLC0415 - only where something is sent away
    import socket  # noqa: PLC0415

    try:
        home = Path.home()
    except RuntimeError:
        home = None
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = None
    full = socket.gethostname()
    return MachineNames(home=home, user=user, hosts=tuple(sorted({full, full.partition(".")[0]})))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How to speak on a stream."""

    color: bool
    width: int
    live: bool
    """Whether lines can be redrawn."""

    @property
    def room(self) -> int:
        """Return after how many characters a line is cut: a file or pipe takes it whole."""
        return self.width if self.live else UNCUT


def terminal(*, no_color: bool, error_stream: bool = False) -> Terminal:
    """Say how to speak on standard output, or on standard error.

    Source: https://no-color.org (any non-empty NO_COLOR switches colour off).
    """
    stream = sys.stderr if error_stream else sys.stdout
    is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    color = is_terminal and not no_color and not os.environ.get("NO_COLOR")
    try:
        width = os.get_terminal_size(stream.fileno()).columns if is_terminal else 80
    except (OSError, ValueError):
        width = 80
    return Terminal(color=color, width=max(width, 40), live=is_terminal)


def cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
