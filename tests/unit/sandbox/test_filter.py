"""The system-call filters, run here as the kernel would run them, for both architectures."""

import errno
import struct
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
KILL, ALLOW, ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
EPERM, ENOSYS, EAFNOSUPPORT = (
    ERRNO | code for code in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT)
)


def result(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    program = resources.files("countermine.sandbox").joinpath("filters", f"{machine}.bpf")
    code = list(struct.iter_unpack("<HBBI", program.read_bytes()))
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, AUDIT[machine] if audit is None else audit, 0, *padded)
    at = accumulator = 0
    while True:
        operation, if_true, if_false, value = code[at]
        at += 1
        if operation == 0x06:
            return int(value)
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
            continue
        holds = {
            0x15: accumulator == value,
            0x35: accumulator >= value,
            0x45: bool(accumulator & value),
        }[operation]
        at += if_true if holds else if_false


NUMBERS = {
    "x86_64": {"read": 0, "clone": 56, "socket": 41, "ioctl": 16, "personality": 135,
               "ptrace": 101, "mount": 165, "unshare": 272, "bpf": 321, "execve": 59,
               "fchmod": 91, "fchmodat": 268, "openat": 257, "mknodat": 259, "vmsplice": 278},
    "aarch64": {"read": 63, "clone": 220, "socket": 198, "ioctl": 29, "personality": 92,
                "ptrace": 117, "mount": 40, "unshare": 97, "bpf": 280, "execve": 221,
                "fchmod": 52, "fchmodat": 53, "openat": 56, "mknodat": 33, "vmsplice": 75},
}  # fmt: skip


@pytest.mark.parametrize("machine", AUDIT)
def test_ordinary_calls_are_allowed(machine: str) -> None:
    for name in ("read", "execve"):
        assert result(machine, NUMBERS[machine][name]) == ALLOW


@pytest.mark.parametrize("machine", AUDIT)
def test_dangerous_calls_are_refused(machine: str) -> None:
    for name in ("ptrace", "mount", "unshare", "bpf"):
        assert result(machine, NUMBERS[machine][name]) == EPERM, name
    absent = (425, 426, 427, 428, 429, 430, 431, 432, 433, 435, 437, 442, 447, 457, 458, 467)
    for number in (*absent, NUMBERS[machine]["vmsplice"]):
        assert result(machine, number) == ENOSYS, number


@pytest.mark.parametrize("machine", AUDIT)
def test_clone_is_allowed_without_namespaces_only(machine: str) -> None:
    clone = NUMBERS[machine]["clone"]
    assert result(machine, clone, 0x003D0F00) == ALLOW
    for bit in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert result(machine, clone, bit | 17) == EPERM


@pytest.mark.parametrize("machine", AUDIT)
def test_only_three_socket_families_are_allowed(machine: str) -> None:
    socket = NUMBERS[machine]["socket"]
    allowed = [family for family in range(64) if result(machine, socket, family) == ALLOW]
    assert allowed == [1, 2, 10]
    assert result(machine, socket, 16) == EAFNOSUPPORT
    # The kernel reads an int: high bits do not make another family of it.
    assert result(machine, socket, 16 | 1 << 32) == EAFNOSUPPORT


@pytest.mark.parametrize("machine", AUDIT)
def test_terminal_input_and_personalities_are_refused(machine: str) -> None:
    ioctl, personality = NUMBERS[machine]["ioctl"], NUMBERS[machine]["personality"]
    assert result(machine, ioctl, 0, 0x5412) == EPERM
    assert result(machine, ioctl, 0, 0x5412 | 1 << 40) == EPERM
    assert result(machine, ioctl, 0, 0x541C) == EPERM
    assert result(machine, ioctl, 0, 0x5413) == ALLOW
    assert result(machine, personality, 0xFFFFFFFF) == ALLOW
    assert result(machine, personality, 0x0040000) == EPERM


@pytest.mark.parametrize("machine", AUDIT)
def test_no_file_gets_the_bit_that_lets_others_run_it_as_its_owner(machine: str) -> None:
    numbers = NUMBERS[machine]
    for name, before in (("fchmod", 1), ("fchmodat", 2), ("mknodat", 2)):
        where = (7,) * before
        assert result(machine, numbers[name], *where, 0o2777) == ALLOW
        assert result(machine, numbers[name], *where, 0o4755) == EPERM
    assert result(machine, 452, 7, 7, 0o4755, 0) == EPERM
    openat = numbers["openat"]
    for flags in (0o101, 0o20200002):
        assert result(machine, openat, 7, 7, flags, 0o755) == ALLOW
        assert result(machine, openat, 7, 7, flags, 0o4755) == EPERM
    # What stands where a mode would is not looked at when no file is made.
    assert result(machine, openat, 7, 7, 0o2, 0o4755) == ALLOW


def test_the_older_calls_of_x86_are_watched_too() -> None:
    for number, before in ((90, 1), (85, 1), (133, 1)):
        assert result("x86_64", number, *(7,) * before, 0o4755) == EPERM
        assert result("x86_64", number, *(7,) * before, 0o755) == ALLOW
    assert result("x86_64", 2, 7, 0o101, 0o4755) == EPERM
    assert result("x86_64", 2, 7, 0o101, 0o755) == ALLOW


def test_other_architectures_are_killed() -> None:
    assert result("x86_64", 0, audit=0x40000003) == KILL
    assert result("x86_64", 0x40000000) == KILL
    assert result("aarch64", 0, audit=AUDIT["x86_64"]) == KILL


def test_the_checked_in_filters_are_what_the_script_makes() -> None:
    script = Path(__file__).parents[3] / "support" / "seccomp_filter.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
