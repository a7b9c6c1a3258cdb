"""Claims about system calls that code inside may not make."""

import platform

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Exited
from countermine.testing.sandbox_bench import Bench, ConformanceError, expect

_PRELUDE = """
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) for a in arguments))
    return errno.errorcode.get(ctypes.get_errno(), '?') if result == -1 else 'did'
"""

_NUMBERS = {
    "x86_64": {
        "ptrace": 101, "keyctl": 250, "add_key": 248, "request_key": 249, "mount": 165,
        "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
        "bpf": 321, "perf_event_open": 298, "kexec_load": 246, "init_module": 175,
        "finit_module": 313, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
        "open_by_handle_at": 304, "syslog": 103, "userfaultfd": 323, "memfd_create": 319,
        "clone": 56, "personality": 135, "shmget": 29, "pidfd_getfd": 438, "clone3": 435,
        "io_uring_setup": 425, "open_tree": 428, "fsopen": 430, "mount_setattr": 442,
        "vmsplice": 278, "openat2": 437,
    },
    "aarch64": {
        "ptrace": 117, "keyctl": 219, "add_key": 217, "request_key": 218, "mount": 40,
        "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
        "bpf": 280, "perf_event_open": 241, "kexec_load": 104, "init_module": 105,
        "finit_module": 273, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "open_by_handle_at": 265, "syslog": 116, "userfaultfd": 282, "memfd_create": 279,
        "clone": 220, "personality": 92, "shmget": 194, "pidfd_getfd": 438, "clone3": 435,
        "io_uring_setup": 425, "open_tree": 428, "fsopen": 430, "mount_setattr": 442,
        "vmsplice": 75, "openat2": 437,
    },
}  # fmt: skip
"""Source: the tables of Linux, arch/x86/entry/syscalls and include/uapi/asm-generic/unistd.h."""

_CONDITIONAL = ("clone", "personality")
"""Refused for some arguments only."""

_ABSENT = (
    "clone3", "io_uring_setup", "open_tree", "fsopen", "mount_setattr", "userfaultfd",
    "memfd_create", "shmget", "vmsplice", "openat2",
)  # fmt: skip

NEW_NAMESPACES = (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000, 0x04000000)


def _numbers() -> dict[str, int]:
    try:
        return _NUMBERS[platform.machine()]
    except KeyError as error:
        message = f"no table of system calls for {platform.machine()}"
        raise ConformanceError(message) from error


def dangerous_system_calls_are_refused(bench: Bench) -> None:
    """Tracing, keyrings, mounts, namespaces, code in the kernel, memory of others."""
    plain = {name: n for name, n in _numbers().items() if name not in _CONDITIONAL}
    said = bench.say(
        f"{_PRELUDE}\nfor name, number in {plain!r}.items(): print(name, call(number, 0, 0, 0, 0))"
    )
    for line in said.splitlines():
        name, result = line.split()
        wanted = "ENOSYS" if name in _ABSENT else "EPERM"
        expect(result == wanted, f"system call {name} gave {result}, not {wanted}")
    expect(len(said.splitlines()) == len(plain), f"not all calls came back: {said}")


def no_new_namespace_can_be_made(bench: Bench) -> None:
    """Neither by unshare nor by clone with any of the flags; plain clone works."""
    numbers = _numbers()
    said = bench.say(
        f"""{_PRELUDE}
for flag in {NEW_NAMESPACES!r}:
    print(call({numbers["clone"]}, flag | 17, 0, 0, 0, 0), call({numbers["unshare"]}, flag))
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
    )
    expect(said.split() == [*["EPERM"] * (2 * len(NEW_NAMESPACES)), "7"], f"clone: {said}")


def only_ordinary_socket_families_exist(bench: Bench) -> None:
    """Netlink, packet, vsock, the kernel's crypto and the rest are not supported."""
    said = bench.say(
        """
import socket
for family in range(46):
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
        print(family, 'made')
    except OSError as error:
        pass
a, b = socket.socketpair()
"""
    )
    made = [line.split()[0] for line in said.splitlines()]
    expect(made in (["1", "2", "10"], ["1", "2"]), f"socket families that can be made: {made}")


def the_personality_stays_as_it_is(bench: Bench) -> None:
    """Asking is allowed, changing (which can switch address randomisation off) is not."""
    number = _numbers()["personality"]
    said = bench.say(
        f"{_PRELUDE}\nprint(call({number}, 0xffffffff), call({number}, 0x40000), call({number}, 8))"
    )
    expect(said.split() == ["did", "EPERM", "EPERM"], f"personality: {said}")


def no_input_is_pushed_into_a_terminal(bench: Bench) -> None:
    """TIOCSTI and TIOCLINUX are refused, also with high bits that the kernel ignores."""
    said = bench.say(
        f"""{_PRELUDE}
import pty
main, other = pty.openpty()
byte = ctypes.c_char(b'x')
number = {16 if platform.machine() == "x86_64" else 29}
for request in (0x5412, 0x541c, 0x5412 | 1 << 32):
    print(call(number, other, request, ctypes.addressof(byte)))
try:
    open('/dev/tty')
    print('has a terminal')
except OSError:
    pass
"""
    )
    expect(said.split() == ["EPERM"] * 3, f"terminal input: {said}")


def other_architectures_are_killed(bench: Bench) -> None:
    """A call in the numbering of i386 or x32 ends the process, as the filter cannot judge it."""
    if platform.machine() != "x86_64":
        return
    x32 = f"{_PRELUDE}\nprint('before', flush=True)\ncall(0x40000000 | 39)\nprint('after')"
    i386 = """
import ctypes, mmap
area = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
area.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')
print('before', flush=True)
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(area)))()
print('after')
"""
    for source in (x32, i386):
        try:
            outcome = bench.run(source)
        except SandboxUnavailableError as error:
            message = f"not run: {error}"
            raise ConformanceError(message) from error
        expect(
            isinstance(outcome, Exited) and outcome.exit_code != 0,
            f"a foreign system call was answered: {outcome}",
        )
        expect(outcome.stdout == b"before\n", f"a foreign system call was answered: {outcome}")


CALLS = (
    dangerous_system_calls_are_refused,
    no_new_namespace_can_be_made,
    only_ordinary_socket_families_exist,
    the_personality_stays_as_it_is,
    no_input_is_pushed_into_a_terminal,
    other_architectures_are_killed,
)
