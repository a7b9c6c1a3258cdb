"""What the kernel does for the harness: its memory is shut, and the target is seen from outside.

Whoever shares a user with a process may read its memory, and write to it, unless the process says
that it must not be dumped. The one that holds the key of the job says so. Processes that are to
load the target ask the kernel to tell a listener of some system calls before any code of the
target runs in them; the listener goes to the program on the other side of the sandbox.
"""

from __future__ import annotations

import array
import contextlib
import os
import platform
import signal
import socket
import stat
import struct
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

_SET_DUMPABLE = 4
_FILTER, _NEW_LISTENER = 1, 8
_ASK, _ALLOW = 0x7FC00000, 0x7FFF0000
_MACHINES = {
    "x86_64": (
        317,
        0xC000003E,
        "2 21 42 59 76 82 83 84 85 86 87 88 257 258 263 264 265 266 269 316 322 439",
    ),
    "aarch64": (277, 0xC00000B7, "34 35 36 37 38 45 48 56 203 221 276 281 439"),
}
"""Number of seccomp(2), the kernel's name of the architecture, and the calls to ask about."""

_INSTRUCTION = struct.Struct("<HBBI")
_ROUNDS = 200
_listdir = os.listdir
_kill = os.kill


class Guard(NamedTuple):
    """The way to the kernel, and the socket to the other side, if there is one."""

    libc: Any
    program: Any
    """``struct sock_fprog``, with what it points to kept alive by ``held``."""
    number: int
    held: tuple[Any, ...]
    control: socket.socket | None

    def shut(self) -> None:
        """Let nobody look into this process, nor into those that it makes until they open."""
        self.libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)

    def enter(self) -> None:
        """Be seen from outside, from here on and whatever runs here; for a new process."""
        self.libc.prctl(_SET_DUMPABLE, 1, 0, 0, 0)
        if self.control is None:
            return
        listener = self.libc.syscall(self.number, _FILTER, _NEW_LISTENER, self.program)
        if listener >= 0:
            rights = array.array("i", [listener]).tobytes()
            self.control.sendmsg([b"listener"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            os.close(listener)
        self.control.close()

    def say(self, word: str) -> None:
        """Set a mark between what is seen from outside."""
        if self.control is not None:
            with contextlib.suppress(OSError):
                self.control.send(word.encode()[:250])


def made() -> Guard:
    """Return the guard, while nothing but the interpreter is loaded.

    Raises:
        ImportError: If the interpreter was built without ctypes.
    """
    import ctypes  # noqa: PLC0415 - taken out again below

    number, program, held = _filter(ctypes)
    libc = ctypes.CDLL(None, use_errno=True)
    # The target loads it for itself, if it does, and that is to be seen.
    for name in [name for name in sys.modules if name.split(".")[0] == "ctypes"]:
        del sys.modules[name]
    return Guard(libc, program, number, held, _control() if number else None)


def _filter(ctypes: Any) -> tuple[int, Any, tuple[Any, ...]]:  # noqa: ANN401 - a module
    number, architecture, listed = _MACHINES.get(platform.machine(), (0, 0, ""))
    asked = [int(word) for word in listed.split()]
    code = [_INSTRUCTION.pack(0x20, 0, 0, 4), _INSTRUCTION.pack(0x15, 1, 0, architecture)]
    code += [_INSTRUCTION.pack(0x06, 0, 0, _ALLOW), _INSTRUCTION.pack(0x20, 0, 0, 0)]
    for at, call in enumerate(asked):
        code.append(_INSTRUCTION.pack(0x15, len(asked) - at, 0, call))
    code += [_INSTRUCTION.pack(0x06, 0, 0, _ALLOW), _INSTRUCTION.pack(0x06, 0, 0, _ASK)]
    buffer = ctypes.create_string_buffer(b"".join(code))
    program = ctypes.create_string_buffer(struct.pack("HP", len(code), ctypes.addressof(buffer)))
    return number, program, (buffer,)


def _control() -> socket.socket | None:
    """Return the socket that came with the process, which has nothing else but its streams."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - pathlib is not loaded here
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                os.set_inheritable(int(name), False)  # noqa: FBT003 - has no keyword
                return socket.socket(fileno=int(name))
    return None


def end_others(keep: Collection[int]) -> bool:
    """End every process inside but this one, those before it and some; tell if there were any."""
    kept = {1, os.getpid(), os.getppid(), *keep}
    found = False
    for _ in range(_ROUNDS):
        others = [int(name) for name in _listdir("/proc") if name.isdigit()]
        others = [pid for pid in others if pid not in kept and _runs(pid)]
        if not others:
            break
        found = True
        for pid in others:
            with contextlib.suppress(OSError):
                _kill(pid, signal.SIGKILL)
        time.sleep(0.001)
    return found


def _runs(pid: int) -> bool:
    """Tell whether a process has not ended yet."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - likewise
            return file.read().rpartition(b") ")[2][:1] not in {b"Z", b"X"}
    except OSError:
        return False
