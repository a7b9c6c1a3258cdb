"""Claims about other processes: the first one inside, those of the host, traces, signals."""

import os
import platform
import signal
import time
from dataclasses import replace

from countermine.ports.sandbox import Bound, Exited, Stopped
from countermine.testing.sandbox_bench import SMALL, Bench, expect, tried, writable

_SOON_S = 12.0
_CODE = 3


def every_process_inside_is_bound_alike(bench: Bench) -> None:
    """Also the one that came first: no capability, the same filter, the same limits."""
    said = tried(
        bench,
        """
import os, sys
for name in sorted(os.listdir('/proc')):
    if not name.isdigit():
        continue
    try:
        lines = open(f'/proc/{name}/status').read().splitlines()
        facts = dict(line.split(':\\t') for line in lines)
        limits = open(f'/proc/{name}/limits').read().splitlines()
    except OSError:
        continue
    for fact in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
        if int(facts[fact], 16):
            print(name, fact, facts[fact])
    if 'NoNewPrivs' in facts and facts['NoNewPrivs'].strip() != '1':
        print(name, 'may gain privileges')
    if 'Seccomp' in facts and facts['Seccomp'].strip() != '2':
        print(name, 'is not filtered')
    for line in limits:
        for limit, most in (('Max processes', sys.argv[1]), ('Max file size', sys.argv[2])):
            if line.startswith(limit):
                soft, hard = line[len(limit):].split()[:2]
                if hard == 'unlimited' or int(hard) > int(most):
                    print(name, limit, hard)
""",
        str(SMALL.processes + 64),
        str(SMALL.file_bytes),
    )
    expect(said == "", f"processes inside that are less bound: {said}")


def the_first_process_cannot_be_turned_into_a_bomb(bench: Bench) -> None:
    """Whoever writes into its memory gets no more processes than anybody else.

    The code that is written makes a hundred that sleep, and ends there.
    """
    if platform.machine() != "x86_64":
        return
    outcome = bench.run(
        """
import os, time
# mov ebx,100; mov eax,57; syscall; test eax,eax; jz sleep; dec ebx; jnz; sleep: pause forever
code = bytes.fromhex('bb64000000' 'b839000000' '0f05' '85c0' '7404' 'ffcb' '75f1'
                     'b822000000' '0f05' 'ebf7')
most = 0
try:
    at = int(open('/proc/1/syscall').read().split()[-1], 16)
    with open('/proc/1/mem', 'r+b', buffering=0) as memory:
        memory.seek(at)
        memory.write(code)
    for _ in range(5):
        if os.fork() == 0:
            if os.fork() == 0:
                os._exit(0)
            os._exit(0)
        os.wait()
except (OSError, ValueError, IndexError):
    pass
deadline = time.monotonic() + 1
while time.monotonic() < deadline:
    most = max(most, sum(name.isdigit() for name in os.listdir('/proc')))
print(most, flush=True)
""",
        limits=replace(SMALL, wall_s=4.0),
    )
    words = outcome.stdout.split()
    most = int(words[-1]) if words else 0
    expect(0 < most <= SMALL.processes + 4, f"{most} processes where {SMALL.processes} may be")


def no_process_of_the_host_is_found_through_proc(bench: Bench) -> None:
    """No link of any process inside leads to a file, a folder or a memory of the host."""
    secret = bench.fresh("host") / "canary-file"
    secret.write_text("canary")
    said = tried(
        bench,
        """
import os, sys
secret = sys.argv[1]
for name in [name for name in os.listdir('/proc') if name.isdigit()] + ['self', 'thread-self']:
    for link in ('root', 'cwd', 'exe'):
        for way in ('', '/..', '/../..', '/../../../../..'):
            if os.path.lexists(f'/proc/{name}/{link}{way}{secret}'):
                print('sees it through', name, link, way)
    try:
        opened = os.listdir(f'/proc/{name}/fd')
    except OSError:
        continue
    for fd in opened:
        try:
            leads = os.readlink(f'/proc/{name}/fd/{fd}')
        except OSError:
            continue
        fine = ('pipe:', 'socket:', 'anon_inode:', '/dev/null', '/proc', 'host:', '/dev/pts')
        if not leads.startswith(fine):
            print('holds', name, fd, leads)
here = os.open('/', os.O_RDONLY)
for _ in range(40):
    here = os.open('..', os.O_RDONLY, dir_fd=here)
try:
    os.stat(secret[1:], dir_fd=here)
    print('above the root')
except OSError:
    pass
""",
        str(secret),
    )
    expect(said == "", f"through /proc: {said}")


def no_process_can_be_traced(bench: Bench) -> None:
    """Neither a child that asks for it, nor the first process, nor a neighbour."""
    numbers = {"x86_64": (101, 310, 311), "aarch64": (117, 270, 271)}[platform.machine()]
    said = tried(
        bench,
        """
import ctypes, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
trace, read, write = (int(word) for word in sys.argv[1:])
child = os.fork()
if child == 0:
    signal.pause()
for name, request in (('me', 0), ('attach', 16), ('seize', 0x4206), ('peek', 2), ('poke', 5)):
    for pid in (0, 1, child, os.getppid()):
        ctypes.set_errno(0)
        if libc.syscall(ctypes.c_long(trace), ctypes.c_long(request), ctypes.c_long(pid),
                        ctypes.c_long(0), ctypes.c_long(0)) != -1 and request != 2:
            print('traced', name, pid)
buffer = (ctypes.c_long * 2)(ctypes.addressof(ctypes.create_string_buffer(16)), 16)
for name, number in (('read', read), ('write', write)):
    for pid in (1, child):
        if libc.syscall(ctypes.c_long(number), ctypes.c_long(pid), buffer, ctypes.c_long(1),
                        buffer, ctypes.c_long(1), ctypes.c_long(0)) >= 0:
            print('memory', name, pid)
os.kill(child, signal.SIGKILL)
""",
        *(str(number) for number in numbers),
    )
    expect(said == "", f"traced: {said}")


def no_signal_reaches_the_program(bench: Bench) -> None:
    """Not by number, group, session, owner of a pipe, nor by a descriptor of a process."""
    got: list[int] = []
    watched = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGIO, signal.SIGURG, signal.SIGHUP)
    before = {one: signal.signal(one, lambda number, _frame: got.append(number)) for one in watched}
    try:
        said = tried(
            bench,
            """
import fcntl, os, signal, struct, sys
host = [int(word) for word in sys.argv[1:]]
signals = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGIO, signal.SIGURG, signal.SIGHUP)
for one in signals:
    signal.signal(one, signal.SIG_IGN)
for pid in host:
    for one in signals:
        for target in (pid, -pid):
            try:
                os.kill(target, one)
                if pid > 4096:
                    print('signalled', target)
            except OSError:
                pass
    try:
        signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGUSR1)
        if pid > 4096:
            print('signalled by descriptor', pid)
    except OSError:
        pass
for one in signals:
    for target in (-1, 0):
        try:
            os.kill(target, one)
        except OSError:
            pass
for fd in (0, 1, 2):
    for pid in host:
        try:
            fcntl.fcntl(fd, 8, pid)
            fcntl.fcntl(fd, 10, signal.SIGUSR2)
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
        except OSError:
            pass
sys.stdout.flush()
""",
            str(os.getpid()),
            str(os.getppid()),
            str(1 << 21),
        )
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    expect(said == "", f"signals: {said}")
    expect(not got, f"the program was sent {got}")


def a_fork_bomb_is_ended(bench: Bench) -> None:
    """Processes that make processes as fast as they can are all gone when ``run`` returns."""
    work = bench.fresh("work")
    started = time.monotonic()
    outcome = bench.run(
        """
import os, time
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
    open('/box/beat', 'a').write('.')
""",
        mounts=(writable(work),),
        limits=replace(SMALL, wall_s=1.5),
    )
    took = time.monotonic() - started
    expect(isinstance(outcome, Stopped), f"a fork bomb came to an end: {outcome}")
    expect(took < _SOON_S, f"ending a fork bomb took {took:.1f} s")
    size = (work / "beat").stat().st_size
    time.sleep(0.2)
    expect((work / "beat").stat().st_size == size, "something of a fork bomb is left")


def a_command_that_sleeps_in_the_kernel_is_ended(bench: Bench) -> None:
    """Stopped by itself, waiting for a fork that does not come back, or for a pipe: all end."""
    for source in (
        "import os, signal\nprint('begun', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)",
        "import os\nprint('begun', flush=True)\nr, w = os.pipe()\nos.read(r, 1)",
        (
            "import fcntl, os\nprint('begun', flush=True)\nf = open('/tmp/a', 'w')\n"
            "fcntl.flock(f, fcntl.LOCK_EX)\n"
            "fcntl.flock(open('/tmp/a'), fcntl.LOCK_EX)"
        ),
    ):
        started = time.monotonic()
        outcome = bench.run(source, limits=replace(SMALL, wall_s=1.0))
        took = time.monotonic() - started
        stopped = isinstance(outcome, Stopped) and outcome.bound is Bound.WALL
        expect(stopped and took < _SOON_S, f"took {took:.1f} s: {outcome}")


def results_survive_whatever_is_done_to_the_streams(bench: Bench) -> None:
    """Modes of the pipes, their size, opening them the other way round, closing them."""
    for trick in (
        "fcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK | os.O_DIRECT)",
        "fcntl.fcntl(1, 1031, 4096)",
        "os.open('/proc/self/fd/1', os.O_RDONLY | os.O_NONBLOCK)",
        "os.write(os.open('/proc/self/fd/0', os.O_WRONLY | os.O_NONBLOCK), b'x')",
        "os.dup2(1, 0); os.dup2(1, 2)",
        "[os.set_inheritable(n, True) for n in (0, 1, 2)]",
    ):
        outcome = bench.run(
            f"import fcntl, os\ntry:\n    {trick}\nexcept OSError:\n    pass\n"
            f"os.write(1, b'result')\nos.close(1)\nos.close(2)\nos._exit({_CODE})"
        )
        kept = isinstance(outcome, Exited) and outcome.stdout.endswith(b"result")
        expect(kept, f"{trick} lost the result: {outcome}")
        expect(isinstance(outcome, Exited) and outcome.exit_code == _CODE, f"{trick}: {outcome}")


def programs_that_make_namespaces_fail(bench: Bench) -> None:
    """What is installed for it does not get any further than a system call does."""
    said = tried(
        bench,
        """
import os, subprocess
commands = (
    ('unshare', '-Ur', 'true'), ('unshare', '-r', '-m', 'true'), ('unshare', '-n', 'true'),
    ('bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true'), ('chroot', '/', 'true'),
    ('nsenter', '-t', '1', '-a', 'true'), ('setpriv', '--reuid', '0', 'true'),
    ('mount', '-t', 'tmpfs', 'none', '/tmp'), ('umount', '/proc/keys'),
    ('newuidmap', '1', '0', '0', '1'), ('fusermount', '/tmp'), ('capsh', '--user=root', '--'),
    ('swapoff', '-a'), ('losetup', '-f'), ('insmod', '/tmp/a.ko'), ('dmesg',),
)
for command in commands:
    for folder in ('/usr/bin', '/usr/sbin', '/bin', '/sbin'):
        if os.path.exists(f'{folder}/{command[0]}'):
            done = subprocess.run((f'{folder}/{command[0]}', *command[1:]), capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=10)
            if done.returncode == 0 and (command[0] != 'swapoff'):
                print('did', command, done.stdout[:80])
            break
""",
    )
    expect(said == "", f"programs: {said}")


PROCESSES = (
    every_process_inside_is_bound_alike,
    the_first_process_cannot_be_turned_into_a_bomb,
    no_process_of_the_host_is_found_through_proc,
    no_process_can_be_traced,
    no_signal_reaches_the_program,
    a_fork_bomb_is_ended,
    a_command_that_sleeps_in_the_kernel_is_ended,
    results_survive_whatever_is_done_to_the_streams,
    programs_that_make_namespaces_fail,
)
