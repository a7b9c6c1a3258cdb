"""What a container runtime is told: a bundle as the Open Container Initiative describes it.

Source: https://github.com/opencontainers/runtime-spec (config.md and config-linux.md, 1.0.2).
"""

import json
import platform
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Mount, SandboxCommand
from countermine.sandbox.arguments import (
    ENVIRONMENT,
    INSIDE_ID,
    MASKED,
    MERGED,
    PACKAGES,
    STUBS,
    SYSTEM,
    overlay_prefix,
    overlay_source,
    scratches,
)
from countermine.sandbox.limits import OPEN_FILES

ARCHITECTURES: Final = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}
MORE_MASKED: Final = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/latency_stats",
    "/proc/scsi",
    "/proc/timer_stats",
    "/sys/firmware",
)
FIRST: Final = '"$@"; exit $?'
"""What the first process does: it waits, since signals mean nothing to the first itself."""

_WIDE: Final = 0o1777
READ_ONLY: Final = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Users of the host that stand for those inside; groups have the same numbers."""

    user: int
    """Stands for the one that the command runs as."""
    root: int
    """Stands for the one that the runtime sets the container up as; it owns nothing."""


def write_bundle(folder: Path, command: SandboxCommand, ids: Ids, prlimit: str) -> None:
    """Write the root folder and the configuration of a container.

    Args:
        folder: Empty; the runtime is started with it.
        command: Its mounts are checked, staged and in order, outer places first.
        ids: Who it runs as.
        prlimit: The program that sets kernel limits inside.

    Raises:
        SandboxUnavailableError: If there is no system-call filter for this machine.
    """
    root = folder / "rootfs"
    mounts = _mounts(command)
    root.mkdir()
    for place in ("/usr", "/etc", "/proc", "/dev", "/tmp", command.cwd):  # noqa: S108 - inside
        (root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
    for place in MERGED:
        if Path(place).is_symlink():
            (root / place.lstrip("/")).symlink_to(Path(place).readlink())
    for place, text in STUBS.items():
        (root / place.lstrip("/")).write_text(text)
    for mount in mounts:
        _place_for(root, mount)
    (folder / "config.json").write_text(json.dumps(_config(command, ids, prlimit, mounts)))


def _place_for(root: Path, mount: dict[str, Any]) -> None:
    """Make what a mount is attached to: the root folder is read-only for the runtime too."""
    place = root / mount["destination"].lstrip("/")
    if mount["destination"].startswith(("/proc", "/dev/")):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if mount["type"] == "bind" and not Path(mount["source"]).is_dir():
        place.touch()
    else:
        place.mkdir(exist_ok=True)
    if mount["type"] == "tmpfs" and mount["destination"] != "/dev":
        # A runtime gives what it mounts the mode of what is there.
        place.chmod(_WIDE)


def _config(
    command: SandboxCommand, ids: Ids, prlimit: str, mounts: list[dict[str, Any]]
) -> dict[str, Any]:
    environment = {**ENVIRONMENT, **command.env}
    limits = command.limits
    bounded = {
        "RLIMIT_NPROC": limits.processes + 2,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_DATA": limits.memory_bytes * 2,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 1 << 20,
        "RLIMIT_MSGQUEUE": 1 << 18,
    }
    none: list[str] = []
    kinds = ("bounding", "effective", "inheritable", "permitted", "ambient")
    maps = [{"containerID": INSIDE_ID, "hostID": ids.user, "size": 1}]
    maps.append({"containerID": 0, "hostID": ids.root, "size": 1})
    return {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": INSIDE_ID, "gid": INSIDE_ID},
            "args": [
                *("/bin/sh", "-c", FIRST, "first"),
                *overlay_prefix(command),
                *(prlimit, "--core=0:0", "--", *command.argv),
            ],
            "env": [f"{name}={environment[name]}" for name in sorted(environment)],
            "cwd": command.cwd,
            "capabilities": dict.fromkeys(kinds, none),
            "rlimits": [{"type": n, "hard": v, "soft": v} for n, v in bounded.items()],
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs", "readonly": True},
        "hostname": "sandbox",
        "mounts": mounts,
        "linux": {
            "namespaces": [
                {"type": kind}
                for kind in ("pid", "network", "ipc", "uts", "mount", "user", "cgroup")
            ],
            "uidMappings": maps,
            "gidMappings": maps,
            "maskedPaths": [*(f"/proc/{name}" for name in MASKED), *MORE_MASKED],
            "readonlyPaths": list(READ_ONLY),
            "seccomp": _filter(),
        },
    }


def _filter() -> dict[str, Any]:
    try:
        architecture = ARCHITECTURES[platform.machine()]
    except KeyError as error:
        message = f"no system-call filter for {platform.machine()!r}; use x86_64 or aarch64"
        raise SandboxUnavailableError(message) from error
    text = resources.files("countermine.sandbox").joinpath("filters", "oci.json").read_text()
    profile: dict[str, Any] = json.loads(text)
    return {**profile, "architectures": [architecture]}


def _mounts(command: SandboxCommand) -> list[dict[str, Any]]:
    sizes = {scratch.inside: max(scratch.size, 1 << 16) for scratch in scratches(command)}
    safe = ["nosuid", "nodev"]
    found: list[dict[str, Any]] = [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": [*safe, "noexec"]},
        {
            "destination": "/dev",
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["nosuid", "mode=0755", "size=65536"],
        },
        {
            "destination": "/dev/pts",
            "type": "devpts",
            "source": "devpts",
            "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"],
        },
        _tmpfs("/dev/shm", sizes["/dev/shm"], "1777", safe),  # noqa: S108
        _tmpfs("/tmp", sizes["/tmp"], "1777", safe),  # noqa: S108
        _bind("/usr", "/usr"),
    ]
    apart = [place for place in MERGED if Path(place).is_dir() and not Path(place).is_symlink()]
    found += [_bind(place, place) for place in apart]
    found += [_bind(place, place) for place in (*SYSTEM, *PACKAGES) if Path(place).exists()]
    overlays = 0
    for mount in command.mounts:
        if mount.access is Access.OVERLAY:
            found.append(_bind(str(mount.host), overlay_source(overlays)))
            found.append(_tmpfs(mount.inside, sizes[mount.inside], "1777", safe))
            overlays += 1
        else:
            found.append(_given(mount))
    return found


def _given(mount: Mount) -> dict[str, Any]:
    return _bind(str(mount.host), mount.inside, writable=mount.access is Access.WRITE)


def _bind(source: str, place: str, *, writable: bool = False) -> dict[str, Any]:
    options = ["rbind", "rw" if writable else "ro", "nosuid", "nodev"]
    return {"destination": place, "type": "bind", "source": source, "options": options}


def _tmpfs(place: str, size: int, mode: str, options: list[str]) -> dict[str, Any]:
    said = [*options, f"mode={mode}", f"size={size}", f"uid={INSIDE_ID}", f"gid={INSIDE_ID}"]
    return {"destination": place, "type": "tmpfs", "source": "tmpfs", "options": said}
