"""Make the system-call filters of the sandbox: one BPF program for each architecture.

``support/seccomp_filter.py`` writes ``src/countermine/sandbox/filters/<machine>.bpf``;
``--check`` fails when a checked-in file differs from what would be written.

The programs are assembled here, so that the same bytes come out whatever version of libseccomp is
installed; libseccomp (through pyseccomp) only says which number a system call has. The list names
what is refused: programs of any kind must run inside, and what they may reach is settled by the
namespaces. The filter closes what namespaces do not hold, and the parts of the kernel that most
escapes came through.
"""

import argparse
import errno
import json
import struct
import sys
from pathlib import Path
from typing import Final

import pyseccomp  # type: ignore[import-untyped]  # ships no types

FOLDER: Final = Path(__file__).parents[1] / "src" / "countermine" / "sandbox" / "filters"

MACHINES: Final = {
    "x86_64": (pyseccomp.Arch.X86_64, 0xC000003E),
    "aarch64": (pyseccomp.Arch.AARCH64, 0xC00000B7),
}
"""Name as in ``platform.machine()``; libseccomp's constant; the kernel's AUDIT_ARCH value."""

X32_BIT: Final = 0x40000000

REFUSED: Final = (
    # Looking into or steering other processes.
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
    "move_pages", "migrate_pages",
    # Keyrings are not namespaced.
    "add_key", "request_key", "keyctl",
    # New namespaces and mounts: the way to most of the kernel's privileged code.
    "unshare", "setns", "mount", "umount2", "umount", "pivot_root", "chroot", "open_by_handle_at",
    "fanotify_init", "quotactl", "quotactl_fd",
    # Code in the kernel, or a kernel in place of this one.
    "bpf", "perf_event_open", "init_module", "finit_module", "delete_module", "create_module",
    "query_module", "get_kernel_syms", "kexec_load", "kexec_file_load", "lookup_dcookie",
    # The machine itself.
    "reboot", "swapon", "swapoff", "acct", "syslog", "vhangup", "settimeofday", "clock_settime",
    "stime", "sethostname", "setdomainname", "nfsservctl", "iopl", "ioperm", "modify_ldt",
    "uselib", "_sysctl", "sysfs", "ustat", "vserver",
)  # fmt: skip
"""Answered with EPERM."""

ABSENT: Final = (
    # The flags stand in memory, where a filter cannot see them; libc falls back to clone.
    "clone3",
    # The mount interface that came after mount(2).
    "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "open_tree_attr",
    "statmount", "listmount",
    # Work done by the kernel past this filter.
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    "userfaultfd",
    # Memory that belongs to no process and no mounted file system: nothing could count it.
    "memfd_create", "memfd_secret", "shmget", "msgget", "semget",
    # Pages of a process that stay, whole huge ones for a few bytes, after it let go of them.
    "vmsplice",
    # The mode of a new file stands in memory: see SET_USER_ID.
    "openat2",
)  # fmt: skip
"""Answered with ENOSYS, as by a kernel that does not have them: callers fall back."""

NEWER_NUMBERS: Final = {
    "openat2": 437,
    "fchmodat2": 452,
    "statmount": 457,
    "listmount": 458,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "open_tree_attr": 467,
}
"""Numbers that an installed libseccomp may not know; the same on every architecture since 424.

Source: include/uapi/asm-generic/unistd.h of Linux.
"""

CLONE_NEW: Final = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
CLONE_NEWNS: Final = 0x00020000
FAMILIES: Final = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6; the last two end at the sandbox's own loopback."""
TERMINAL_INPUT: Final = (0x5412, 0x541C)
"""TIOCSTI pushes input into a terminal; TIOCLINUX can paste."""
PERSONALITIES: Final = (0x00000000, 0xFFFFFFFF)
"""Linux as it is, and the question which one it is."""

SET_USER_ID: Final = 0o4000
"""A program that has this bit runs as its owner: left in a folder of the host, other users of the
machine could become the one who runs the sandbox."""
CREATES: Final = 0o100 | 0o20000000
"""O_CREAT and O_TMPFILE: without one of them, what stands for a mode means nothing."""
MODES: Final = {
    "chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2, "mknod": 1, "mknodat": 2, "creat": 1,
}  # fmt: skip
"""Calls that set the mode of a file, with the position of the mode."""
OPENS: Final = {"open": (1, 2), "openat": (2, 3)}
"""Calls that may make a file, with the positions of flags and mode."""

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_KILL = 0x80000000  # SECCOMP_RET_KILL_PROCESS
_ALLOW = 0x7FFF0000
_NUMBER, _ARCHITECTURE = 0, 4
_ARGUMENT_LOW = (16, 24, 32, 40)  # little-endian: the low half of an argument


def refuse(code: int) -> int:
    """Return the filter result that makes a call fail with an errno."""
    return 0x00050000 | code


def number(architecture: int, name: str) -> int | None:
    """Return the number of a system call, or ``None`` where the architecture has none."""
    found = int(pyseccomp.resolve_syscall(architecture, name))
    if found >= 0:
        return found
    return NEWER_NUMBERS.get(name)


def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return one instruction (struct sock_filter)."""
    return struct.pack("<HBBI", code, if_true, if_false, value)


def when_called(called: int, body: list[bytes]) -> list[bytes]:
    """Return a block that runs ``body`` for one system call; ``body`` always returns."""
    return [instruction(_EQUAL, called, 0, len(body)), *body]


def only_values(argument: int, allowed: tuple[int, ...], otherwise: int) -> list[bytes]:
    """Return a body that allows some values of an argument."""
    block = [instruction(_LOAD, _ARGUMENT_LOW[argument])]
    for position, value in enumerate(allowed):
        block.append(instruction(_EQUAL, value, len(allowed) - position, 0))
    return [*block, instruction(_RETURN, otherwise), instruction(_RETURN, _ALLOW)]


def without_bit(argument: int, bit: int) -> list[bytes]:
    """Return a body that refuses a bit of an argument."""
    return [
        instruction(_LOAD, _ARGUMENT_LOW[argument]),
        instruction(_ANY_BIT, bit, 0, 1),
        instruction(_RETURN, refuse(errno.EPERM)),
        instruction(_RETURN, _ALLOW),
    ]


def modes() -> dict[str, list[bytes]]:
    """Return the bodies of all calls that give a file its mode."""
    bodies = {name: without_bit(position, SET_USER_ID) for name, position in MODES.items()}
    for name, (flags, mode) in OPENS.items():
        bodies[name] = [
            instruction(_LOAD, _ARGUMENT_LOW[flags]),
            instruction(_ANY_BIT, CREATES, 1, 0),
            instruction(_RETURN, _ALLOW),
            *without_bit(mode, SET_USER_ID),
        ]
    return bodies


def assemble(machine: str) -> bytes:
    """Return the program of one architecture."""
    architecture, audit = MACHINES[machine]
    program = [
        instruction(_LOAD, _ARCHITECTURE),
        instruction(_EQUAL, audit, 1, 0),
        instruction(_RETURN, _KILL),
        instruction(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        program += [instruction(_AT_LEAST, X32_BIT, 0, 1), instruction(_RETURN, _KILL)]
    for names, result in ((REFUSED, errno.EPERM), (ABSENT, errno.ENOSYS)):
        numbers = {number(architecture, name) for name in names}
        for called in sorted(n for n in numbers if n is not None):
            program += when_called(called, [instruction(_RETURN, refuse(result))])
    not_permitted = instruction(_RETURN, refuse(errno.EPERM))
    conditional = {
        "clone": [
            instruction(_LOAD, _ARGUMENT_LOW[0]),
            instruction(_ANY_BIT, CLONE_NEW | CLONE_NEWNS, 0, 1),
            not_permitted,
            instruction(_RETURN, _ALLOW),
        ],
        "socket": only_values(0, FAMILIES, refuse(errno.EAFNOSUPPORT)),
        "socketpair": only_values(0, FAMILIES[:1], refuse(errno.EAFNOSUPPORT)),
        "personality": only_values(0, PERSONALITIES, refuse(errno.EPERM)),
        "ioctl": [
            instruction(_LOAD, _ARGUMENT_LOW[1]),
            instruction(_EQUAL, TERMINAL_INPUT[0], 1, 0),
            instruction(_EQUAL, TERMINAL_INPUT[1], 0, 1),
            not_permitted,
            instruction(_RETURN, _ALLOW),
        ],
    }
    for name, body in conditional.items():
        conditioned = number(architecture, name)
        if conditioned is None:
            message = f"{machine} has no system call {name!r}"
            raise SystemExit(message)
        program += when_called(conditioned, body)
    for name, body in modes().items():
        # Newer architectures have the calls that begin at a folder only.
        called_with_mode = number(architecture, name)
        if called_with_mode is not None:
            program += when_called(called_with_mode, body)
    return b"".join([*program, instruction(_RETURN, _ALLOW)])


def profile() -> bytes:
    """Return the same refusals as container runtimes take them, for every architecture.

    Source: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp
    """

    def entry(names: tuple[str, ...], code: int, *arguments: dict[str, object]) -> object:
        body = {"names": list(names), "action": "SCMP_ACT_ERRNO", "errnoRet": code}
        return {**body, "args": list(arguments)} if arguments else body

    def bit(index: int, value: int, mask: int) -> dict[str, object]:
        return {"index": index, "value": mask, "valueTwo": value, "op": "SCMP_CMP_MASKED_EQ"}

    entries = [entry(REFUSED, errno.EPERM), entry(ABSENT, errno.ENOSYS)]
    flags = [1 << n for n in range(32) if (CLONE_NEW | CLONE_NEWNS) & (1 << n)]
    entries += [entry(("clone",), errno.EPERM, bit(0, flag, flag)) for flag in flags]
    for family in range(64):
        same = {"index": 0, "value": family, "op": "SCMP_CMP_EQ"}
        if family not in FAMILIES:
            entries.append(entry(("socket",), errno.EAFNOSUPPORT, same))
        if family != FAMILIES[0]:
            entries.append(entry(("socketpair",), errno.EAFNOSUPPORT, same))
    low = 0xFFFFFFFF
    # All but zero and all ones: the highest bit and another one differ, or one of them is alone.
    for other in range(31):
        pair = 1 << 31 | 1 << other
        entries += [
            entry(("personality",), errno.EPERM, bit(0, one, pair)) for one in (1 << other, 1 << 31)
        ]
    entries += [entry(("ioctl",), errno.EPERM, bit(1, one, low)) for one in TERMINAL_INPUT]
    set_id = {name: bit(at, SET_USER_ID, SET_USER_ID) for name, at in MODES.items()}
    entries += [entry((name,), errno.EPERM, found) for name, found in set_id.items()]
    for name, (at, mode) in OPENS.items():
        for creates in (0o100, 0o20000000):
            both = bit(at, creates, creates), bit(mode, SET_USER_ID, SET_USER_ID)
            entries.append(entry((name,), errno.EPERM, *both))
    whole = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": entries}
    return (json.dumps(whole, indent=None, sort_keys=True) + "\n").encode()


def main() -> int:
    """Write the filters, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail on a difference")
    check = parser.parse_args().check
    stale = []
    made = {f"{machine}.bpf": assemble(machine) for machine in MACHINES}
    for name, program in {**made, "oci.json": profile()}.items():
        path = FOLDER / name
        if path.is_file() and path.read_bytes() == program:
            continue
        stale.append(path.name)
        if not check:
            FOLDER.mkdir(exist_ok=True)
            path.write_bytes(program)
    if stale:
        print(f"{'differs' if check else 'written'}: {', '.join(stale)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
