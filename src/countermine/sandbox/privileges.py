"""Run as root: which user of the host to become, and what to hand to that user.

Code inside must not be root on the host: to root, file modes and process limits do not apply, and
a hole in the sandbox would be a hole in the machine.
"""

import contextlib
import os
import pwd
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Mount
from countermine.sandbox import kernel
from countermine.sandbox.owner_map import owner_map
from countermine.sandbox.trees import MAX_DEPTH, TooDeepError, entries

CANDIDATES: Final = range(60_578, 61_184)
"""User ids that no distribution hands out.

Source: https://systemd.io/UIDS-GIDS/ (60578-61183 "unused").
"""

COVERED: Final = ("/mnt", "/media", "/srv", "/opt")
"""Folders over one of which the staging area is laid, seen by the sandbox's starter only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user of the host."""

    uid: int
    gid: int


def spare_identity() -> Identity:
    """Return a user that owns nothing on this machine.

    Raises:
        SandboxUnavailableError: If all ids in question are taken, or a container has none of them.
    """
    usable = _mapped("/proc/self/uid_map") & _mapped("/proc/self/gid_map")
    for candidate in sorted(usable):
        try:
            pwd.getpwuid(candidate)
        except KeyError:
            return Identity(uid=candidate, gid=candidate)
    message = (
        f"root here cannot become a user without rights: none of the ids {CANDIDATES.start} to "
        f"{CANDIDATES.stop - 1} is free; run as an ordinary user, or map them into the container"
    )
    raise SandboxUnavailableError(message)


def _mapped(map_file: str) -> set[int]:
    """Return the candidates that exist in this user namespace."""
    there: set[int] = set()
    for line in Path(map_file).read_text(encoding="ascii").splitlines():
        first, _, count = (int(word) for word in line.split())
        there.update(range(max(first, CANDIDATES.start), min(first + count, CANDIDATES.stop)))
    return there


def stage(mounts: Sequence[Mount], identity: Identity) -> tuple[Mount, ...]:
    """Make mounts reachable for ``identity``, in a mount namespace of the calling thread.

    A folder below ``/root`` cannot be reached by another user, whatever its own mode. So each is
    bound once more in a place that can. What is only read appears as owned by ``identity``, where
    the file system can do so; a writable folder is handed over for good (see ``give``).

    Returns:
        The mounts, with sources in the new place.

    Raises:
        SandboxUnavailableError: If root here lacks the rights of root.
    """
    try:
        kernel.enter_private_mounts()
    except OSError as error:
        message = (
            f"root may not make a mount namespace here ({error.strerror}); run as an ordinary "
            "user, or give the container CAP_SYS_ADMIN"
        )
        raise SandboxUnavailableError(message) from error
    with contextlib.ExitStack() as stack:
        sources = [_open(mount, stack) for mount in mounts]
        area = next((folder for folder in COVERED if Path(folder).is_dir()), None)
        if area is None:
            message = f"none of the folders {', '.join(COVERED)} is here; make one of them"
            raise SandboxUnavailableError(message)
        kernel.mount(
            "countermine",
            area,
            kind="tmpfs",
            flags=kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC,
            options="mode=0755,size=1m",
        )
        return tuple(
            _bind(mount, source, f"{area}/{position}", identity)
            for position, (mount, source) in enumerate(zip(mounts, sources, strict=True))
        )


def _open(mount: Mount, stack: contextlib.ExitStack) -> int:
    try:
        descriptor = os.open(mount.host, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        message = f"cannot mount {str(mount.host)!r} into the sandbox: {error.strerror}"
        raise SandboxUnavailableError(message) from error
    stack.callback(os.close, descriptor)
    return descriptor


def _bind(mount: Mount, source: int, place: str, identity: Identity) -> Mount:
    facts = os.fstat(source)
    if stat.S_ISDIR(facts.st_mode):
        Path(place).mkdir()
    else:
        Path(place).touch()
    if mount.access is Access.WRITE:
        give(mount.host, identity)
    elif _bind_mapped(source, place, Identity(uid=facts.st_uid, gid=facts.st_gid), identity):
        return Mount(host=Path(place), inside=mount.inside, access=mount.access)
    elif not _open_to_all(facts):
        message = (
            f"{str(mount.host)!r} can be read by its owner only, and its file system cannot show "
            "it as another user's; run as an ordinary user, or chmod -R o+rX it"
        )
        raise SandboxUnavailableError(message)
    try:
        kernel.mount(f"/proc/self/fd/{source}", place, flags=kernel.MS_BIND | kernel.MS_REC)
    except OSError as error:
        message = f"cannot mount {str(mount.host)!r} into the sandbox: {error.strerror}"
        raise SandboxUnavailableError(message) from error
    return Mount(host=Path(place), inside=mount.inside, access=mount.access)


def _open_to_all(facts: os.stat_result) -> bool:
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(facts.st_mode) else 0)
    return facts.st_mode & wanted == wanted


def _bind_mapped(source: int, place: str, owner: Identity, identity: Identity) -> bool:
    """Bind read-only with the owner's files shown as the identity's; return whether that went."""
    namespace = owner_map(owner.uid, owner.gid, identity.uid, identity.gid)
    if namespace is None:
        return False
    try:
        tree = kernel.clone_tree(source)
    except OSError:
        return False
    try:
        kernel.map_owner(tree, namespace)
        kernel.attach_tree(tree, place)
    except OSError:
        # Not every file system can map owners (Linux 5.12 and newer, by file system).
        return False
    finally:
        os.close(tree)
    return True


def give(folder: Path, identity: Identity) -> None:
    """Make ``identity`` the owner of a folder and of what is in it, for good.

    Links are not followed and other file systems not entered. A file with a second name stays as
    it is: the other name may lie in a shared cache, which the sandbox must not be able to change.
    """
    start = folder.stat(follow_symlinks=False)
    _give_one(folder, None, start, identity)
    if not stat.S_ISDIR(start.st_mode):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        for parent, name, facts in entries(descriptor):
            if facts.st_dev == start.st_dev:
                _give_one(name, parent, facts, identity)
    except TooDeepError as error:
        message = f"folders in {str(folder)!r} are nested deeper than {MAX_DEPTH}; mount a flatter"
        raise SandboxUnavailableError(message) from error
    finally:
        os.close(descriptor)


def _give_one(name: str | Path, at: int | None, facts: os.stat_result, identity: Identity) -> None:
    shared = stat.S_ISREG(facts.st_mode) and facts.st_nlink > 1
    if facts.st_uid != identity.uid and not shared:
        os.chown(name, identity.uid, identity.gid, dir_fd=at, follow_symlinks=False)
