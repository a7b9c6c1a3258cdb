"""What the installed bubblewrap and its companions can do."""

import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from countermine.core.errors import SandboxUnavailableError

SEARCH_PATH: Final = "/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin:/run/current-system/sw/bin"
"""Where system programs are looked for; the user's own PATH could name another program."""

NEEDED: Final = (
    "--unshare-user",
    "--unshare-pid",
    "--die-with-parent",
    "--new-session",
    "--seccomp",
    "--args",
    "--json-status-fd",
    "--block-fd",
    "--remount-ro",
)
"""Options without which the sandbox is none; all of them exist since bubblewrap 0.3."""

INSTALL: Final = (
    "apt-get install bubblewrap, dnf install bubblewrap, pacman -S bubblewrap, "
    "apk add bubblewrap util-linux or zypper install bubblewrap"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubblewrap:
    """An installed bubblewrap."""

    path: str
    version: str
    options: frozenset[str]
    setuid: bool

    def has(self, option: str) -> bool:
        """Tell whether this version knows an option."""
        return option in self.options


def find_program(name: str, search: str = SEARCH_PATH) -> str | None:
    """Return the absolute path of a system program."""
    return shutil.which(name, path=search)


@lru_cache
def probe(search: str = SEARCH_PATH) -> Bubblewrap:
    """Find bubblewrap in folders divided by ``:`` and ask what it knows.

    Raises:
        SandboxUnavailableError: If it is not here or lacks what the sandbox is made of.
    """
    path = find_program("bwrap", search)
    if path is None:
        message = f"bubblewrap (bwrap) is not installed; get it with {INSTALL}"
        raise SandboxUnavailableError(message)
    version = _ask(path, "--version").removeprefix("bubblewrap").strip()
    options = frozenset(re.findall(r"^\s+(--[a-z0-9-]+)", _ask(path, "--help"), re.MULTILINE))
    missing = [option for option in NEEDED if option not in options]
    if missing:
        message = f"bubblewrap {version} at {path} lacks {', '.join(missing)}; install 0.4 or newer"
        raise SandboxUnavailableError(message)
    mode = Path(path).stat().st_mode
    return Bubblewrap(path=path, version=version, options=options, setuid=bool(mode & stat.S_ISUID))


@lru_cache(maxsize=1)
def find_prlimit() -> str:
    """Return the path of ``prlimit``, which sets kernel limits inside.

    Raises:
        SandboxUnavailableError: If it is not here.
    """
    path = find_program("prlimit")
    if path is None:
        message = "prlimit is not installed; it comes with the package util-linux"
        raise SandboxUnavailableError(message)
    return path


def _ask(path: str, option: str) -> str:
    try:
        done = subprocess.run(
            [path, option],
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{path} {option} does not answer ({error}); reinstall bubblewrap"
        raise SandboxUnavailableError(message) from error
    return (done.stdout + done.stderr).decode(errors="replace")
