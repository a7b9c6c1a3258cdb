"""The sandbox port with bubblewrap: namespaces, a system-call filter and bounds."""

import contextlib
import os
import pwd
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Network, SandboxCommand, SandboxOutcome
from countermine.sandbox import privileges
from countermine.sandbox.arguments import STUBS, arguments, overlay_prefix, scratches
from countermine.sandbox.cgroups import Groups
from countermine.sandbox.features import Bubblewrap, find_prlimit, probe
from countermine.sandbox.filter import filter_program
from countermine.sandbox.index_access import IndexAccess, hand_over_prefix, prepared
from countermine.sandbox.index_gate import IndexGate
from countermine.sandbox.life import Life
from countermine.sandbox.limits import hold, rlimit_prefix
from countermine.sandbox.outside import OutsideWatch, available
from countermine.sandbox.places import checked
from countermine.sandbox.supervise import InterruptedRunError, Supervisor
from countermine.sandbox.usage import Meter
from countermine.sandbox.written import WrittenMeter


@dataclass(frozen=True, slots=True, kw_only=True)
class BubblewrapSandbox:
    """Runs commands in namespaces of their own, as a user that is nobody on the host."""

    bwrap: Bubblewrap
    prlimit: str
    identity: privileges.Identity | None
    """The user that root becomes first; ``None`` where the program is not run as root."""
    home: str | None = None
    """A home folder that is never mounted as a whole."""
    index: IndexAccess = field(default_factory=IndexAccess)
    """What ``Network.INDEX`` reaches."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Once set, what runs ends and nothing is started any more: the program is to end."""
    name: str = "bubblewrap"
    isolated: bool = True

    @classmethod
    def create(cls, index: IndexAccess | None = None) -> "BubblewrapSandbox":
        """Return the sandbox of this machine.

        Args:
            index: What fetching packages may reach; the public index where it is not given.

        Raises:
            SandboxUnavailableError: If something it is made of is missing.
        """
        filter_program()
        _require_pidfd()
        identity = privileges.spare_identity() if os.geteuid() == 0 else None
        return cls(
            bwrap=probe(),
            prlimit=find_prlimit(),
            identity=identity,
            home=_home(),
            index=index or IndexAccess(),
        )

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        """Run a command to its end or to a bound; nothing of it is left afterwards.

        Raises:
            SandboxUnavailableError: If it could not be run as asked.
            InterruptedRunError: If ``stopped`` is set.
        """
        self._raise_if_stopped()
        try:
            return self._run_checked(command)
        except SandboxUnavailableError:
            # A command that was being ended says nothing of the sandbox.
            self._raise_if_stopped()
            raise
        except OSError as error:
            self._raise_if_stopped()
            # No descriptors, no space, a folder that vanished: all of it is our own trouble.
            where = f" ({error.filename})" if error.filename else ""
            message = f"the sandbox failed: {error.strerror}{where}; see countermine doctor"
            raise SandboxUnavailableError(message) from error

    def _raise_if_stopped(self) -> None:
        if self.stopped.is_set():
            raise InterruptedRunError

    def _run_checked(self, command: SandboxCommand) -> SandboxOutcome:
        command = replace(command, mounts=checked(command.mounts, self.home))
        if command.network is Network.INDEX:
            command = prepared(command, self.index)
        cancelled = threading.Event()
        if self.identity is None:
            return self._run(command, cancelled)
        identity = self.identity

        def staged() -> SandboxOutcome:
            mounts = privileges.stage(command.mounts, identity)
            return self._run(replace(command, mounts=mounts), cancelled)

        return _in_thread(staged, cancelled)

    def _run(self, command: SandboxCommand, cancelled: threading.Event) -> SandboxOutcome:
        with contextlib.ExitStack() as stack:
            gate = self._gate(command, stack)
            watch = OutsideWatch() if command.watched and available() else None
            if watch is not None:
                stack.callback(watch.close)
            life = self._start(command, gate, watch, stack)
            stack.callback(life.meter.close)
            stack.callback(life.groups.close)
            listeners = {life.status: life.read_status}
            if gate is not None:
                gate.close_inside()
                listeners[gate.fileno()] = gate.receive
            if watch is not None:
                watch.begin()
            supervisor = Supervisor(
                process=life.process,
                stdin=command.stdin,
                limits=command.limits,
                kill=life.end,
                watch=life.look,
                settle=life.settle,
                listeners=listeners,
                cancelled=cancelled,
                stopped=self.stopped,
            )
            outcome = life.judged(supervisor.run())
            return outcome if watch is None else replace(outcome, seen=watch.finish())

    def _gate(self, command: SandboxCommand, stack: contextlib.ExitStack) -> IndexGate | None:
        if command.network is Network.NONE:
            return None
        gate = IndexGate(access=self.index)
        stack.callback(gate.close)
        return gate

    def _start(
        self,
        command: SandboxCommand,
        gate: IndexGate | None,
        watch: OutsideWatch | None,
        stack: contextlib.ExitStack,
    ) -> Life:
        stubs = [(_memory_file(text.encode(), stack), place) for place, text in STUBS.items()]
        program = _memory_file(filter_program(), stack)
        status, status_inside = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        stack.callback(os.close, status)
        held_inside, held = os.pipe2(os.O_CLOEXEC)
        stack.callback(os.close, held)
        words = (
            *arguments(command, self.bwrap, stubs),
            *("--seccomp", str(program), "--json-status-fd", str(status_inside)),
            *("--block-fd", str(held_inside)),
        )
        listed = _memory_file(os.fsencode("\0".join((*words, ""))), stack)
        inside = (
            *overlay_prefix(command),
            *(hand_over_prefix(gate.inside) if gate is not None else ()),
            *rlimit_prefix(self.prlimit, command.limits),
            *("--", *command.argv),
        )
        written = WrittenMeter(
            folders=tuple(m.host for m in command.mounts if m.access is Access.WRITE),
            bound_bytes=command.limits.scratch_bytes,
            # A file made now: its time is that of the clock that file systems use.
            since_ns=os.fstat(listed).st_ctime_ns,
        )
        stack.callback(written.close)
        written.begin()
        handed = tuple(one.inside for one in (gate, watch) if one is not None)
        identity = self.identity
        try:
            process = subprocess.Popen(
                [self.bwrap.path, "--args", str(listed), "--", *inside],
                env={},
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # The terminal's Ctrl-C is for the program, which then ends what runs in here.
                start_new_session=True,
                pass_fds=(
                    listed,
                    program,
                    status_inside,
                    held_inside,
                    *handed,
                    *(fd for fd, _ in stubs),
                ),
                user=None if identity is None else identity.uid,
                group=None if identity is None else identity.gid,
                extra_groups=None if identity is None else [],
            )
        except (OSError, ValueError) as error:
            message = f"cannot start {self.bwrap.path}: {error}"
            raise SandboxUnavailableError(message) from error
        finally:
            os.close(status_inside)
            os.close(held_inside)
        if identity is not None:
            _give_streams(process, identity)
        places = tuple((s.inside, s.size) for s in scratches(command))
        meter = Meter(limits=command.limits, scratch=places)
        groups = Groups.make(command.limits)

        def release(first: int) -> None:
            owner = None if identity is None else (identity.uid, identity.gid)
            hold(first, command.limits, owner)
            groups.enter(first)
            with contextlib.suppress(BrokenPipeError):
                os.write(held, b"1")

        return Life(
            process=process,
            status=status,
            meter=meter,
            written=written,
            groups=groups,
            release=release,
        )


def _give_streams(process: subprocess.Popen[bytes], identity: privileges.Identity) -> None:
    """Let the command open its own streams by name, as ``/dev/stdout``."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            os.fchown(pipe.fileno(), identity.uid, identity.gid)


def _require_pidfd() -> None:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        message = f"Linux {os.uname().release} has no pidfd ({error.strerror}); use 5.14 or newer"
        raise SandboxUnavailableError(message) from error


def _home() -> str | None:
    """Return the home folder of whoever runs the program."""
    try:
        return str(Path(pwd.getpwuid(os.getuid()).pw_dir).resolve())
    except KeyError:
        return None


def _memory_file(content: bytes, stack: contextlib.ExitStack) -> int:
    """Return a descriptor from which ``content`` can be read, closed with the stack."""
    descriptor = os.memfd_create("countermine", os.MFD_CLOEXEC)
    stack.callback(os.close, descriptor)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _in_thread(work: Callable[[], SandboxOutcome], cancelled: threading.Event) -> SandboxOutcome:
    """Do work in a thread that lives as long as the run.

    The thread has a mount namespace of its own, and bubblewrap dies with the thread that started
    it. An interrupt of the caller ends the run before it goes further up.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox") as pool:
        future = pool.submit(work)
        try:
            return future.result()
        finally:
            cancelled.set()
