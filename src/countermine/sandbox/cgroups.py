"""Control groups, where the program may make them: the kernel holds the bounds of all together.

Watching goes on beside them: it counts what groups do not, and holds where there are none. A
group is made below the program's own, so that whatever holds the program holds this too.
"""

import contextlib
import itertools
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from countermine.ports.sandbox import Limits

PREFIX: Final = "countermine-"
END_S: Final = 2.0
"""How long a group may take to become empty after its last process was killed."""

_WANTED: Final = frozenset({"memory", "pids"})
_NUMBERS: Final = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The program's own group in one hierarchy."""

    folder: Path
    version: int
    controllers: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Groups:
    """The groups of one command; none of them where none can be made."""

    memory: Path | None = None
    processes: Path | None = None
    version: int = 0
    _made: list[Path] = field(default_factory=list)

    @classmethod
    def make(cls, limits: Limits, places: tuple[Place, ...] | None = None) -> "Groups":
        """Make groups with the bounds; a hierarchy that does not let us is left alone."""
        groups = cls()
        number = next(_NUMBERS)
        for place in own_places() if places is None else places:
            _sweep(place.folder)
            folder = place.folder / f"{PREFIX}{os.getpid()}-{number}"
            try:
                folder.mkdir()
            except OSError:
                continue
            groups._made.append(folder)
            if "memory" in place.controllers and _memory(folder, place.version, limits):
                groups.memory, groups.version = folder, place.version
            if "pids" in place.controllers and _set(folder, "pids.max", limits.processes + 1):
                groups.processes, groups.version = folder, place.version
        return groups

    @property
    def files(self) -> tuple[str, ...]:
        """Where a process writes its id to be in the groups."""
        return tuple(str(folder / "cgroup.procs") for folder in self._made)

    def enter(self, pid: int) -> None:
        """Put a process into the groups; what it starts is in them too."""
        for folder in self._made:
            if not _set(folder, "cgroup.procs", pid):
                self.memory = None if folder == self.memory else self.memory
                self.processes = None if folder == self.processes else self.processes

    def memory_passed(self) -> bool:
        """Tell whether the kernel ended a process for the bound on memory."""
        if self.memory is None:
            return False
        name = "memory.events" if self.version > 1 else "memory.oom_control"
        folders = [self.memory]
        with contextlib.suppress(OSError):
            folders += [Path(one.path) for one in os.scandir(self.memory) if one.is_dir()]
        return any(_number(folder / name, "oom_kill ") > 0 for folder in folders)

    def memory_was_full(self) -> bool:
        """Tell whether the group asked for more memory than it may have."""
        if self.memory is None:
            return False
        if self.version > 1:
            return _number(self.memory / "memory.events", "max ") > 0
        return _number(self.memory / "memory.failcnt", "") > 0

    def said(self) -> str:
        """Say what holds the bounds on memory and processes."""
        group = f"cgroup v{self.version}"
        memory = f"{group} and watching" if self.memory is not None else "watching"
        processes = f"{group} and RLIMIT_NPROC" if self.processes is not None else "RLIMIT_NPROC"
        return f"memory by {memory}, processes by {processes}"

    def close(self) -> None:
        """Remove the groups, once they are empty."""
        deadline = time.monotonic() + END_S
        for folder in self._made:
            while not _removed(folder) and time.monotonic() < deadline:
                time.sleep(0.002)
        self._made.clear()


def own_places(root: Path = Path("/")) -> tuple[Place, ...]:
    """Return the program's own groups that hold memory or processes, as far as they are mounted."""
    try:
        mounted = (root / "proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        own = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    paths = {}
    for line in own.splitlines():
        _, names, path = line.split(":", 2)
        paths[frozenset(names.split(","))] = path
    found = [_place(root, line, paths) for line in mounted.splitlines()]
    return tuple(place for place in found if place and place.controllers & _WANTED)


def _place(root: Path, line: str, paths: dict[frozenset[str], str]) -> Place | None:
    """Return what a line of mountinfo says of control groups."""
    before, _, after = line.partition(" - ")
    kind, _, options = after.split(" ", 2)
    _, _, _, inner, point, *_ = before.split(" ")
    if kind not in {"cgroup", "cgroup2"}:
        return None
    version = 2 if kind == "cgroup2" else 1
    names = frozenset({""} if version > 1 else options.split(" ")[-1].split(",")) - {"rw", "ro"}
    folder = _below(root, point, inner, paths.get(names))
    if folder is None:
        return None
    if version > 1:
        try:
            names = frozenset((folder / "cgroup.subtree_control").read_text().split())
        except OSError:
            return None
    return Place(folder=folder, version=version, controllers=names)


def _below(root: Path, point: str, inner: str, path: str | None) -> Path | None:
    if path is None or ".." in path.split("/"):
        return None
    if inner != "/" and not f"{path}/".startswith(f"{inner}/"):
        return None
    relative = path[len(inner) :] if inner != "/" else path
    return root / point.lstrip("/") / relative.lstrip("/")


def _memory(folder: Path, version: int, limits: Limits) -> bool:
    if version == 1:
        held = _set(folder, "memory.limit_in_bytes", limits.memory_bytes)
        _set(folder, "memory.memsw.limit_in_bytes", limits.memory_bytes)
        return held
    _set(folder, "memory.swap.max", 0)
    _set(folder, "memory.oom.group", 1)
    return _set(folder, "memory.max", limits.memory_bytes)


def _set(folder: Path, name: str, value: int) -> bool:
    """Write a value; tell whether the kernel took it, or the file is not even there."""
    try:
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.write(descriptor, str(value).encode())
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _number(file: Path, name: str) -> int:
    """Return the number behind a name at the beginning of a line, 0 where there is none."""
    with contextlib.suppress(OSError):
        found = re.search(rf"^{name}(\d+)", file.read_text(encoding="ascii"), re.MULTILINE)
        return int(found[1]) if found is not None else 0
    return 0


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _sweep(parent: Path) -> None:
    """Remove what programs left that were killed."""
    for folder in sorted(parent.glob(f"{PREFIX}*-*")):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            _removed(folder)
