"""What only this sandbox does: whom it becomes, what it leaves, how it ends with the program."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Bound, Exited, Limits, Mount, SandboxCommand, Stopped
from countermine.sandbox.bubblewrap import BubblewrapSandbox
from countermine.sandbox.privileges import Identity, give, spare_identity
from countermine.testing.sandbox_bench import SMALL, Bench, writable

As = Callable[[Callable[[Path], None]], None]

BEAT = "while :; do echo . >> /box/beat; sleep 0.02; done"
SH = "/bin/sh"


class AlarmError(Exception):
    """Raised by the alarm of a test."""


def still(beat: Path) -> bool:
    size = beat.stat().st_size
    time.sleep(0.2)
    return beat.stat().st_size == size


def test_the_user_on_the_host_is_not_root_and_not_the_caller_when_root(as_user: As) -> None:
    def action(folder: Path) -> None:
        work = folder / "work"
        work.mkdir()
        sandbox = BubblewrapSandbox.create()
        sandbox.run(SandboxCommand(argv=(SH, "-c", "echo x > /box/file"), mounts=(writable(work),)))
        owner = (work / "file").stat().st_uid
        assert owner != 0
        assert owner == (spare_identity().uid if os.geteuid() == 0 else os.geteuid())

    as_user(action)


def test_the_mounts_of_the_program_stay_as_they_are(as_user: As) -> None:
    def action(folder: Path) -> None:
        before = Path("/proc/self/mountinfo").read_text()
        bench = Bench(sandbox=BubblewrapSandbox.create(), folder=folder)
        work = bench.fresh("work")
        bench.say("print()", mounts=(writable(work),))
        descriptors = sorted(str(path) for path in Path("/proc/self/fd").iterdir())
        for _ in range(3):
            bench.say("print()", mounts=(writable(work),))
        assert sorted(str(path) for path in Path("/proc/self/fd").iterdir()) == descriptors
        assert Path("/proc/self/mountinfo").read_text() == before

    as_user(action)


def test_an_interrupt_ends_what_runs_inside(as_user: As) -> None:
    def action(folder: Path) -> None:
        def ring(_number: int, _frame: object) -> None:
            raise AlarmError

        command = SandboxCommand(argv=(SH, "-c", BEAT), mounts=(writable(folder),))
        sandbox = BubblewrapSandbox.create()
        previous = signal.signal(signal.SIGALRM, ring)
        started = time.monotonic()
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.4)
            with pytest.raises(AlarmError):
                sandbox.run(command)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
        assert time.monotonic() - started < 3
        assert still(folder / "beat")

    as_user(action)


def test_the_sandbox_dies_with_the_program(as_user: As) -> None:
    source = f"""
import sys
from pathlib import Path
from countermine.ports.sandbox import Access, Mount, SandboxCommand
from countermine.sandbox.bubblewrap import BubblewrapSandbox
mount = Mount(host=Path(sys.argv[1]), inside='/box', access=Access.WRITE)
BubblewrapSandbox.create().run(SandboxCommand(argv=('/bin/sh', '-c', {BEAT!r}), mounts=(mount,)))
"""

    def action(folder: Path) -> None:
        work = folder / "work"
        work.mkdir()
        with subprocess.Popen([sys.executable, "-c", source, str(work)]) as program:
            deadline = time.monotonic() + 10
            while not (work / "beat").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            program.kill()
        time.sleep(0.2)
        assert still(work / "beat")

    as_user(action)


def test_old_versions_without_sizes_and_modes_hold_the_bounds_too(as_user: As) -> None:
    def action(folder: Path) -> None:
        sandbox = BubblewrapSandbox.create()
        old = replace(sandbox.bwrap, options=sandbox.bwrap.options - {"--size", "--perms"})
        bench = Bench(sandbox=replace(sandbox, bwrap=old), folder=folder)
        outcome = bench.run(
            """
import time
for number in range(20):
    with open(f'/tmp/{number}', 'wb') as file:
        file.write(b'a' * (4 << 20))
time.sleep(20)
""",
            limits=SMALL,
        )
        assert isinstance(outcome, Stopped)
        assert outcome.bound is Bound.SCRATCH

    as_user(action)


def test_a_bubblewrap_that_fails_is_no_outcome(as_user: As) -> None:
    def action(folder: Path) -> None:
        sandbox = BubblewrapSandbox.create()
        script = folder / "bwrap"
        script.write_text("#!/bin/sh\necho 'bwrap: No permissions to create namespace' >&2\nexit 1")
        folder.chmod(0o755)
        script.chmod(0o755)
        broken = replace(sandbox, bwrap=replace(sandbox.bwrap, path=str(script)))
        with pytest.raises(SandboxUnavailableError, match="No permissions to create namespace"):
            broken.run(SandboxCommand(argv=(SH, "-c", "true"), cwd="/"))

    as_user(action)


def test_an_overlay_that_does_not_fit_is_no_outcome(as_user: As) -> None:
    def action(folder: Path) -> None:
        (folder / "big").write_bytes(b"x" * (6 << 20))
        overlay = Mount(host=folder, inside="/copy", access=Access.OVERLAY)
        limits = Limits(scratch_bytes=4 << 20)
        command = SandboxCommand(argv=(SH, "-c", "true"), mounts=(overlay,), limits=limits)
        # Either the copy fails first, or the full scratch space is seen first.
        with contextlib.suppress(SandboxUnavailableError):
            outcome = BubblewrapSandbox.create().run(command)
            assert isinstance(outcome, Stopped)
            assert outcome.bound is Bound.SCRATCH

    as_user(action)


def test_files_with_a_second_name_are_not_handed_over(as_user: As) -> None:
    def action(folder: Path) -> None:
        work = folder / "work"
        work.mkdir()
        (folder / "cached").write_text("shared")
        os.link(folder / "cached", work / "linked")
        (work / "own").write_text("own")
        (work / "link").symlink_to(folder / "cached")
        me = os.geteuid()
        identity = spare_identity() if me == 0 else Identity(uid=me, gid=os.getegid())
        give(work, identity)
        assert (work / "own").stat().st_uid == identity.uid
        assert work.stat().st_uid == identity.uid
        assert (folder / "cached").stat().st_uid == me

    as_user(action)


def test_file_systems_that_cannot_map_owners_can_be_mounted(as_user: As) -> None:
    def action(folder: Path) -> None:
        # The file system of /proc never maps owners.
        outcome = BubblewrapSandbox.create().run(
            SandboxCommand(
                argv=("/bin/cat", "/given/ostype"),
                cwd="/",
                mounts=(Mount(host=Path("/proc/sys/kernel"), inside="/given"),),
            )
        )
        assert isinstance(outcome, Exited)
        assert outcome.stdout == b"Linux\n"
        assert folder.is_dir()

    as_user(action)


def test_a_program_of_the_home_runs_where_it_is_mounted(as_user: As) -> None:
    def action(folder: Path) -> None:
        home = folder / "home"
        tools = home / "tools"
        tools.mkdir(parents=True)
        (tools / "tool").write_text("#!/bin/sh\necho ran\n")
        (tools / "tool").chmod(0o700)
        home.chmod(0o700)
        place = str(tools)
        outcome = BubblewrapSandbox.create().run(
            SandboxCommand(
                argv=(f"{place}/tool",), cwd="/", mounts=(Mount(host=tools, inside=place),)
            )
        )
        assert isinstance(outcome, Exited)
        assert outcome.stdout == b"ran\n"

    as_user(action)
