"""Watches what processes inside ask the kernel for, from outside of them.

A process inside puts a filter on itself, whose answer to some system calls is to ask a listener
first, and sends the listener out through a socket. The filter holds for all that the process
becomes and starts, and cannot be taken off. Every call that is asked about is noted and goes on:
the memory it points to may change meanwhile, so that what is noted is a claim about what was
asked, not about what was done. Silence is no evidence here either.
"""

import array
import contextlib
import fcntl
import os
import platform
import re
import select
import socket
import struct
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from countermine.ports.sandbox import Seen
from countermine.sandbox import kernel

MAX_SEEN: Final = 20_000
"""Calls kept between two marks; loading a large framework makes a tenth of that."""

MAX_MARKS: Final = 10_000

MAX_TEXT: Final = 4096
MAX_WORDS: Final = 64

_RECEIVE: Final = 0xC0502100  # SECCOMP_IOCTL_NOTIF_RECV
_SEND: Final = 0xC0182101  # SECCOMP_IOCTL_NOTIF_SEND
_SET_FLAGS: Final = 0x40082104  # SECCOMP_IOCTL_NOTIF_SET_FLAGS
_TAKE_TURNS: Final = 1  # SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
_VALID: Final = 0x40082102  # SECCOMP_IOCTL_NOTIF_ID_VALID
_OLDEST: Final = (5, 5)
_CONTINUE: Final = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
_ASKED: Final = struct.Struct("QIIiIQ6Q")
_ANSWER: Final = struct.Struct("QqiI")

_CALLS: Final = {
    "x86_64": {
        2: ("open", (0,)), 257: ("open", (1,)), 85: ("change", (0,)),
        59: ("command", (0, 1)), 322: ("command", (1, 2)), 42: ("connect", (1, 2)),
        82: ("change", (0, 1)), 264: ("change", (1, 3)), 316: ("change", (1, 3)),
        83: ("change", (0,)), 258: ("change", (1,)), 84: ("change", (0,)),
        87: ("change", (0,)), 263: ("change", (1,)), 76: ("change", (0,)),
        86: ("change", (0, 1)), 265: ("change", (1, 3)), 88: ("change", (1,)),
        266: ("change", (2,)), 21: ("look", (0,)), 269: ("look", (1,)), 439: ("look", (1,)),
    },
    "aarch64": {
        56: ("open", (1,)), 221: ("command", (0, 1)), 281: ("command", (1, 2)),
        203: ("connect", (1, 2)), 38: ("change", (1, 3)), 276: ("change", (1, 3)),
        34: ("change", (1,)), 35: ("change", (1,)), 45: ("change", (0,)),
        37: ("change", (1, 3)), 36: ("change", (2,)), 48: ("look", (1,)), 439: ("look", (1,)),
    },
}  # fmt: skip
"""System calls that are asked about: what they are, and which arguments point to texts.

Source: the tables of Linux, arch/x86/entry/syscalls and include/uapi/asm-generic/unistd.h.
"""


def available() -> bool:
    """Tell whether this kernel asks listeners (5.5 and newer), and its calls are known here."""
    numbers = re.findall(r"\d+", platform.release())[:2]
    new = tuple(int(number) for number in numbers) >= _OLDEST
    try:
        actions = Path("/proc/sys/kernel/seccomp/actions_avail").read_text(encoding="ascii")
    except OSError:
        return False
    return new and "user_notif" in actions.split() and bool(calls())


def calls() -> dict[int, tuple[str, tuple[int, ...]]]:
    """Return the calls of this machine; none where they are not known."""
    return _CALLS.get(platform.machine(), {})


@dataclass(slots=True, kw_only=True)
class OutsideWatch:
    """Notes what the processes of one command ask the kernel for."""

    _seen: list[Seen] = field(default_factory=list)
    _count: int = 0
    _marks: int = 0
    _outside: socket.socket = field(init=False)
    _inside: socket.socket = field(init=False)
    _wake: int = field(init=False)
    _woken: int = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Make the socket, and begin to wait."""
        self._outside, self._inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._outside.settimeout(0)
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._watch, name="outside", daemon=True)

    @property
    def inside(self) -> int:
        """The descriptor that the command inherits."""
        return self._inside.fileno()

    def begin(self) -> None:
        """Let go of the end that the sandbox has inherited, and watch."""
        self._inside.close()
        self._thread.start()

    def finish(self) -> tuple[Seen, ...]:
        """Stop watching; return what was seen, in order."""
        if self._thread.ident is not None:
            os.write(self._wake, b".")
            self._thread.join()
        return tuple(self._seen)

    def close(self) -> None:
        """Let go of everything."""
        self.finish()
        self._inside.close()
        self._outside.close()
        for descriptor in (self._wake, self._woken):
            os.close(descriptor)

    def _watch(self) -> None:
        listeners: dict[int, None] = {}
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        poll.register(self._outside, select.POLLIN)
        try:
            while True:
                ready = dict(poll.poll())
                # What the command says comes first: a mark was sent before what follows it.
                if self._outside.fileno() in ready and not self._listened(poll, listeners):
                    poll.unregister(self._outside)
                for descriptor in [one for one in ready if one in listeners]:
                    if not ready[descriptor] & select.POLLIN or not self._answered(descriptor):
                        poll.unregister(descriptor)
                        del listeners[descriptor]
                        os.close(descriptor)
                if self._woken in ready:
                    return
        finally:
            for descriptor in listeners:
                os.close(descriptor)

    def _listened(self, poll: select.poll, listeners: dict[int, None]) -> bool:
        """Take the words and listeners that were sent; return whether more can come."""
        while True:
            try:
                word, extra, _, _ = self._outside.recvmsg(256, socket.CMSG_SPACE(4))
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not word:
                return False
            for _level, _kind, rights in extra:
                sent = array.array("i")
                sent.frombytes(rights[: len(rights) // 4 * 4])
                for descriptor in sent:
                    listeners[descriptor] = None
                    # Both sides then take turns on one processor (Linux 6.6): half the time.
                    with contextlib.suppress(OSError):
                        fcntl.ioctl(descriptor, _SET_FLAGS, _TAKE_TURNS)
                    poll.register(descriptor, select.POLLIN)
            self._marks += 1
            if self._marks > MAX_MARKS:
                return False
            if not extra:
                self._keep("mark", (word.decode("utf-8", "replace"),))

    def _answered(self, listener: int) -> bool:
        """Note one call and let it go on; return whether the listener is still good."""
        asked = bytearray(_ASKED.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, asked, True)  # noqa: FBT003 - has no keyword
        except FileNotFoundError:
            return True  # whoever asked is gone
        except OSError:
            return False
        token, pid, _, number, _, _, *arguments = _ASKED.unpack(asked)
        known = calls().get(number)
        words: tuple[str, ...] = ()
        if known is not None:
            with contextlib.suppress(OSError):
                words = _words(pid, known[0], known[1], arguments)
        with contextlib.suppress(OSError):
            # Once more: the id of a process that ended may belong to another by now.
            fcntl.ioctl(listener, _VALID, struct.pack("Q", token))
            if known is not None:
                self._keep(known[0], words)
            fcntl.ioctl(listener, _SEND, _ANSWER.pack(token, 0, 0, _CONTINUE))
        return True

    def _keep(self, name: str, words: tuple[str, ...]) -> None:
        self._count = 0 if name == "mark" else self._count + 1
        if self._count <= MAX_SEEN:
            self._seen.append(Seen(name=name, words=words))
        elif self._count == MAX_SEEN + 1:
            self._seen.append(Seen(name="cut", words=()))


def _words(pid: int, name: str, places: tuple[int, ...], arguments: list[int]) -> tuple[str, ...]:
    if name == "connect":
        return (_address(kernel.read_memory(pid, arguments[1], min(arguments[2], 128))),)
    if name == "command":
        program, words = places
        return (_text(pid, arguments[program]), *_list(pid, arguments[words]))
    return tuple(_text(pid, arguments[place]) for place in places)


def _text(pid: int, address: int) -> str:
    """Return a text that ends in NUL, read page by page: the next page may not be there."""
    found = b""
    while len(found) < MAX_TEXT:
        size = 4096 - (address + len(found)) % 4096
        part = kernel.read_memory(pid, address + len(found), size)
        end = part.find(b"\0")
        found += part if end < 0 else part[:end]
        if end >= 0 or len(part) < size:
            break
    return found[:MAX_TEXT].decode("utf-8", "replace")


def _list(pid: int, address: int) -> tuple[str, ...]:
    texts: list[str] = []
    while address and len(texts) < MAX_WORDS:
        (place,) = struct.unpack("Q", kernel.read_memory(pid, address + 8 * len(texts), 8))
        if not place:
            break
        texts.append(_text(pid, place))
    return tuple(texts)


def _address(data: bytes) -> str:
    if len(data) < 2:  # noqa: PLR2004 - the family alone
        return ""
    family = int.from_bytes(data[:2], "little")
    if family == socket.AF_INET and len(data) >= 8:  # noqa: PLR2004 - port and address
        return f"{socket.inet_ntop(family, data[4:8])}:{int.from_bytes(data[2:4], 'big')}"
    if family == socket.AF_INET6 and len(data) >= 24:  # noqa: PLR2004 - likewise
        return f"[{socket.inet_ntop(family, data[8:24])}]:{int.from_bytes(data[2:4], 'big')}"
    if family == socket.AF_UNIX:
        return "unix:" + data[2:].strip(b"\0").decode("utf-8", "replace")
    return f"family {family}"
