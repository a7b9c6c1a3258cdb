"""User namespaces that exist only to say whose files a mount shows."""

import os
import subprocess
import threading
from pathlib import Path
from typing import Final

from countermine.sandbox.features import find_program

_LOCK: Final = threading.Lock()
_MAPS: Final[dict[tuple[int, int, int, int], int | None]] = {}


def owner_map(uid: int, gid: int, shown_uid: int, shown_gid: int) -> int | None:
    """Return a descriptor of a user namespace that shows one owner as another.

    Namespaces are kept for the life of the program: there are as many as owners of mounts. Needs
    root; ``None`` where such a namespace cannot be made.
    """
    key = (uid, gid, shown_uid, shown_gid)
    with _LOCK:
        if key not in _MAPS:
            _MAPS[key] = _make(*key)
        return _MAPS[key]


def _make(uid: int, gid: int, shown_uid: int, shown_gid: int) -> int | None:
    unshare, cat = find_program("unshare"), find_program("cat")
    if unshare is None or cat is None:
        return None
    with subprocess.Popen(
        [unshare, "--user", cat],
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            return _adopt(process, (uid, shown_uid), (gid, shown_gid))
        except OSError:
            return None
        finally:
            process.kill()


def _adopt(
    process: subprocess.Popen[bytes], users: tuple[int, int], groups: tuple[int, int]
) -> int | None:
    """Wait until the process is in its namespace, set its maps and take hold of it."""
    if process.stdin is None or process.stdout is None:
        return None
    os.write(process.stdin.fileno(), b".")
    if os.read(process.stdout.fileno(), 1) != b".":
        return None
    for name, (inner, outer) in (("uid_map", users), ("gid_map", groups)):
        Path(f"/proc/{process.pid}/{name}").write_text(f"{inner} {outer} 1", encoding="ascii")
    return os.open(f"/proc/{process.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
