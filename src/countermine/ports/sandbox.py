"""The sandbox: a command in, an outcome out.

Trouble of its own is an exception, never an outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, TypeAlias


class Access(StrEnum):
    """What a command may do with a mount."""

    READ = "read"
    WRITE = "write"
    """The command's writes reach the host folder."""
    OVERLAY = "overlay"
    """The command sees its own writes; the host folder stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A folder or file of the host at a place inside."""

    host: Path
    inside: str
    access: Access = Access.READ


class Network(StrEnum):
    """What a command can reach."""

    NONE = "none"
    INDEX = "index"
    """Only the package index, through the program's own proxy. For fetching packages alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on a command. A bound that cannot be enforced makes the sandbox refuse to run."""

    wall_s: float = 60.0
    memory_bytes: int = 2 << 30
    processes: int = 128
    file_bytes: int = 256 << 20
    """Largest single file."""
    scratch_bytes: int = 1 << 30
    """All writable temporary space together."""
    output_bytes: int = 4 << 20
    """Standard output and standard error, each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxCommand:
    """What to run. ``argv[0]`` is an absolute path inside; nothing is inherited from the host."""

    argv: tuple[str, ...]
    cwd: str = "/box"
    mounts: tuple[Mount, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    network: Network = Network.NONE
    limits: Limits = field(default_factory=Limits)
    watched: bool = False
    """Hand the command a socket on which it may ask to be watched from outside the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A system call that was seen from outside the process that made it, or a mark between."""

    name: str
    """``command``, ``open``, ``change``, ``look``, ``connect``; ``mark`` for a word that the
    command said, ``cut`` where more was seen than is kept."""
    words: tuple[str, ...]
    """Paths, arguments, an address, or the word; bounded."""


class Bound(StrEnum):
    """A bound of ``Limits`` that a command ran into."""

    WALL = "wall"
    MEMORY = "memory"
    OUTPUT = "output"
    SCRATCH = "scratch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exited:
    """The command ended by itself."""

    exit_code: int
    """128 plus the number where a signal ended it."""
    stdout: bytes
    stderr: bytes
    duration_ms: int
    seen: tuple[Seen, ...] | None = None
    """In order; ``None`` where nobody watched."""
    held_by: str = ""
    """What held the bounds on memory and processes, in words."""
    kind: Literal["exited"] = "exited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The command was stopped at a bound; the output is what there was until then."""

    bound: Bound
    stdout: bytes
    stderr: bytes
    duration_ms: int
    seen: tuple[Seen, ...] | None = None
    held_by: str = ""
    kind: Literal["stopped"] = "stopped"


SandboxOutcome: TypeAlias = Exited | Stopped


class SandboxName(StrEnum):
    """The sandboxes that can be asked for by name."""

    BUBBLEWRAP = "bubblewrap"
    CONTAINER = "container"
    """Experimental: runc or crun, as podman uses."""
    GVISOR = "gvisor"
    """Experimental: a kernel of its own."""


class Sandbox(Protocol):
    """Runs commands apart from this machine."""

    @property
    def name(self) -> str:
        """What verdicts call it: ``bubblewrap``, ``unsafe-process``."""
        ...

    @property
    def isolated(self) -> bool:
        """Whether what runs inside is kept from the host. False is shown in every verdict."""
        ...

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        """Run a command to its end or to a bound.

        Raises:
            SandboxUnavailableError: If it could not be run as asked; says nothing of the target.
        """
        ...
