"""Claims about ways around the bounds: memory that no process shows, and what stays behind."""

import os
import stat
import threading
from pathlib import Path

from countermine.ports.sandbox import Bound, Exited, Stopped
from countermine.testing.sandbox_bench import SMALL, Bench, expect, writable

_LET_GO = """
import mmap, time
keep = []
for _ in range(8):
    area = mmap.mmap(-1, 64 << 20)
    for start in range(0, 64 << 20, 8 << 20):
        area[start:start + (8 << 20)] = b'a' * (8 << 20)
        area.madvise(mmap.MADV_DONTNEED, start, 8 << 20)
    keep.append(area)
time.sleep(20)
"""
"""Fills shared memory and lets go of the pages; they stay, and no process shows them."""

_LEFT_TO_OTHERS = """
import mmap, os, time
keep = [mmap.mmap(-1, 64 << 20) for _ in range(8)]
for area in keep:
    if os.fork() == 0:
        area.write(b'a' * (64 << 20))
        os._exit(0)
    os.wait()
time.sleep(20)
"""
"""Each area is filled by a child that ends; its parent only holds the mapping."""

_SHARED_BY_ALL = """
import mmap, os, time
area = mmap.mmap(-1, 96 << 20)
for _ in range(24):
    area.write(b'a' * (4 << 20))
for _ in range(8):
    if os.fork() == 0:
        sum(area[at] for at in range(0, 96 << 20, 4096))
        time.sleep(0.5)
        os._exit(0)
for _ in range(8):
    os.wait()
"""
"""Half of what is allowed, seen by nine processes."""

_ATTRIBUTES = """
import os
number = 0
while True:
    open(f'/tmp/{number}', 'w').close()
    for name in range(8):
        os.setxattr(f'/tmp/{number}', f'user.{name}', b'a' * 60_000)
    number += 1
"""

_DELETED = """
import ctypes, os, time
# A process that says that it must not be looked into.
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
keep = []
for number in range(60):
    keep.append(open(f'/box/{number}', 'wb', buffering=0))
    os.unlink(f'/box/{number}')
    keep[-1].write(os.urandom(4 << 20))
    time.sleep(0.02)
time.sleep(20)
"""
"""Fills the disk with files that have no name."""

_BITS = """
import os
def trial(action):
    try:
        action()
    except OSError:
        pass
open('/box/changed', 'w').close()
trial(lambda: os.chmod('/box/changed', 0o4755))
trial(lambda: os.chmod('changed', 0o4755, dir_fd=os.open('/box', os.O_RDONLY)))
trial(lambda: os.fchmod(os.open('/box/changed', os.O_RDONLY), 0o4755))
trial(lambda: os.open('/box/opened', os.O_CREAT | os.O_WRONLY, 0o4755))
trial(lambda: os.mknod('/box/made', 0o104755))
os.chmod('/box/changed', 0o755)
os.mkdir('/box/folder', 0o2775)
open('/dev/shm/countermine-left', 'w').write('a')
"""


def memory_cannot_be_hidden(bench: Bench) -> None:
    """What no process shows as its own counts, and what many share counts once."""
    for source in (_LET_GO, _LEFT_TO_OTHERS):
        outcome = bench.run(source)
        stopped = isinstance(outcome, Stopped) and outcome.bound is Bound.MEMORY
        expect(stopped, f"memory was hidden: {outcome}")
    shared = bench.run(_SHARED_BY_ALL)
    fine = isinstance(shared, Exited) and shared.exit_code == 0
    expect(fine, f"memory that is shared was counted for each: {shared}")


def attributes_of_files_are_bounded(bench: Bench) -> None:
    """Attributes cost memory that neither sizes nor names show."""
    outcome = bench.run(_ATTRIBUTES, limits=SMALL)
    ended = isinstance(outcome, Exited) or outcome.bound in {Bound.MEMORY, Bound.SCRATCH}
    expect(ended, f"attributes could be set until time was up: {outcome}")


def deleted_files_are_bounded(bench: Bench) -> None:
    """A file without a name counts as long as it is open, whoever hides from being looked at."""
    outcome = bench.run(_DELETED, mounts=(writable(bench.fresh("work")),))
    stopped = isinstance(outcome, Stopped) and outcome.bound is Bound.SCRATCH
    expect(stopped, f"files without a name were not counted: {outcome}")


def what_others_write_does_not_count(bench: Bench) -> None:
    """A disk that other programs fill meanwhile stops nothing."""
    other = bench.fresh("other") / "file"

    def fill() -> None:
        with other.open("wb") as file:
            for _ in range(12):
                file.write(os.urandom(4 << 20))
                os.fsync(file.fileno())

    filling = threading.Thread(target=fill)
    filling.start()
    outcome = bench.run("import time; time.sleep(1.5)", mounts=(writable(bench.fresh("work")),))
    filling.join()
    other.unlink()
    expect(isinstance(outcome, Exited), f"stopped for what others wrote: {outcome}")


def nothing_left_behind_acts_for_its_owner(bench: Bench) -> None:
    """No file of the host gets the set-user-id bit; nothing stays in shared memory."""
    work = bench.fresh("work")
    bench.say(_BITS, mounts=(writable(work),))
    for path in sorted(work.iterdir()):
        mode = path.stat().st_mode
        expect(not mode & stat.S_ISUID, f"code inside left {path.name} with mode {mode:o}")
    left = os.listdir("/dev/shm") if Path("/dev/shm").is_dir() else []  # noqa: PTH208, S108
    expect("countermine-left" not in left, "a file was left in the shared memory of the host")


HIDING = (
    memory_cannot_be_hidden,
    attributes_of_files_are_bounded,
    deleted_files_are_bounded,
    what_others_write_does_not_count,
    nothing_left_behind_acts_for_its_owner,
)
