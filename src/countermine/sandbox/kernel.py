"""The few Linux calls that Python does not offer."""

import contextlib
import ctypes
import os
import platform
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

CLONE_NEWNS: Final = 0x00020000
MS_BIND: Final = 0x1000
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 0x40000
MS_NOSUID: Final = 0x2
MS_NODEV: Final = 0x4
MS_NOEXEC: Final = 0x8

AT_FDCWD: Final = -100
AT_EMPTY_PATH: Final = 0x1000
AT_RECURSIVE: Final = 0x8000
OPEN_TREE_CLONE: Final = 1
OPEN_TREE_CLOEXEC: Final = os.O_CLOEXEC if hasattr(os, "O_CLOEXEC") else 0
MOVE_MOUNT_F_EMPTY_PATH: Final = 4
MOUNT_ATTR_RDONLY: Final = 0x1
MOUNT_ATTR_NOSUID: Final = 0x2
MOUNT_ATTR_NODEV: Final = 0x4
MOUNT_ATTR_IDMAP: Final = 0x00100000

_OPEN_TREE: Final = 428
_MOVE_MOUNT: Final = 429
_MOUNT_SETATTR: Final = 442


_SET_IDS: Final = {"x86_64": (117, 119), "aarch64": (147, 149)}
"""Numbers of setresuid and setresgid, by architecture.

Source: arch/x86/entry/syscalls and include/uapi/asm-generic/unistd.h of Linux.
"""


class _MountAttributes(ctypes.Structure):
    """``struct mount_attr`` of linux/mount.h."""

    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
    return result


def enter_private_mounts() -> None:
    """Give the calling thread, and only it, a mount namespace that nothing leaves.

    Programs that the thread starts are in it too. Needs root.
    """
    _checked(_libc().unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def mount(source: str, target: str, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Attach a file system, or bind a folder, at a place."""
    result = _libc().mount(
        source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _checked(result, target)


def clone_tree(descriptor: int) -> int:
    """Return a descriptor of a new mount of what ``descriptor`` stands for, not attached yet."""
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE
    result = _libc().syscall(
        ctypes.c_long(_OPEN_TREE), ctypes.c_int(descriptor), b"", ctypes.c_uint(flags)
    )
    return _checked(result, "open_tree")


def map_owner(tree: int, user_namespace: int) -> None:
    """Show the files of an unattached mount read-only and with other owners."""
    attributes = _MountAttributes(
        attr_set=MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
        userns_fd=user_namespace,
    )
    result = _libc().syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(tree),
        b"",
        ctypes.c_uint(AT_EMPTY_PATH | AT_RECURSIVE),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    _checked(result, "mount_setattr")


def attach_tree(tree: int, target: str) -> None:
    """Attach a mount at a place."""
    result = _libc().syscall(
        ctypes.c_long(_MOVE_MOUNT),
        ctypes.c_int(tree),
        b"",
        ctypes.c_int(AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(MOVE_MOUNT_F_EMPTY_PATH),
    )
    _checked(result, target)


@contextlib.contextmanager
def real_ids(uid: int, gid: int) -> Iterator[None]:
    """Let the calling thread, and only it, bear another real user and group for a while.

    What it may do stays as it is: that goes by the effective ones. Needs root. The library's
    own calls would change all threads.
    """
    before = os.getuid(), os.getgid()
    _set_real_ids(uid, gid)
    try:
        yield
    finally:
        _set_real_ids(*before)


def _set_real_ids(uid: int, gid: int) -> None:
    numbers = _SET_IDS[platform.machine()]
    for number, value in zip(numbers, (uid, gid), strict=True):
        keep = ctypes.c_int(-1)
        result = _libc().syscall(ctypes.c_long(number), ctypes.c_int(value), keep, keep)
        _checked(result, "setresuid")


class _Part(ctypes.Structure):
    """``struct iovec`` of sys/uio.h."""

    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


def read_memory(pid: int, address: int, size: int) -> bytes:
    """Return so many bytes of another process's memory, or fewer where they end before.

    Raises:
        OSError: If it is gone, or nothing is there.
    """
    buffer = ctypes.create_string_buffer(size)
    own = _Part(ctypes.addressof(buffer), size)
    other = _Part(address, size)
    done = _libc().process_vm_readv(
        ctypes.c_int(pid),
        ctypes.byref(own),
        ctypes.c_ulong(1),
        ctypes.byref(other),
        ctypes.c_ulong(1),
        ctypes.c_ulong(0),
    )
    return buffer.raw[: _checked(done, "process_vm_readv")]
