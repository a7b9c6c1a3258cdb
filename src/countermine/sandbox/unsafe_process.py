"""The sandbox port without a sandbox: an ordinary process with bounds.

For platforms and people who have nothing else and know what they do. It is never chosen by itself
and every verdict says that it was used.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Mount, SandboxCommand, SandboxOutcome
from countermine.sandbox.supervise import Supervisor

_BOUND_SCRIPT: Final = """
import os, resource, sys
for pair in sys.argv[1].split(','):
    name, value = pair.split('=')
    kind = getattr(resource, name)
    hard = resource.getrlimit(kind)[1]
    value = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
    resource.setrlimit(kind, (value, value))
try:
    os.execve(sys.argv[2], sys.argv[2:], dict(os.environ))
except OSError as error:
    sys.stderr.write(f'unsafe-process: cannot start {sys.argv[2]}: {error.strerror}\\n')
    sys.exit(127)
"""
"""Sets kernel limits on itself, then becomes the command."""

ENVIRONMENT: Final = {"LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsafeProcessSandbox:
    """Runs commands as the user, with all that the user may do.

    Time, output, file size and the memory of each single process are bounded. Memory is not
    bounded over all processes, processes are not counted, and a daemon outlives its command.
    Places inside are places of the host: a mount elsewhere, or an overlay, is refused.
    """

    name: str = "unsafe-process"
    isolated: bool = False

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        """Run a command to its end or to a bound.

        Raises:
            SandboxUnavailableError: If it asks for what only a sandbox can give.
        """
        if sys.platform == "win32":
            message = "unsafe-process needs Linux or macOS; use WSL"
            raise SandboxUnavailableError(message)
        for mount in command.mounts:
            _check(mount)
        if not os.path.isdir(command.cwd):  # noqa: PTH112 - a str from the command, as os takes it
            message = f"unsafe-process has no folder {command.cwd!r}; name one of this machine"
            raise SandboxUnavailableError(message)
        if not os.access(command.argv[0], os.X_OK):
            message = f"unsafe-process cannot start {command.argv[0]!r}: no such program"
            raise SandboxUnavailableError(message)
        process = _start(command)
        return Supervisor(
            process=process,
            stdin=command.stdin,
            limits=command.limits,
            kill=_killer(process),
        ).run()


def _check(mount: Mount) -> None:
    if mount.access is Access.OVERLAY:
        message = f"unsafe-process cannot overlay {str(mount.host)!r}; copy it and mount the copy"
        raise SandboxUnavailableError(message)
    if not mount.host.exists():
        message = f"cannot mount {str(mount.host)!r}: no such file or folder"
        raise SandboxUnavailableError(message)
    if str(mount.host) != mount.inside:
        message = (
            f"unsafe-process cannot show {str(mount.host)!r} at {mount.inside!r}; "
            "ask for it at its own place, or use bubblewrap"
        )
        raise SandboxUnavailableError(message)


def _start(command: SandboxCommand) -> subprocess.Popen[bytes]:
    limits = command.limits
    bounds = {
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": 1024,
        "RLIMIT_CORE": 0,
        ("RLIMIT_DATA" if sys.platform == "linux" else "RLIMIT_AS"): limits.memory_bytes,
    }
    listed = ",".join(f"{name}={value}" for name, value in bounds.items())
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BOUND_SCRIPT, listed, *command.argv],
            env={**ENVIRONMENT, **command.env},
            cwd=command.cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        message = f"cannot start {command.argv[0]!r}: {error}"
        raise SandboxUnavailableError(message) from error


def _killer(process: subprocess.Popen[bytes]) -> Callable[[], None]:
    def kill() -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()

    return kill
