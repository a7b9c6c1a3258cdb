"""Claims about what code inside can reach: network, files, processes, privileges."""

import contextlib
import os
import socket
from pathlib import Path

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Exited, Mount, SandboxCommand
from countermine.testing.sandbox_bench import Bench, expect, writable


def the_loopback_of_the_host_is_out_of_reach(bench: Bench) -> None:
    """Neither TCP nor UDP of either family arrives at a listener on the host."""
    with contextlib.ExitStack() as stack:
        wanted = []
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                listener = stack.enter_context(socket.socket(family, kind))
                listener.bind((address, 0))
                if kind == socket.SOCK_STREAM:
                    listener.listen()
                listener.settimeout(0)
                wanted.append((listener, address, listener.getsockname()[1]))
        said = bench.say(
            """
import socket, sys
for pair in sys.argv[1:]:
    address, _, port = pair.rpartition('/')
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        s = socket.socket(family, kind)
        s.settimeout(0.3)
        try:
            s.connect((address, int(port)))
            s.send(b'canary')
            s.recv(1)
            print('answered', pair)
        except OSError as error:
            pass
interfaces = open('/proc/net/dev').read().splitlines()[2:]
print('interfaces', [i.split(':')[0].strip() for i in interfaces])
""",
            *(f"{address}/{port}" for _, address, port in wanted),
        )
        expect("answered" not in said, f"a listener on the host's loopback answered: {said}")
        expect("['lo']" in said, f"there is an interface besides the own loopback: {said}")
        for listener, address, _ in wanted:
            try:
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()
                else:
                    listener.recv(1)
            except BlockingIOError:
                continue
            expect(holds=False, message=f"something arrived from inside at {address}")


def unix_sockets_of_the_host_are_out_of_reach(bench: Bench) -> None:
    """Neither a socket in the file system nor an abstract one can be connected to."""
    path = bench.fresh("socket") / "s"
    with socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        named.bind(str(path))
        named.listen()
        abstract.bind(f"\0countermine-{os.getpid()}")
        abstract.listen()
        said = bench.say(
            """
import socket, sys
for address in (sys.argv[1], '\\0' + sys.argv[2]):
    try:
        socket.socket(socket.AF_UNIX).connect(address)
        print('connected')
    except OSError as error:
        print('refused')
""",
            str(path),
            f"countermine-{os.getpid()}",
        )
    expect(said.split() == ["refused", "refused"], f"a Unix socket of the host answered: {said}")


def files_that_were_not_mounted_are_not_there(bench: Bench) -> None:
    """A secret of the user is found nowhere, and homes are empty or absent."""
    secret = bench.fresh("home") / "countermine-secret"
    secret.write_text("canary")
    said = bench.say(
        """
import os, sys
print(os.path.lexists(sys.argv[1]))
for home in ('/root', '/home', '/var', '/run', '/sys', '/mnt', '/opt', '/srv', '/boot'):
    for folder, names, files in os.walk(home):
        if folder == sys.argv[2]:
            names.clear()
        elif files:
            print('sees', os.path.join(folder, files[0]))
            raise SystemExit
""",
        str(secret),
        str(bench.python_mounts[0]),
    )
    expect(said.split() == ["False"], f"code inside sees files of the host: {said}")


def what_is_mounted_to_read_cannot_be_changed(bench: Bench) -> None:
    """Not written, replaced, linked elsewhere, or made writable."""
    folder = bench.fresh("read")
    (folder / "file").write_text("before")
    work = bench.fresh("other")
    said = bench.say(
        """
import ctypes, os
def trial(name, action):
    try:
        action()
        print('did', name)
    except OSError:
        pass
trial('write', lambda: open('/given/file', 'w').write('after'))
trial('create', lambda: open('/given/new', 'w'))
trial('unlink', lambda: os.unlink('/given/file'))
trial('rename', lambda: os.rename('/given/file', '/given/other'))
trial('chmod', lambda: os.chmod('/given/file', 0o777))
trial('utime', lambda: os.utime('/given/file'))
trial('link', lambda: os.link('/given/file', '/box/file'))
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b'none', b'/given', None, 0x1000 | 0x20, None) == 0:
    print('did remount')
print('read', open('/given/file').read())
""",
        mounts=(Mount(host=folder, inside="/given"), writable(work)),
    )
    expect(said == "read before\n", f"a mount to read was changed: {said}")
    expect((folder / "file").read_text() == "before", "a mount to read was changed on the host")


def nothing_outside_the_writable_places_can_be_written(bench: Bench) -> None:
    """The root, the system and the devices are read-only, also the kernel's switches."""
    said = bench.say(
        """
import os
places = ['/', '/usr', '/usr/bin', '/etc', '/dev', '/proc', '/proc/sys', '/proc/sys/kernel',
          '/sys', '/.countermine', '/home', '/root', '/var', '/run', '/lib', '/bin']
for place in places:
    try:
        open(os.path.join(place, 'canary'), 'w').close()
        print('wrote in', place)
    except OSError:
        pass
for switch in ('kernel/core_pattern', 'kernel/hostname', 'vm/overcommit_memory', 'fs/file-max'):
    try:
        open('/proc/sys/' + switch, 'w').write('1')
        print('set', switch)
    except OSError:
        pass
for place in ('/tmp', '/dev/shm'):
    open(os.path.join(place, 'canary'), 'w').close()
""",
    )
    expect(said == "", f"code inside wrote where it must not: {said}")


def writes_reach_the_host_only_where_they_may(bench: Bench) -> None:
    """A writable mount keeps what is written; an overlay shows it inside and forgets it."""
    kept, copied = bench.fresh("kept"), bench.fresh("copied")
    (copied / "sub").mkdir()
    (copied / "sub" / "file").write_text("before")
    (copied / "link").symlink_to("sub/file")
    (copied / "private").write_text("private")
    (copied / "private").chmod(0o600)
    said = bench.say(
        """
import os
open('/box/result', 'w').write('kept')
open('/copy/sub/file', 'a').write(' and after')
os.unlink('/copy/private')
open('/copy/new', 'w').write('new')
print(open('/copy/link').read(), sorted(os.listdir('/copy')))
""",
        mounts=(writable(kept), Mount(host=copied, inside="/copy", access=Access.OVERLAY)),
    )
    expect(said == "before and after ['link', 'new', 'sub']\n", f"an overlay shows {said!r}")
    expect((kept / "result").read_text() == "kept", "a writable mount did not keep a file")
    expect((kept / "result").stat().st_uid != 0, "a file from inside belongs to root")
    names = sorted(path.name for path in copied.rglob("*"))
    expect(names == ["file", "link", "private", "sub"], f"an overlay changed the host: {names}")
    expect((copied / "sub" / "file").read_text() == "before", "an overlay changed the host")


def folders_that_only_their_owner_may_read_can_be_mounted(bench: Bench) -> None:
    """Modes of the host do not keep a mount from being read inside."""
    private = bench.fresh("private")
    (private / "file").write_text("content")
    (private / "file").chmod(0o600)
    private.chmod(0o700)
    said = bench.say(
        "print(open('/given/file').read())", mounts=(Mount(host=private, inside="/given"),)
    )
    expect(said == "content\n", f"a private folder that was mounted shows {said!r}")


def other_processes_are_not_seen_and_not_signalled(bench: Bench) -> None:
    """The process list holds the sandbox's own; a signal to all of them stays inside."""
    said = bench.say(
        """
import os, signal, sys
print(len([name for name in os.listdir('/proc') if name.isdigit()]))
try:
    os.kill(int(sys.argv[1]), 0)
    print('signalled the host')
except ProcessLookupError:
    pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for pid in (1, -1, os.getppid()):
    try:
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGKILL) if pid > 0 else None
    except OSError:
        pass
print('alive')
""",
        str(os.getpid() + (1 << 21)),
    )
    words = said.split()
    few = 4
    expect(words[-1] == "alive" and "signalled" not in words, f"signals left the sandbox: {said}")
    expect(int(words[0]) <= few, f"code inside sees {words[0]} processes")


def nothing_is_inherited(bench: Bench) -> None:
    """Environment and descriptors are made from nothing."""
    with (bench.fresh("open") / "file").open("w") as held:
        os.set_inheritable(held.fileno(), True)  # noqa: FBT003 - has no keyword
        outcome = bench.run(
            """
import os
print(sorted(set(os.environ) - {'HOME', 'LANG', 'PATH', 'PWD', 'TMPDIR', 'LC_CTYPE'}))
there = []
for name in os.listdir('/proc/self/fd'):
    try:
        os.fstat(int(name))
        there.append(int(name))
    except OSError:
        pass
print(sorted(there))
""",
            env={"GIVEN": "yes"},
        )
        os.set_inheritable(held.fileno(), False)  # noqa: FBT003
    expect(
        isinstance(outcome, Exited) and outcome.stdout == b"['GIVEN']\n[0, 1, 2]\n",
        f"something was inherited: {outcome}",
    )


def code_inside_has_no_privileges_and_gains_none(bench: Bench) -> None:
    """No capability, not root, and programs that are setuid give nothing."""
    said = bench.say(
        """
import os, pathlib, subprocess
facts = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines())
for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
    if int(facts[name], 16):
        print(name, facts[name])
print(facts['NoNewPrivs'].strip(), facts['Seccomp'].strip(), 0 in os.getresuid() + os.getresgid())
for change in (os.setuid, os.setgid, lambda n: os.setgroups([n])):
    try:
        change(0)
        print('became root')
    except OSError:
        pass
su = [p for p in ('/usr/bin/su', '/bin/su', '/usr/bin/mount') if os.path.exists(p)]
for program in su[:1]:
    done = subprocess.run([program, '-c', 'id -u'], stdin=subprocess.DEVNULL, capture_output=True)
    if done.stdout.strip() == b'0':
        print('root by', program)
""",
    )
    expect(said == "1 2 False\n", f"code inside has or gains privileges: {said}")


def links_left_behind_do_not_lead_out(bench: Bench) -> None:
    """A file of the host cannot be given a second name in a writable mount."""
    work = bench.fresh("work")
    given = bench.fresh("given")
    (given / "file").write_text("canary")
    bench.say(
        """
import os
for source in ('/given/file', '/usr/bin/env', '/proc/self/exe'):
    for follow in (True, False):
        try:
            os.link(source, '/box/hard-' + source.replace('/', '-') + str(follow),
                    follow_symlinks=follow)
        except OSError:
            pass
os.symlink('/etc/passwd', '/box/soft')
try:
    os.mknod('/box/device', 0o20666, os.makedev(1, 1))
except OSError:
    pass
""",
        mounts=(writable(work), Mount(host=given, inside="/given")),
    )
    names = sorted(os.listdir(work))  # noqa: PTH208 - names, not paths
    expect(names == ["soft"], f"code inside left {names} in a writable mount")


def what_cannot_be_run_as_asked_is_refused(bench: Bench) -> None:
    """A missing program or folder is the sandbox's trouble, never an outcome."""
    absent = SandboxCommand(argv=("/nonexistent/program",), cwd="/")
    _refused(bench, absent, "a program that is not there was run")
    place = Mount(host=bench.folder / "absent", inside="/given")
    true = ("/usr/bin/env", "true")
    _refused(bench, SandboxCommand(argv=true, cwd="/", mounts=(place,)), "mounted what is not")
    for host in ("/", str(Path.home())):
        mount = Mount(host=Path(host), inside="/given")
        _refused(bench, SandboxCommand(argv=true, cwd="/", mounts=(mount,)), f"mounted {host}")
    for env in ({"X": "a\0--bind\0/\0/host"}, {"A=B": "c"}, {"": "c"}):
        _refused(bench, SandboxCommand(argv=true, cwd="/", env=env), f"took {env}")
    for inside in ("relative", "/a/../b", "/", "/proc/sys", "/dev"):
        mount = Mount(host=bench.folder, inside=inside)
        _refused(bench, SandboxCommand(argv=true, cwd="/", mounts=(mount,)), f"took {inside!r}")


def _refused(bench: Bench, command: SandboxCommand, message: str) -> None:
    try:
        outcome = bench.sandbox.run(command)
    except SandboxUnavailableError as error:
        expect("\n" not in str(error), f"a message of several lines: {error}")
        return
    expect(holds=False, message=f"{message}: {outcome}")


REACH = (
    the_loopback_of_the_host_is_out_of_reach,
    unix_sockets_of_the_host_are_out_of_reach,
    files_that_were_not_mounted_are_not_there,
    what_is_mounted_to_read_cannot_be_changed,
    nothing_outside_the_writable_places_can_be_written,
    writes_reach_the_host_only_where_they_may,
    folders_that_only_their_owner_may_read_can_be_mounted,
    other_processes_are_not_seen_and_not_signalled,
    nothing_is_inherited,
    code_inside_has_no_privileges_and_gains_none,
    links_left_behind_do_not_lead_out,
    what_cannot_be_run_as_asked_is_refused,
)
