"""What bubblewrap is told: namespaces, file systems, environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, SandboxCommand
from countermine.sandbox.features import Bubblewrap

OVERLAY_NAME: Final = "countermine-overlay"
"""How the script that fills overlays calls itself."""

OVERLAY_FAILED: Final = 125
"""Exit code of that script where an original could not be copied."""

INSIDE_ID: Final = 1000
"""User and group that code inside sees itself as."""

SHARED_MEMORY_BYTES: Final = 64 << 20
"""Most that ``/dev/shm`` gets of the scratch space."""

MERGED: Final = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Links into ``/usr`` on most systems, folders of their own on the rest."""

SYSTEM: Final = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/protocols",
    "/etc/services",
)
"""What programs in ``/usr`` need of ``/etc``; nothing that tells who uses the machine."""

PACKAGES: Final = ("/nix/store", "/gnu/store")
"""Where two distributions keep all programs."""

MASKED: Final = (
    "kallsyms",
    "kcore",
    "keys",
    "key-users",
    "kmsg",
    "modules",
    "sched_debug",
    "slabinfo",
    "sysrq-trigger",
    "timer_list",
    "vmallocinfo",
)
"""Files of ``/proc`` that tell of the machine or of other users, or would act on it."""

STUBS: Final = {
    "/etc/passwd": f"sandbox:x:{INSIDE_ID}:{INSIDE_ID}:sandbox:/tmp:/bin/sh\n",
    "/etc/group": f"sandbox:x:{INSIDE_ID}:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
"""Files made up for the inside."""

ENVIRONMENT: Final = {
    "HOME": "/tmp",  # noqa: S108 - a place inside, private to each run
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TMPDIR": "/tmp",  # noqa: S108
}
"""What a command gets when it asks for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """A temporary file system inside, with the bytes it may hold."""

    inside: str
    size: int


def overlay_source(position: int) -> str:
    """Return where the original of an overlay is seen inside."""
    return f"/.countermine/overlay/{position}"


def scratches(command: SandboxCommand) -> tuple[Scratch, ...]:
    """Share the scratch space among the places that are writable and do not outlast the run."""
    total = command.limits.scratch_bytes
    shared = min(SHARED_MEMORY_BYTES, total // 8)
    overlays = [m.inside for m in command.mounts if m.access is Access.OVERLAY]
    places = ["/tmp", *overlays]  # noqa: S108
    each = (total - shared) // len(places)
    return (
        Scratch(inside="/dev/shm", size=shared),  # noqa: S108
        *(Scratch(inside=place, size=each) for place in places),
    )


def arguments(
    command: SandboxCommand, bwrap: Bubblewrap, stubs: Sequence[tuple[int, str]]
) -> tuple[str, ...]:
    """Return bubblewrap's options; the mounts' sources are those of ``command``.

    Args:
        command: Its mounts are checked and in order, outer places first.
        bwrap: The program, whose options differ by version.
        stubs: Descriptors of made-up files with their places.

    Raises:
        SandboxUnavailableError: If a value could be taken for more than one.
    """
    sizes = {scratch.inside: scratch.size for scratch in scratches(command)}
    words = [*_namespaces(), *_system(bwrap)]
    for descriptor, place in stubs:
        words += [*_perms(bwrap, "0444"), "--ro-bind-data", str(descriptor), place]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += _masks()
    words += _tmpfs(bwrap, "/dev/shm", sizes["/dev/shm"], "1777")  # noqa: S108
    words += _tmpfs(bwrap, "/tmp", sizes["/tmp"], "1777")  # noqa: S108
    words += _mounts(command, bwrap, sizes)
    words += ["--dir", command.cwd, "--remount-ro", "/dev", "--remount-ro", "/"]
    environment = {**ENVIRONMENT, **command.env}
    for name in sorted(environment):
        words += ["--setenv", name, environment[name]]
    words += ["--chdir", command.cwd]
    # Bubblewrap takes its options divided by NUL: one inside a value would begin another option.
    odd = next((word for word in words if "\0" in word), None)
    if odd is not None or any("=" in name or not name for name in environment):
        message = f"cannot run with {odd!r}: no NUL in a value, no '=' in the name of a variable"
        raise SandboxUnavailableError(message)
    return tuple(words)


def _namespaces() -> list[str]:
    words = [f"--unshare-{kind}" for kind in ("user", "ipc", "pid", "net", "uts", "cgroup-try")]
    words += ["--uid", str(INSIDE_ID), "--gid", str(INSIDE_ID), "--hostname", "sandbox"]
    return [*words, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]


@lru_cache(maxsize=1)
def _masks() -> tuple[str, ...]:
    there = [place for place in MASKED if Path("/proc", place).exists()]
    return tuple(word for place in there for word in ("--ro-bind", "/dev/null", f"/proc/{place}"))


@lru_cache(maxsize=1)
def _system(bwrap: Bubblewrap) -> tuple[str, ...]:
    words = ["--ro-bind", "/usr", "/usr"]
    for place in MERGED:
        path = Path(place)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), place]
        elif path.is_dir():
            words += ["--ro-bind", place, place]
    words += [*_perms(bwrap, "0755"), "--dir", "/etc"]
    for place in (*SYSTEM, *PACKAGES):
        if Path(place).exists():
            words += ["--ro-bind", place, place]
    return tuple(words)


def _perms(bwrap: Bubblewrap, mode: str) -> list[str]:
    """Set the mode of what the next option makes, where this version can (0.5)."""
    return ["--perms", mode] if bwrap.has("--perms") else []


def _tmpfs(bwrap: Bubblewrap, place: str, size: int, mode: str) -> list[str]:
    words = _perms(bwrap, mode)
    if bwrap.has("--size") and not bwrap.setuid:
        words += ["--size", str(max(size, 1 << 16))]
    return [*words, "--tmpfs", place]


def _mounts(command: SandboxCommand, bwrap: Bubblewrap, sizes: dict[str, int]) -> list[str]:
    words: list[str] = []
    overlays = 0
    for mount in command.mounts:
        match mount.access:
            case Access.READ:
                words += ["--ro-bind", str(mount.host), mount.inside]
            case Access.WRITE:
                words += ["--bind", str(mount.host), mount.inside]
            case Access.OVERLAY:
                words += ["--ro-bind", str(mount.host), overlay_source(overlays)]
                words += _tmpfs(bwrap, mount.inside, sizes[mount.inside], "0755")
                overlays += 1
    return words


def overlay_prefix(command: SandboxCommand) -> tuple[str, ...]:
    """Return the words that fill the overlays before the command begins."""
    places = [m.inside for m in command.mounts if m.access is Access.OVERLAY]
    if not places:
        return ()
    fill = [
        f"cp -dR --preserve=mode,timestamps,links -- {overlay_source(position)}/. "
        f'"${{{position + 1}}}" || exit {OVERLAY_FAILED}'
        for position in range(len(places))
    ]
    script = "\n".join((*fill, f"shift {len(places)}", 'exec "$@"'))
    return ("/bin/sh", "-c", script, OVERLAY_NAME, *places)
