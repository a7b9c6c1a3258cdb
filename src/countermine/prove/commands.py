"""Commands of the target's interpreter in the sandbox, and how results come back out of it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from countermine.core.environment import Environment
from countermine.ports.sandbox import Access, Limits, Mount, SandboxCommand
from countermine.prove import inside

TREE = "/target"
"""Where the tree is inside."""

OUT = "/results"
"""The one place inside whose content comes back."""

SCRIPTS = "/countermine"
"""Where our scripts are inside."""

RESULTS_FILE = "results.jsonl"
MAX_RESULTS_BYTES = 64 << 20
"""A hundred thousand tests, each with a bounded traceback; beyond it the rest is not read."""

_GIT: Final = {
    "GIT_AUTHOR_EMAIL": "tests@example.test",
    "GIT_AUTHOR_NAME": "Tests",
    "GIT_COMMITTER_EMAIL": "tests@example.test",
    "GIT_COMMITTER_NAME": "Tests",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "USER": "sandbox",
}
"""Whoever runs tests has an identity with git, which refuses to commit without one."""

_OUT_MODE = 0o777
"""The command may run as another user; the folder lives as long as the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFolder:
    """A folder of the host that a command may write its results to."""

    host: Path

    @property
    def mount(self) -> Mount:
        """Return how it is seen inside."""
        return Mount(host=self.host, inside=OUT, access=Access.WRITE)

    def read(self, name: str = RESULTS_FILE) -> bytes:
        """Return the results or another file, cut at ``MAX_RESULTS_BYTES``; empty if not regular.

        What is there was written by the target's process: a link or a pipe is not followed.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.host / name, flags)
        except OSError:
            return b""
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            return stream.read(MAX_RESULTS_BYTES)


@contextmanager
def out_folder() -> Iterator[OutFolder]:
    """Yield an empty folder for results; it is gone afterwards."""
    with TemporaryDirectory(prefix="countermine-", ignore_cleanup_errors=True) as name:
        host = Path(name) / "out"
        host.mkdir()
        host.parent.chmod(0o755)
        host.chmod(_OUT_MODE)
        yield OutFolder(host=host)


def script(name: str, as_name: str | None = None) -> Mount:
    """Return the mount of one of our scripts."""
    host = Path(inside.__path__[0]) / f"{name}.py"
    return Mount(host=host, inside=f"{SCRIPTS}/{as_name or name}.py")


def command(
    environment: Environment,
    tree: Path,
    arguments: tuple[str, ...],
    *,
    mounts: tuple[Mount, ...],
    limits: Limits,
) -> SandboxCommand:
    """Return a command that runs the target's interpreter from the root of a tree.

    The tree can be written to inside; nothing of that reaches the host.
    """
    own = tuple(Mount(host=Path(folder), inside=folder) for folder in environment.mounts)
    seen_tree = Mount(host=tree, inside=TREE, access=Access.OVERLAY)
    return SandboxCommand(
        argv=(environment.python, *arguments),
        cwd=TREE,
        mounts=(*own, seen_tree, *mounts),
        env=variables(environment),
        limits=limits,
    )


def variables(environment: Environment) -> dict[str, str]:
    """Return the variables a command sees: nothing of the host's, nothing that changes."""
    roots = [str(PurePosixPath(TREE) / root) for root in environment.import_roots]
    return {
        **_GIT,
        "HOME": "/tmp",  # noqa: S108 - the sandbox's own, gone afterwards
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PATH": f"{PurePosixPath(environment.python).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": ":".join([SCRIPTS, *roots]),
        "TZ": "UTC",
    }
