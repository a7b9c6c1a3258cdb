"""Claims about abuse: bombs of every kind, games with limits and clocks, text for terminals."""

import time
import zipfile
from dataclasses import replace
from io import BytesIO

from countermine.ports.sandbox import Bound, Exited, Mount, Stopped
from countermine.prove.evidence import clean
from countermine.report.escape import printable_lines
from countermine.testing.sandbox_bench import SMALL, Bench, expect, tried, writable

_ANY_BOUND = frozenset(Bound)


def limits_cannot_be_raised(bench: Bench) -> None:
    """Not for itself, not for a neighbour, not by priorities or the killer of processes."""
    said = tried(
        bench,
        """
import os, resource
names = [name for name in dir(resource) if name.startswith('RLIMIT_')]
for name in names:
    kind = getattr(resource, name)
    soft, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY:
        continue
    for pid in (0, 1, os.getppid()):
        try:
            resource.prlimit(pid, kind, (hard, hard + 1))
            print('raised', name, pid)
        except (OSError, ValueError):
            pass
for value in (-1, -10, -20):
    for which, who in ((os.PRIO_PROCESS, 0), (os.PRIO_PGRP, 0), (os.PRIO_USER, 0)):
        try:
            os.setpriority(which, who, value)
            print('priority', value)
        except OSError:
            pass
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, policy, os.sched_param(1))
        print('scheduled', policy)
    except OSError:
        pass
before = int(open('/proc/self/oom_score_adj').read())
for value in ('-1000', '-1', str(before - 1)):
    try:
        with open('/proc/self/oom_score_adj', 'w') as score:
            score.write(value)
        print('unkillable', value)
    except OSError:
        pass
""",
    )
    expect(said == "", f"limits: {said}")


def clocks_cannot_be_set(bench: Bench) -> None:
    """Neither the time, nor its rate, nor that of new processes."""
    said = tried(
        bench,
        """
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
for clock in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, 11):
    try:
        time.clock_settime(clock, time.time() + 3600)
        print('set', clock)
    except OSError:
        pass
buffer = ctypes.create_string_buffer(512)
for modes in (0x1, 0x2, 0x4, 0x100, 0x4000, 0x8001):
    ctypes.memset(buffer, 0, 512)
    ctypes.c_uint.from_buffer(buffer).value = modes
    if libc.adjtimex(buffer) >= 0:
        print('adjusted', hex(modes))
for place in ('/proc/self/timens_offsets', '/dev/rtc', '/dev/rtc0', '/dev/ptp0'):
    try:
        os.write(os.open(place, os.O_WRONLY), b'monotonic 1 0')
        print('wrote', place)
    except OSError:
        pass
""",
    )
    expect(said == "", f"clocks: {said}")


def a_command_cannot_buy_time(bench: Bench) -> None:
    """No clock, signal or limit of its own makes the bound on time come later."""
    started = time.monotonic()
    outcome = bench.run(
        """
import os, resource, signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
os.setsid() if os.getpid() != os.getsid(0) else None
resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU))
for _ in range(4):
    if os.fork():
        os.wait()
        break
while True:
    pass
""",
        limits=replace(SMALL, wall_s=1.0),
    )
    took = time.monotonic() - started
    stopped = isinstance(outcome, Stopped) and outcome.bound is Bound.WALL
    expect(stopped and took < 10.0, f"a bound of a second came after {took:.1f} s: {outcome}")  # noqa: PLR2004


def open_files_are_bounded(bench: Bench) -> None:
    """Descriptors end at the bound, also those that lie in sockets."""
    said = bench.say(
        """
import os, socket
opened = []
try:
    while len(opened) < 5000:
        opened.append(os.open('/dev/null', os.O_RDONLY))
except OSError:
    pass
print(len(opened))
for fd in opened[200:]:
    os.close(fd)
del opened[200:]
a, b = socket.socketpair()
a.setblocking(False)
sent = 0
try:
    while sent < 50000:
        socket.send_fds(a, [b'x'], opened)
        sent += len(opened)
except OSError:
    pass
print(sent)
"""
    )
    held, sent = (int(word) for word in said.split())
    most = 4096
    expect(held < most and sent <= most * 2, f"{held} files were open, {sent} lay in a socket")


def names_in_a_writable_mount_are_bounded(bench: Bench) -> None:
    """Empty files and folders without end, in a folder of the host."""
    work = bench.fresh("work")
    outcome = bench.run(
        """
import os
number = 0
while True:
    os.mkdir(f'/box/{number}')
    for name in range(200):
        os.close(os.open(f'/box/{number}/{name}', os.O_CREAT | os.O_WRONLY))
    number += 1
""",
        mounts=(writable(work),),
        limits=replace(SMALL, scratch_bytes=2 << 20, wall_s=20.0),
    )
    stopped = isinstance(outcome, Stopped) and outcome.bound is Bound.SCRATCH
    expect(stopped, f"names without end: {outcome}")


def links_are_bounded(bench: Bench) -> None:
    """Second names and long links cost memory that sizes do not show."""
    outcome = bench.run(
        """
import os
number = 0
open('/tmp/file', 'w').close()
while True:
    os.symlink('a' * 4000, f'/tmp/long-{number}')
    os.link('/tmp/file', f'/tmp/hard-{number}')
    number += 1
""",
        limits=replace(SMALL, memory_bytes=48 << 20),
    )
    ended = isinstance(outcome, Exited) or outcome.bound in {Bound.MEMORY, Bound.SCRATCH}
    expect(ended, f"links without end: {outcome}")


def memory_of_the_kernel_is_bounded(bench: Bench) -> None:
    """Locked pages, queues of messages, pipes, huge pages: little of each, or none."""
    said = tried(
        bench,
        """
import ctypes, fcntl, mmap, os, resource
libc = ctypes.CDLL(None, use_errno=True)
area = mmap.mmap(-1, 64 << 20)
if libc.mlock(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(area))),
              ctypes.c_size_t(64 << 20)) == 0:
    print('locked 64 MB')
if libc.mlockall(3) == 0:
    print('locked everything')
queues = 0
for number in range(200):
    attributes = (ctypes.c_long * 8)(0, 10, 8192, 0)
    if libc.mq_open(f'/queue{number}'.encode(), os.O_CREAT | os.O_RDWR, 0o600, attributes) >= 0:
        queues += 1
if queues > 10:
    print('made', queues, 'queues')
read, write = os.pipe()
try:
    if fcntl.fcntl(write, 1031, 64 << 20) > 1 << 20:
        print('a pipe of 64 MB')
except OSError:
    pass
try:
    mmap.mmap(-1, 1 << 30, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | 0x40000 | 30 << 26)
    print('a huge page')
except (OSError, ValueError):
    pass
""",
    )
    expect(said == "", f"memory of the kernel: {said}")


def a_process_that_grows_at_once_is_stopped(bench: Bench) -> None:
    """Growth faster than it is watched runs into the limit of a single process."""
    outcome = bench.run(
        "import mmap\ntry:\n    x = bytearray(480 << 20)\n    print('got it')\n"
        "except MemoryError:\n    pass\n"
    )
    expect(b"got it" not in outcome.stdout, f"480 MB where 192 are allowed: {outcome}")


def archives_that_grow_are_stopped(bench: Bench) -> None:
    """A small file of the target that unpacks to far more than there may be."""
    folder = bench.fresh("given")
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(16):
            packed.writestr(f"zeros-{number}", bytes(6 << 20))
    size = (folder / "bomb.zip").stat().st_size
    expect(size < 1 << 20, "the archive is not small")
    given = Mount(host=folder, inside="/given")
    unpacked = bench.run(
        "import shutil, time\nshutil.unpack_archive('/given/bomb.zip', '/tmp/out')\ntime.sleep(20)",
        mounts=(given,),
    )
    stopped = isinstance(unpacked, Stopped) and unpacked.bound in {Bound.SCRATCH, Bound.MEMORY}
    failed = isinstance(unpacked, Exited) and unpacked.exit_code != 0
    expect(stopped or failed, f"an archive could be unpacked: {unpacked}")
    whole = bench.run(
        "import zipfile\nz = zipfile.ZipFile('/given/bomb.zip')\n"
        "kept = [z.read(n) for n in z.namelist() * 3]\nprint(len(kept))",
        mounts=(given,),
    )
    stopped = isinstance(whole, Stopped) and whole.bound is Bound.MEMORY
    failed = isinstance(whole, Exited) and whole.exit_code != 0
    expect(stopped or failed, f"an archive could be read whole: {whole}")


def archives_inside_archives_are_stopped(bench: Bench) -> None:
    """One that unpacks to itself, as often as whoever unpacks it lets it."""
    inner = bytes(4 << 20)
    for _ in range(5):
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(6):
                packed.writestr(f"inner-{number}.zip", inner)
        inner = buffer.getvalue()
    folder = bench.fresh("given")
    (folder / "nested.zip").write_bytes(inner)
    outcome = bench.run(
        """
import io, zipfile
def unpack(data, depth):
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        kept.append(data)
        return
    for name in packed.namelist():
        unpack(packed.read(name), depth + 1)
kept = []
unpack(open('/given/nested.zip', 'rb').read(), 0)
print(len(kept))
""",
        mounts=(Mount(host=folder, inside="/given"),),
        limits=replace(SMALL, wall_s=10.0),
    )
    stopped = isinstance(outcome, Stopped) and outcome.bound in _ANY_BOUND
    failed = isinstance(outcome, Exited) and outcome.exit_code != 0
    expect(stopped or failed, f"nested archives came to an end: {outcome}")


def what_is_printed_moves_no_terminal(bench: Bench) -> None:
    """Escapes that clear, move, retitle, paste, link or turn text around are shown as text."""
    outcome = bench.run(
        """
import sys
for text in ('\\x1b[2J\\x1b[H', '\\x1b]0;title\\x07', '\\x1b]52;c;Y2FuYXJ5\\x07', '\\x1b[6n',
             '\\x1b]8;;http://x.invalid\\x07link\\x1b]8;;\\x07', '\\x9b2J', '\\u202egnp.exe',
             '\\u2066', '\\b\\b\\b', '\\r overwritten', '\\x0e',
             '\\x1bP+q\\x1b\\\\', '\\x1b[?1049h'):
    sys.stdout.buffer.write(text.encode() + b'\\n')
"""
    )
    shown = printable_lines(clean(outcome.stdout.decode(errors="replace")))
    bad = {
        character
        for character in shown
        if (not character.isprintable() and character != "\n")
        or character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"
    }
    expect(not bad, f"a terminal would obey {sorted(bad)!r}")


def errors_name_no_file_of_the_host(bench: Bench) -> None:
    """What a failing command says about itself holds no path, name or variable of the host."""
    outcome = bench.run("import os, sys\nsys.stderr.write(str(dict(os.environ)))\nraise OSError")
    said = (outcome.stdout + outcome.stderr).decode()
    expect(str(bench.folder) not in said, f"a folder of the host is named: {said}")
    expect("SSH" not in said and "TOKEN" not in said, f"variables of the host: {said}")


ABUSE = (
    limits_cannot_be_raised,
    clocks_cannot_be_set,
    a_command_cannot_buy_time,
    open_files_are_bounded,
    names_in_a_writable_mount_are_bounded,
    links_are_bounded,
    memory_of_the_kernel_is_bounded,
    a_process_that_grows_at_once_is_stopped,
    archives_that_grow_are_stopped,
    archives_inside_archives_are_stopped,
    what_is_printed_moves_no_terminal,
    errors_name_no_file_of_the_host,
)
