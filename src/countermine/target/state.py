"""The state folder: what was downloaded, cloned and installed, each in a slot of its own.

A slot is filled once, in a folder beside it, and moved into its place when it is complete: what
stands under its name is whole, however a run ended. Processes that use a slot hold its lock
shared, whoever fills or evicts it holds it alone; the kernel lets go of a lock with its process.
"""

import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from countermine.core.errors import EnvironmentLacksError
from countermine.target.display import one_line

try:
    import fcntl
except ImportError:  # Windows: moving into place is atomic there too, eviction is not guarded.
    _LOCKS: ModuleType | None = None
else:
    _LOCKS = fcntl

AREAS = ("releases", "repositories", "environments", "packages", "answers")
"""What the state folder holds for targets; runs lie beside these and belong to others."""

_MARK = "slot.json"
_USED = "used"
_PARTIAL = ".partial-"

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_WRITING = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

_held: dict[str, int] = {}
"""Locks that this process keeps until it ends: slots in use must outlive any one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A complete slot."""

    folder: Path
    facts: Mapping[str, str]
    """What its maker noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotUsage:
    """What one slot takes."""

    area: str
    key: str
    size_bytes: int
    used_ns: int
    """When it was last used, in nanoseconds of the file system's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the state folder takes for targets, least recently used first."""

    slots: tuple[SlotUsage, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes on the disk, all slots together."""
        return sum(slot.size_bytes for slot in self.slots)


def find_slot(state: Path, area: str, key: str) -> Slot | None:
    """Return a complete slot, marked as used and held until the process ends, or ``None``."""
    with _told(state):
        if not (state / area / key / _MARK).is_file():
            return None
        _hold(state, area, key)
        return _complete(state / area / key)


def fill_slot(state: Path, area: str, key: str, fill: Callable[[Path], Mapping[str, str]]) -> Slot:
    """Return a slot, filled by ``fill`` unless it is there; two processes fill it once.

    Args:
        state: The state folder; made when it is not there.
        area: One of ``AREAS``.
        key: Name of the slot: letters, digits, ``-``, ``_``, ``.`` and ``+``.
        fill: Fills the folder it is given and returns facts to note. Absolute paths inside must
            be those of ``state/area/key``, where the folder moves afterwards.

    Raises:
        EnvironmentLacksError: If the folder cannot be written or the disk is full.
    """
    found = find_slot(state, area, key)
    if found:
        return found
    final = state / area / key
    with _told(state):
        final.parent.mkdir(parents=True, exist_ok=True)
        _release(state, area, key)  # Our own shared lock would keep us out.
        with _alone(state, area, key):
            if not (final / _MARK).is_file():
                _fill(final, fill)
        _hold(state, area, key)
        slot = _complete(final)
    if slot is None:
        message = f"{one_line(str(final))!r} vanished while it was made; run the command again"
        raise EnvironmentLacksError(message)
    return slot


def shared_folder(state: Path, area: str, key: str) -> Path:
    """Return a folder that tools of ours keep caches in, made and held until the process ends.

    Raises:
        EnvironmentLacksError: If the folder cannot be written.
    """
    folder = state / area / key
    with _told(state):
        _hold(state, area, key)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _USED).touch()
    return folder


@contextlib.contextmanager
def turn(state: Path, name: str) -> Iterator[None]:
    """Wait until no other thread or process is in the block of this name.

    Raises:
        EnvironmentLacksError: If the state folder cannot be written.
    """
    with _told(state):
        lock = _open_lock(state, "turn", name)
    try:
        if _LOCKS:
            _LOCKS.flock(lock, _LOCKS.LOCK_EX)
        yield
    finally:
        os.close(lock)


def usage(state: Path) -> Usage:
    """Return what the state folder takes for targets and environments, least recent first."""
    slots = [
        SlotUsage(
            area=area,
            key=folder.name,
            size_bytes=_size_bytes(folder),
            used_ns=_used_ns(folder),
        )
        for area in AREAS
        for folder in _children(state / area)
        if folder.is_dir() and not folder.is_symlink()
    ]
    return Usage(slots=tuple(sorted(slots, key=lambda slot: (slot.used_ns, slot.area, slot.key))))


def clean(state: Path, keep_bytes: int = 0) -> Usage:
    """Remove slots, least recently used first, until at most ``keep_bytes`` are left.

    Left-overs of runs that died go first. Slots that a process uses stay.

    Returns:
        What was removed.

    Raises:
        EnvironmentLacksError: If the folder cannot be written.
    """
    slots = usage(state).slots
    left_bytes = sum(slot.size_bytes for slot in slots)
    removed: list[SlotUsage] = []
    # False sorts first: what is no complete slot is worth nothing.
    for slot in sorted(slots, key=lambda slot: _PARTIAL not in slot.key):
        partial = _PARTIAL in slot.key
        if left_bytes <= keep_bytes and not partial:
            break
        with _told(state):
            if _remove_if_free(state, slot.area, slot.key):
                removed.append(slot)
                left_bytes -= slot.size_bytes
    return Usage(slots=tuple(removed))


def _fill(final: Path, fill: Callable[[Path], Mapping[str, str]]) -> None:
    # NOTE: the name begins with the key, whose lock guards the left-over of a run that died.
    folder = Path(tempfile.mkdtemp(prefix=f"{final.name}{_PARTIAL}", dir=final.parent))
    try:
        folder.chmod(0o755)
        facts = fill(folder)
        (folder / _USED).touch()
        mark = folder / _MARK
        mark.write_text(json.dumps(dict(sorted(facts.items())), indent=1), "utf-8")
        if final.exists():
            shutil.rmtree(final)
        folder.rename(final)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _complete(folder: Path) -> Slot | None:
    try:
        facts = json.loads((folder / _MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(facts, dict):
        return None
    with contextlib.suppress(OSError):  # A state folder that is only read still serves.
        os.utime(folder / _USED)
    return Slot(folder=folder, facts={str(name): str(fact) for name, fact in facts.items()})


def _remove_if_free(state: Path, area: str, key: str) -> bool:
    lock = _open_lock(state, area, key.partition(_PARTIAL)[0])
    try:
        if _LOCKS:
            try:
                _LOCKS.flock(lock, _LOCKS.LOCK_EX | _LOCKS.LOCK_NB)
            except BlockingIOError:
                return False
        folder = state / area / key
        if not folder.is_dir():
            return False
        # The mark goes first: whoever dies in between leaves no slot that looks complete.
        (folder / _MARK).unlink(missing_ok=True)
        _make_removable(folder)
        shutil.rmtree(folder)
        return True
    finally:
        os.close(lock)


def _make_removable(folder: Path) -> None:
    for name, _, _ in os.walk(folder):
        path = Path(name)
        if not os.access(path, os.W_OK | os.X_OK):
            path.chmod(0o700)


@contextlib.contextmanager
def _alone(state: Path, area: str, key: str) -> Iterator[None]:
    lock = _open_lock(state, area, key)
    try:
        if _LOCKS:
            _LOCKS.flock(lock, _LOCKS.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _hold(state: Path, area: str, key: str) -> None:
    name = str(state / area / key)
    if name in _held or not _LOCKS:
        return
    try:
        lock = _open_lock(state, area, key)
    except OSError as error:
        if error.errno in _NO_WRITING:
            return  # Nobody can evict from a folder that cannot be written either.
        raise
    _LOCKS.flock(lock, _LOCKS.LOCK_SH)
    _held[name] = lock


def _release(state: Path, area: str, key: str) -> None:
    lock = _held.pop(str(state / area / key), None)
    if lock is not None:
        os.close(lock)


def _open_lock(state: Path, area: str, key: str) -> int:
    folder = state / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.open(folder / f"{area}-{key}", flags, 0o644)


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _used_ns(folder: Path) -> int:
    for path in (folder / _USED, folder):
        with contextlib.suppress(OSError):
            return path.stat().st_mtime_ns
    return 0


def _size_bytes(folder: Path) -> int:
    total = 0
    for name, _, files in os.walk(folder):
        for file in files:
            with contextlib.suppress(OSError):
                status = Path(name, file).lstat()
                total += getattr(status, "st_blocks", 0) * 512 or status.st_size
    return total


@contextlib.contextmanager
def _told(state: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        shown = one_line(str(state))
        if error.errno in _NO_SPACE:
            message = f"no space left for {shown!r}; free some, 'countermine clean' helps"
        elif error.errno in _NO_WRITING:
            message = f"the state folder {shown!r} cannot be written ({error.strerror})"
        else:
            where = one_line(str(error.filename or shown))
            message = f"{where!r}: {error.strerror or error}"
        raise EnvironmentLacksError(message) from error
