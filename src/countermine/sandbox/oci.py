"""The sandbox port with a container runtime: runc or crun (as podman uses), or gVisor's runsc.

Experimental: chosen only by name. The runtime is driven directly, with a bundle made for the
command: there is no image, no daemon and no network to prepare.
"""

import contextlib
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import (
    Access,
    Bound,
    Exited,
    Network,
    Sandbox,
    SandboxCommand,
    SandboxOutcome,
)
from countermine.sandbox import privileges
from countermine.sandbox.arguments import scratches
from countermine.sandbox.cgroups import Groups
from countermine.sandbox.features import find_prlimit, find_program
from countermine.sandbox.oci_bundle import Ids, write_bundle
from countermine.sandbox.outside import OutsideWatch, available
from countermine.sandbox.places import checked
from countermine.sandbox.supervise import InterruptedRunError, Supervisor
from countermine.sandbox.usage import Meter
from countermine.sandbox.written import WrittenMeter

END_S: Final = 20.0
"""How long a runtime may take to remove a container."""

KERNEL_BYTES: Final = 96 << 20
"""What gVisor's own kernel may take besides what runs in it."""
KERNEL_TASKS: Final = 96
"""Threads of gVisor's own kernel, and of the runtime that starts it."""
RUNTIME_TASKS: Final = 32
"""Threads of a runtime, which waits beside what it started."""

STARTER: Final = """
import os, sys
for place in filter(None, sys.argv[2].split(',')):
    with open(place, 'w') as group:
        group.write(str(os.getpid()))
if sys.argv[1] != '-1':
    os.dup2(int(sys.argv[1]), 3)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Enters the groups, puts what is handed over where runtimes look for it, becomes the runtime."""

NOT_STARTED: Final = re.compile(
    rb"^(?:running container|starting container|runc run failed|\d{4}-\S+ |time=|prlimit: )"
    rb"|container_linux|OCI runtime",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A program that runs containers."""

    name: str
    """What verdicts call it."""
    path: str
    options: tuple[str, ...] = ()
    own_kernel: bool = False
    """Whether what runs inside uses a kernel of its own, which is not seen in ``/proc``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSandbox:
    """Runs commands in containers; needs root, which nothing inside is."""

    runtime: Runtime
    prlimit: str
    identity: privileges.Identity
    home: str | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    fetching: Sandbox | None = None
    """Runs what needs the package index."""
    isolated: bool = True

    @property
    def name(self) -> str:
        """What verdicts call it."""
        return self.runtime.name

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        """Run a command to its end or to a bound; nothing of it is left afterwards.

        Raises:
            SandboxUnavailableError: If it could not be run as asked.
            InterruptedRunError: If ``stopped`` is set.
        """
        if self.stopped.is_set():
            raise InterruptedRunError
        if command.network is Network.INDEX:
            if self.fetching is None:
                message = f"{self.name} has no way to the package index; fetch with bubblewrap"
                raise SandboxUnavailableError(message)
            return self.fetching.run(command)
        words = (*command.argv, *command.env, *command.env.values(), command.cwd)
        if any("\0" in word for word in words) or any("=" in n or not n for n in command.env):
            message = "cannot run with a NUL in a value or '=' in the name of a variable"
            raise SandboxUnavailableError(message)
        command = replace(command, mounts=checked(command.mounts, self.home))
        cancelled = threading.Event()

        def staged() -> SandboxOutcome:
            mounts = privileges.stage(command.mounts, self.identity)
            return self._run(replace(command, mounts=mounts), cancelled)

        try:
            return _in_thread(staged, cancelled)
        except OSError as error:
            message = f"{self.name} failed: {error.strerror} ({error.filename})"
            raise SandboxUnavailableError(message) from error

    def _run(self, command: SandboxCommand, cancelled: threading.Event) -> SandboxOutcome:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="countermine-")))
            folder.chmod(0o755)
            uid = self.identity.uid
            write_bundle(folder, command, Ids(user=uid, root=uid + 1), self.prlimit)
            # A kernel of its own asks no listener of this one.
            watched = command.watched and available() and not self.runtime.own_kernel
            watch = OutsideWatch() if watched else None
            if watch is not None:
                stack.callback(watch.close)
            life = self._start(folder, command, watch, stack)
            if watch is not None:
                watch.begin()
            supervisor = Supervisor(
                process=life.process,
                stdin=command.stdin,
                limits=command.limits,
                kill=life.end,
                watch=life.look,
                settle=life.settle,
                cancelled=cancelled,
                stopped=self.stopped,
            )
            outcome = self._judged(supervisor.run(), life)
            return outcome if watch is None else replace(outcome, seen=watch.finish())

    def _start(
        self,
        folder: Path,
        command: SandboxCommand,
        watch: OutsideWatch | None,
        stack: contextlib.ExitStack,
    ) -> "_Container":
        limits = command.limits
        own = self.runtime.own_kernel
        more, tasks = (KERNEL_BYTES, limits.processes + KERNEL_TASKS) if own else (0, RUNTIME_TASKS)
        memory, processes = limits.memory_bytes + more, limits.processes + tasks
        groups = Groups.make(replace(limits, memory_bytes=memory, processes=processes))
        stack.callback(groups.close)
        if self.runtime.own_kernel and (groups.memory is None or groups.processes is None):
            message = f"{self.name} needs control groups that hold memory and pids; none here"
            raise SandboxUnavailableError(message)
        written = WrittenMeter(
            folders=tuple(m.host for m in command.mounts if m.access is Access.WRITE),
            bound_bytes=limits.scratch_bytes,
            since_ns=(folder / "config.json").stat().st_ctime_ns,
        )
        stack.callback(written.close)
        written.begin()
        name = f"countermine-{secrets.token_hex(8)}"
        base = (self.runtime.path, "--root", str(folder / "state"), *self.runtime.options)
        pid_file = folder / "pid"
        kept = () if watch is None else ("--preserve-fds", "1")
        words = ("run", "--bundle", str(folder), "--pid-file", str(pid_file), *kept, name)
        handed = -1 if watch is None else watch.inside
        process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                STARTER,
                str(handed),
                ",".join(groups.files),
                *base,
                *words,
            ],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=() if watch is None else (handed,),
        )
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                os.fchown(pipe.fileno(), self.identity.uid, self.identity.gid)
        places = tuple((scratch.inside, scratch.size) for scratch in scratches(command))
        meter = Meter(limits=limits, scratch=places)
        stack.callback(meter.close)
        return _Container(
            process=process,
            delete=(*base, "delete", "--force", name),
            pid_file=pid_file,
            meter=None if self.runtime.own_kernel else meter,
            written=written,
            groups=groups,
        )

    def _judged(self, outcome: SandboxOutcome, life: "_Container") -> SandboxOutcome:
        outcome = replace(outcome, held_by=life.groups.said())
        if isinstance(outcome, Exited) and outcome.exit_code != 0:
            failed = NOT_STARTED.search(outcome.stderr)
            if failed is not None and not outcome.stdout:
                first = outcome.stderr.decode(errors="replace").strip().splitlines()[-1][:300]
                message = f"{self.name} could not start the container ({first!r})"
                raise SandboxUnavailableError(message)
        return outcome


@dataclass(slots=True, kw_only=True)
class _Container:
    """One run of a runtime."""

    process: subprocess.Popen[bytes]
    delete: tuple[str, ...]
    pid_file: Path
    meter: Meter | None
    written: WrittenMeter
    groups: Groups
    _first: int | None = None

    def look(self) -> Bound | None:
        if self._first is None:
            self._attach()
        if self.groups.memory_passed():
            return Bound.MEMORY
        used = self.meter.check() if self.meter is not None else None
        return used or self.written.check(self.meter.proc if self.meter is not None else None)

    def settle(self) -> Bound | None:
        # The runtime removes the group in which the kernel counted whom it killed.
        killed = self.process.returncode == 128 + signal.SIGKILL and self.groups.memory_was_full()
        if killed or self.groups.memory_passed():
            return Bound.MEMORY
        return (self.meter.check() if self.meter is not None else None) or self.written.settle()

    def _attach(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            pid = int(self.pid_file.read_text())
            self._first = os.pidfd_open(pid)
            if self.meter is not None:
                self.meter.attach(pid)

    def end(self) -> None:
        """Kill everything inside, and wait until it is gone."""
        if self._first is None:
            self._attach()
        if self._first is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            poll = select.poll()
            poll.register(self._first, select.POLLIN)
            poll.poll(END_S * 1000)
            os.close(self._first)
            self._first = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_S if self.process.poll() is not None else 1.0)
        self.process.kill()
        subprocess.run(
            self.delete,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=END_S,
            check=False,
        )


def container() -> ContainerSandbox:
    """Return the sandbox with a runtime that podman uses.

    Raises:
        SandboxUnavailableError: If there is none, or the program is not run as root.
    """
    for name in ("runc", "crun"):
        path = find_program(name)
        if path is not None:
            return _made(Runtime(name="container", path=path))
    message = "no container runtime: install runc or crun (apt-get install runc)"
    raise SandboxUnavailableError(message)


def gvisor() -> ContainerSandbox:
    """Return the sandbox with gVisor.

    Raises:
        SandboxUnavailableError: If it is not here, or the program is not run as root.
    """
    path = find_program("runsc")
    if path is None:
        message = "gVisor (runsc) is not installed: see https://gvisor.dev/docs/user_guide/install"
        raise SandboxUnavailableError(message)
    options = ("--network=none", "--ignore-cgroups", "--oci-seccomp", "--platform=ptrace")
    return _made(Runtime(name="gvisor", path=path, options=options, own_kernel=True))


def _made(runtime: Runtime) -> ContainerSandbox:
    if os.geteuid() != 0:
        message = f"{runtime.name} is driven as root so far; use bubblewrap"
        raise SandboxUnavailableError(message)
    return ContainerSandbox(
        runtime=runtime, prlimit=find_prlimit(), identity=privileges.spare_identity()
    )


def _in_thread(work: Callable[[], SandboxOutcome], cancelled: threading.Event) -> SandboxOutcome:
    """Do work in a thread with a mount namespace of its own, as long as the run lives."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox") as pool:
        future = pool.submit(work)
        try:
            return future.result()
        finally:
            cancelled.set()
