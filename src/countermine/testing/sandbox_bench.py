"""What the claims about a sandbox are tried with."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from countermine.ports.sandbox import (
    Access,
    Exited,
    Limits,
    Mount,
    Sandbox,
    SandboxCommand,
    SandboxOutcome,
)

WORK = "/box"
"""Where the bench's own folder is inside."""

SMALL = Limits(
    wall_s=30.0,
    memory_bytes=192 << 20,
    processes=24,
    file_bytes=8 << 20,
    scratch_bytes=32 << 20,
    output_bytes=64 << 10,
)
"""Bounds that a test reaches soon."""


class ConformanceError(AssertionError):
    """A sandbox does not do what it must."""


def expect(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Fail the claim with ``message`` unless it holds."""
    if not holds:
        raise ConformanceError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A sandbox, a Python that runs inside, and a fresh folder of the host."""

    sandbox: Sandbox
    folder: Path
    """Belongs to whoever runs the program; nothing else is in it."""
    python: str = field(default_factory=lambda: str(Path(sys.executable).resolve()))
    """An interpreter, at the same place inside and outside."""
    python_mounts: tuple[Path, ...] = field(
        default_factory=lambda: (Path(sys.base_prefix).resolve(),)
    )

    def fresh(self, name: str) -> Path:
        """Return a new folder of the host."""
        path = self.folder / name
        path.mkdir()
        return path

    def run(
        self,
        source: str,
        *arguments: str,
        mounts: tuple[Mount, ...] = (),
        limits: Limits = SMALL,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> SandboxOutcome:
        """Run Python source inside."""
        own = tuple(
            Mount(host=path, inside=str(path))
            for path in self.python_mounts
            if not path.is_relative_to("/usr")
        )
        return self.sandbox.run(
            SandboxCommand(
                argv=(self.python, "-I", "-S", "-c", source, *arguments),
                cwd="/",
                mounts=(*own, *mounts),
                env=env or {},
                stdin=stdin,
                limits=limits,
            )
        )

    def say(self, source: str, *arguments: str, mounts: tuple[Mount, ...] = ()) -> str:
        """Run Python source that must succeed, and return what it says."""
        outcome = self.run(source, *arguments, mounts=mounts)
        expect(
            isinstance(outcome, Exited) and outcome.exit_code == 0,
            f"the program inside did not come to its end: {outcome}",
        )
        return outcome.stdout.decode()


_COMPLETE = "countermine: tried all"


def tried(
    bench: Bench, source: str, *arguments: str, mounts: tuple[Mount, ...] = (), stdin: bytes = b""
) -> str:
    """Run attempts inside, each of which prints where it gets through; return what is printed.

    The program must come to its end: an attempt that was never made shows nothing.
    """
    whole = f"{source}\nprint({_COMPLETE!r}, flush=True)\n"
    outcome = bench.run(whole, *arguments, mounts=mounts, stdin=stdin)
    said = outcome.stdout.decode(errors="replace")
    complete = isinstance(outcome, Exited) and said.endswith(f"{_COMPLETE}\n")
    expect(complete, f"the attempts did not come to their end: {outcome}")
    return said.removesuffix(f"{_COMPLETE}\n")


Claim: TypeAlias = Callable[[Bench], None]
"""Raises ``ConformanceError`` where the sandbox fails it."""


def writable(folder: Path, inside: str = WORK) -> Mount:
    """Return a mount that the command may change."""
    return Mount(host=folder, inside=inside, access=Access.WRITE)
