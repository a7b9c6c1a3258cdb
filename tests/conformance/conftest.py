"""Runs a test as root and as an ordinary user, whoever started the tests.

As an ordinary user there is only that; as root, both: root forks, makes this interpreter and this
source tree reachable in a mount namespace of the child, and becomes a user that has nothing.
"""

import ctypes
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from countermine.sandbox import kernel

ORDINARY_ID = 60_599
PR_SET_DUMPABLE = 4

As = Callable[[Callable[[Path], None]], None]


def reachable(paths: list[Path]) -> None:
    """Bind paths once more where folders above them shut others out (needs a private namespace)."""
    blocked: dict[Path, list[tuple[Path, int]]] = {}
    for path in paths:
        shut = [p for p in reversed(path.parents) if not p.stat().st_mode & 0o001]
        if shut:
            blocked.setdefault(shut[0], []).append((path, os.open(path, os.O_PATH)))
    for cover, inner in blocked.items():
        kernel.mount("cover", str(cover), kind="tmpfs", options="mode=0755")
        for path, descriptor in inner:
            path.mkdir(parents=True, exist_ok=True)
            source = f"/proc/self/fd/{descriptor}"
            kernel.mount(source, str(path), flags=kernel.MS_BIND | kernel.MS_REC)
            os.close(descriptor)


def become_ordinary() -> None:
    kernel.enter_private_mounts()
    root = Path(__file__).resolve().parents[2]
    reachable([Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), root])
    os.setgroups([])
    os.setresgid(ORDINARY_ID, ORDINARY_ID, ORDINARY_ID)
    os.setresuid(ORDINARY_ID, ORDINARY_ID, ORDINARY_ID)
    # A process that changes its user hides its own /proc from itself until it runs a program.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1)


def in_fresh_folder(action: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="countermine-", ignore_cleanup_errors=True) as name:
        action(Path(name))


def forked(action: Callable[[Path], None]) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        text = "did not finish"
        try:
            os.close(read)
            become_ordinary()
            in_fresh_folder(action)
            text = ""
        except BaseException:  # noqa: BLE001 - told to the parent, which fails the test
            text = traceback.format_exc()
        finally:
            os.write(write, text.encode()[-60_000:])
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    os.waitpid(child, 0)
    if text:
        pytest.fail(text, pytrace=False)


@pytest.fixture(params=["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"])
def as_user(request: pytest.FixtureRequest) -> As:
    """A function that calls another, with a fresh folder, as the user of this test."""
    fork = request.param == "ordinary" and os.geteuid() == 0
    return forked if fork else in_fresh_folder
