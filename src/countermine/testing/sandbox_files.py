"""Claims about files: devices, masks, races on links, what is left behind."""

import os
import shutil
import stat
import threading
from pathlib import Path

from countermine.ports.sandbox import Bound, Mount, Stopped
from countermine.prove.commands import OutFolder
from countermine.testing.sandbox_bench import Bench, expect, tried, writable

DEVICES = frozenset(
    {
        "console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm",
        "stderr", "stdin", "stdout", "tty", "urandom", "zero",
    }
)  # fmt: skip
"""All that may be seen in ``/dev``."""


def no_device_can_be_made_or_opened(bench: Bench) -> None:
    """No node of a disk, of memory or of a terminal, by making, by finding, or by linking."""
    work = bench.fresh("work")
    said = tried(
        bench,
        """
import os, stat, sys
allowed = set(sys.argv[1].split(','))
for name in os.listdir('/dev'):
    if name not in allowed:
        print('sees', name)
numbers = {'memory': (1, 1), 'kmem': (1, 2), 'port': (1, 4), 'disk': (8, 0), 'virtual': (254, 0),
           'loop': (7, 0), 'terminal': (4, 1), 'console': (5, 1), 'fuse': (10, 229),
           'kvm': (10, 232), 'tun': (10, 200)}
for place in ('/tmp', '/dev/shm', '/box', '/dev'):
    for name, (major, minor) in numbers.items():
        for kind in (stat.S_IFCHR, stat.S_IFBLK):
            path = f'{place}/{name}-{kind}'
            try:
                os.mknod(path, kind | 0o666, os.makedev(major, minor))
                print('made', path)
                os.close(os.open(path, os.O_RDWR))
                print('opened', path)
            except OSError:
                pass
""",
        ",".join(sorted(DEVICES)),
        mounts=(writable(work),),
    )
    expect(said == "", f"devices: {said}")
    expect(not list(work.iterdir()), "a device was left in a writable mount")


def mounts_stay_as_they_are(bench: Bench) -> None:
    """Not made writable, not covered, not uncovered, not moved."""
    given = bench.fresh("given")
    (given / "file").write_text("before")
    said = tried(
        bench,
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
BIND, REMOUNT, MOVE, SHARED = 0x1000, 0x20, 0x2000, 1 << 20
def trial(name, source, target, kind, flags):
    if libc.mount(source, target, kind, ctypes.c_ulong(flags), None) == 0:
        print('mounted', name)
trial('remount', None, b'/', None, REMOUNT | BIND)
trial('remount usr', None, b'/usr', None, REMOUNT | BIND)
trial('remount given', None, b'/given', None, REMOUNT | BIND)
trial('bind', b'/tmp', b'/usr', None, BIND)
trial('tmpfs', b'none', b'/tmp', b'tmpfs', 0)
trial('proc', b'none', b'/tmp', b'proc', 0)
trial('sysfs', b'none', b'/tmp', b'sysfs', 0)
trial('cgroup', b'none', b'/tmp', b'cgroup2', 0)
trial('move', b'/given', b'/tmp', None, MOVE)
trial('share', None, b'/', None, SHARED)
trial('overlay', b'none', b'/tmp', b'overlay', 0)
for place in (b'/proc', b'/proc/keys', b'/usr', b'/given', b'/dev', b'/'):
    for flags in (0, 2, 8):
        if libc.umount2(place, flags) == 0:
            print('unmounted', place)
""",
        mounts=(Mount(host=given, inside="/given"),),
    )
    expect(said == "", f"mounts: {said}")


def what_the_kernel_tells_is_masked(bench: Bench) -> None:
    """No addresses, messages, keys, memory or timers of the kernel."""
    said = tried(
        bench,
        """
import os
for name in ('kcore', 'kallsyms', 'kmsg', 'keys', 'key-users', 'timer_list', 'sched_debug',
             'slabinfo', 'vmallocinfo', 'modules', 'kpageflags', 'kpagecount', 'kpagecgroup',
             'vmcore', 'latency_stats', 'sysvipc/shm'):
    try:
        if os.read(os.open(f'/proc/{name}', os.O_RDONLY | os.O_NONBLOCK), 64).strip(b' \\n\\0'):
            if name != 'sysvipc/shm':
                print('reads', name)
    except OSError:
        pass
for place in ('/sys/kernel/debug', '/sys/kernel/tracing', '/sys/kernel/security', '/sys/firmware',
              '/sys/fs/bpf', '/boot', '/lib/modules', '/proc/acpi', '/proc/scsi'):
    try:
        if os.listdir(place) and place != '/lib/modules':
            print('lists', place)
    except OSError:
        pass
""",
    )
    expect(said == "", f"the kernel tells: {said}")


def helpers_of_the_kernel_cannot_be_set(bench: Bench) -> None:
    """No program that the kernel would start as root on the host can be named."""
    most = Path("/proc/sys/kernel/pid_max")
    before = most.read_text()
    said = tried(
        bench,
        """
import glob, os
places = ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sys/kernel/hotplug',
          '/proc/sys/kernel/poweroff_cmd', '/proc/sys/fs/binfmt_misc/register',
          '/proc/sys/fs/suid_dumpable', '/proc/sys/kernel/usermodehelper/bset',
          '/sys/kernel/uevent_helper', '/proc/sys/kernel/sysrq', '/proc/sysrq-trigger',
          '/proc/sys/vm/overcommit_memory', '/proc/sys/vm/panic_on_oom', '/proc/sys/kernel/panic',
          '/proc/sys/kernel/yama/ptrace_scope', '/proc/sys/user/max_user_namespaces',
          '/proc/sys/kernel/threads-max', '/proc/sys/fs/nr_open', '/proc/sys/fs/pipe-max-size',
          '/proc/sys/kernel/randomize_va_space', '/proc/bus/pci', '/proc/irq/0/smp_affinity']
places += glob.glob('/sys/fs/cgroup/**/release_agent', recursive=True)
places += glob.glob('/sys/fs/cgroup/**/cgroup.procs', recursive=True)
for place in places:
    try:
        os.close(os.open(place, os.O_WRONLY))
        print('opened', place)
    except OSError:
        pass
try:
    # Newer kernels have one for each PID namespace, which the owner of that may set.
    open('/proc/sys/kernel/pid_max', 'w').write('1000')
except OSError:
    pass
""",
    )
    expect(said == "", f"helpers of the kernel: {said}")
    expect(most.read_text() == before, "the numbers of processes of the host were changed")


def files_get_no_privileges(bench: Bench) -> None:
    """Neither capabilities nor labels nor attributes that only root may set."""
    work = bench.fresh("work")
    said = tried(
        bench,
        """
import array, fcntl, os, struct
for place in ('/box/file', '/tmp/file'):
    open(place, 'w').close()
    capability = struct.pack('<IIIII', 0x02000001, 0xffffffff, 0, 0xffffffff, 0)
    # Labels of SELinux are refused by it; where it is not there, they mean nothing.
    for name in ('security.capability', 'trusted.a', 'system.posix_acl_access'):
        value = capability if 'capab' in name else b'a'
        try:
            os.setxattr(place, name, value)
            print('set', name, place)
        except OSError:
            pass
    for bits in (0x10, 0x20):
        try:
            fcntl.ioctl(os.open(place, os.O_RDONLY), 0x40086602, array.array('l', [bits]))
            print('set flag', bits, place)
        except OSError:
            pass
    for user in (0, 1, 65534):
        try:
            os.chown(place, user, user)
            print('gave to', user, place)
        except OSError:
            pass
""",
        mounts=(writable(work),),
    )
    expect(said == "", f"privileges of files: {said}")


def a_link_that_changes_is_not_followed(bench: Bench) -> None:
    """Results are read while a file and a link to a secret change places as fast as they can."""
    work, host = bench.fresh("work"), bench.fresh("host")
    secret = host / "canary-secret"
    secret.write_text("canary-content")
    work.chmod(0o777)
    source = """
import os, sys, time
os.symlink(sys.argv[1], '/box/link')
open('/box/plain', 'w').write('plain')
deadline = time.monotonic() + 1.5
while time.monotonic() < deadline:
    for source in ('link', 'plain'):
        if source == 'link':
            os.symlink(sys.argv[1], '/box/new')
        else:
            os.link('/box/plain', '/box/new')
        os.rename('/box/new', '/box/results.jsonl')
        try:
            os.unlink('/box/results.jsonl')
        except OSError:
            pass
"""
    running = threading.Thread(
        target=lambda: bench.run(source, str(secret), mounts=(writable(work),))
    )
    running.start()
    read = set()
    while running.is_alive():
        read.add(OutFolder(host=work).read())
    running.join()
    expect(not any(b"canary" in one for one in read), "a link to a file of the host was followed")


def cleaning_up_follows_no_link(bench: Bench) -> None:
    """A tree too deep to keep is removed; what its links lead to stays."""
    work, host = bench.fresh("work"), bench.fresh("host")
    (host / "keep").write_text("kept")
    outcome = bench.run(
        """
import os, sys
os.chdir('/box')
for number in range(200):
    os.mkdir('deeper')
    os.chdir('deeper')
    for name, leads in (('up', '../..'), ('host', sys.argv[1]), ('root', '/'), ('self', '.')):
        os.symlink(leads, name)
""",
        str(host),
        mounts=(writable(work),),
    )
    stopped = isinstance(outcome, Stopped) and outcome.bound is Bound.SCRATCH
    expect(stopped, f"a tree of 200 folders was kept: {outcome}")
    expect((host / "keep").read_text() == "kept", "cleaning up followed a link")
    shutil.rmtree(work)


def odd_files_can_be_removed(bench: Bench) -> None:
    """Names of any bytes, folders without rights, pipes, sockets, files that look huge."""
    work = bench.fresh("work")
    bench.say(
        """
import os, socket
os.chdir('/box')
for name in (b'\\xff\\xfe', b'new\\nline', b'\\x1b[2J', b'a' * 255, b'-rf', b' ', b'...'):
    open(name, 'w').close()
os.mkfifo('pipe')
socket.socket(socket.AF_UNIX).bind('/box/socket')
os.makedirs('shut/inner')
open('shut/inner/file', 'w').close()
open('sparse', 'wb').truncate(8 << 20)
os.chmod('shut/inner', 0)
os.chmod('shut', 0)
""",
        mounts=(writable(work),),
    )
    special = [path.name for path in work.iterdir() if stat.S_ISFIFO(path.lstat().st_mode)]
    expect(special == ["pipe"], f"odd files could not be made: {special}")
    _remove(work)
    expect(not work.exists(), "odd files could not be removed")


def _remove(folder: Path) -> None:
    """Remove as a temporary folder is removed: what is shut is opened first."""

    def opened(_function: object, path: str, _info: object) -> None:
        for one in (Path(path).parent, Path(path)):
            one.chmod(0o700)
        if os.path.isdir(path):  # noqa: PTH112 - names of any bytes
            shutil.rmtree(path, onerror=opened)
        else:
            Path(path).unlink()

    shutil.rmtree(folder, onerror=opened)


def terminals_of_the_host_are_not_there(bench: Bench) -> None:
    """No controlling terminal, none to take, none of the host's to write to."""
    said = tried(
        bench,
        """
import fcntl, os
for place in ('/dev/tty', '/dev/console', '/dev/tty0', '/dev/tty1', '/dev/ttyS0', '/dev/vcs',
              '/dev/vcsa1', '/dev/input/event0', '/dev/uinput', '/dev/pts/0', '/dev/pts/1'):
    try:
        os.close(os.open(place, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        if place != '/dev/console':
            print('opened', place)
    except OSError:
        pass
for fd in (0, 1, 2):
    if os.isatty(fd):
        print('a terminal is', fd)
    for request in (0x540E, 0x5412, 0x541C, 0x5410):
        try:
            fcntl.ioctl(fd, request, b'x')
            print('did', hex(request), fd)
        except OSError:
            pass
""",
    )
    expect(said == "", f"terminals: {said}")


def words_of_a_command_are_not_options(bench: Bench) -> None:
    """What looks like an option of the sandbox's own programs reaches the command as it is."""
    words = ("--bind", "/", "/host", "--", "--privileged", "-v", "/:/host", "--network=host", "")
    said = bench.say("import sys, os; print(sys.argv[1:], os.path.exists('/host'))", *words)
    expect(said == f"{list(words)} False\n", f"words were taken for options: {said}")


FILES = (
    no_device_can_be_made_or_opened,
    mounts_stay_as_they_are,
    what_the_kernel_tells_is_masked,
    helpers_of_the_kernel_cannot_be_set,
    files_get_no_privileges,
    a_link_that_changes_is_not_followed,
    cleaning_up_follows_no_link,
    odd_files_can_be_removed,
    terminals_of_the_host_are_not_there,
    words_of_a_command_are_not_options,
)
