"""The process that has loaded the target, and makes a copy of itself for each stimulus.

It never holds the key of the job: it is forked before that is read. It is not believed either:
what it says decides when a stimulus is over, never what was seen of it.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import os
import signal
import socket
import threading
from typing import NamedTuple

from countermine.prove.harness import child, jobs, streams
from countermine.prove.harness.inputs import BENIGN, Scene

APART = frozenset({"function", "method", "flask-view", "django-view", "asgi-route"})
"""Kinds of entry points whose module is loaded before, not by, what is driven."""
READY = b"ready"
FORK = b"fork"
FLAWS_THEMSELVES = frozenset({"hash", "cipher", "random", "name-only", "os.chmod", "umask"})
"""Calls that are flaws whatever enters: one while loading must be seen by the stimulus."""
_MEDDLING = frozenset({"sys.addaudithook", "gc.get_objects", "ctypes.dlopen"})
"""What should be told of each stimulus, too."""


class Hands(NamedTuple):
    """What the loader works with."""

    run: child.Run
    control: socket.socket


def serve(hands: Hands) -> None:
    """Load the target, then make a copy for each request; does not return."""
    try:
        loaded = _loaded(hands)
        if loaded is None:
            os._exit(1)
        # What was loaded is not looked through again in each copy, and so not copied page by page.
        gc.freeze()
        hands.control.send(READY)
        while _answered(hands, loaded):
            pass
    except BaseException:  # noqa: BLE001 - whatever loading raises: every stimulus meets it again
        os._exit(1)
    os._exit(0)


def _loaded(hands: Hands) -> child.Loaded | None:
    """Return the loaded target, ``None`` when a copy would not be like a process that loads it."""
    job, observer = hands.run.job, hands.run.observer
    told: set[str] = set()
    child.surroundings(job)
    before = _descriptors()
    observer.start(
        lambda name, detail: told.add(name) if detail.get("direct") else None,
        (job.canary, BENIGN, f"{job.scratch}/outside"),
    )
    what = hands.run.driver.load(job.entry, Scene((), job.scratch, job.canary, is_attack=False))
    observer.stop()
    if told & (FLAWS_THEMSELVES | _MEDDLING):
        return None
    if _descriptors() != before or _has_children() or _has_threads():
        return None
    if any(signal.getitimer(which)[0] for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL)):
        return None
    return child.Loaded(what, importlib.import_module("random").getstate())


def _descriptors() -> list[tuple[str, str]]:
    found = []
    for name in sorted(os.listdir("/proc/self/fd")):  # noqa: PTH208 - no pathlib here
        with contextlib.suppress(OSError):  # the one that the listing itself opened
            found.append((name, os.readlink(f"/proc/self/fd/{name}")))  # noqa: PTH115 - likewise
    return found


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _has_threads() -> bool:
    return threading.active_count() > 1 or len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208


def _answered(hands: Hands, loaded: child.Loaded) -> bool:
    """Make one copy and wait for its end; tell whether there may be more to do."""
    asked, writing, reading = received(hands.control)
    if asked != FORK:
        return False
    pid = os.fork()
    if pid == 0:
        _become_stimulus(hands, loaded, writing, reading)
    os.close(writing)
    os.close(reading)
    hands.control.send(b"%d" % pid)
    _, status = os.waitpid(pid, 0)
    hands.control.send(b"%d" % status)
    return True


def _become_stimulus(hands: Hands, loaded: child.Loaded, writing: int, reading: int) -> None:
    hands.control.close()
    fd = streams.high(writing)
    streams.apart(hands.run.job.scratch)
    data = b""
    while chunk := os.read(reading, 1 << 16):
        data += chunk
    os.close(reading)
    key, stimulus = data[: jobs.KEY_BYTES], jobs.stimulus_of(data[jobs.KEY_BYTES :])
    del data
    child.run(hands.run, stimulus, fd, key, loaded)


def send(control: socket.socket, word: bytes, descriptors: list[int]) -> None:
    """Send a word and two descriptors."""
    rights = array.array("i", descriptors).tobytes()
    control.sendmsg([word], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def received(control: socket.socket) -> tuple[bytes, int, int]:
    """Return a word and two descriptors that were sent, an empty word at the end."""
    size = 2 * array.array("i").itemsize
    word, extra, _, _ = control.recvmsg(64, socket.CMSG_SPACE(size))
    descriptors = array.array("i")
    for _level, _kind, rights in extra:
        descriptors.frombytes(rights[:size])
    if len(descriptors) != 2:  # noqa: PLR2004 - one to write records, one to read the stimulus
        return b"", -1, -1
    return word, descriptors[0], descriptors[1]
