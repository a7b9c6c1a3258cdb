"""Which sandbox this machine can give, and what is in the way of a better one.

Everything here can be imported on any platform: ``find`` and ``doctor`` run where ``prove``
cannot.
"""

import os
import platform
import sys
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Exited, Limits, Sandbox, SandboxCommand, SandboxName
from countermine.sandbox.features import SEARCH_PATH, find_program, probe
from countermine.sandbox.filter import filter_program
from countermine.sandbox.index_access import IndexAccess

NEEDS_LINUX: Final = (
    "the sandbox needs Linux namespaces; use a Linux machine, WSL 2 or a Linux virtual machine "
    "(find, fix and report work here)"
)

INSTALLERS: Final = {
    "debian": "apt-get install {}",
    "ubuntu": "apt-get install {}",
    "fedora": "dnf install {}",
    "rhel": "dnf install {}",
    "centos": "dnf install {}",
    "arch": "pacman -S {}",
    "alpine": "apk add {}",
    "suse": "zypper install {}",
    "opensuse": "zypper install {}",
    "gentoo": "emerge {}",
    "void": "xbps-install {}",
    "nixos": "nix-env -iA nixos.{}",
}
"""How a package is installed, by the ``ID`` or ``ID_LIKE`` of os-release."""

OLDEST_KERNEL: Final = (5, 3)
"""The first with pidfd_open, which tells that the last process inside is gone."""

COUNTING_KERNEL: Final = (5, 14)
"""The first that counts processes for each user namespace."""

APPARMOR_REMEDY: Final = (
    "allow bwrap user namespaces: install a profile for /usr/bin/bwrap that says 'userns,' "
    "(Ubuntu: apt-get install apparmor-profiles and enable bwrap-userns-restrict), or "
    "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
)

CONTAINER_REMEDY: Final = (
    "start the container with --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined (as root also --cap-add SYS_ADMIN)"
)


class CheckState(StrEnum):
    """How well a part of the sandbox works here."""

    OK = "ok"
    WARN = "warn"
    """It works, with less than one would wish."""
    MISSING = "missing"
    """Without it nothing can be proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that ``countermine doctor`` looked at."""

    name: str
    state: CheckState
    detail: str
    """One line: what is here."""
    remedy: str = ""
    """How to get what is missing; empty where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the checks look at; made up in tests."""

    system: str
    """As ``sys.platform``."""
    kernel: tuple[int, int]
    root: Path
    """Where ``/etc``, ``/proc`` and the marks of containers are."""
    as_root: bool


def this_machine() -> Machine:
    """Return the machine that runs the program."""
    numbers = platform.release().split(".")[:2]
    kernel = tuple(int("".join(filter(str.isdigit, word)) or 0) for word in (*numbers, "0"))
    geteuid = getattr(os, "geteuid", None)
    return Machine(
        system=sys.platform,
        kernel=(kernel[0], kernel[1]),
        root=Path("/"),
        as_root=geteuid is not None and geteuid() == 0,
    )


def choose(
    index: IndexAccess | None = None,
    programs: str = SEARCH_PATH,
    stopped: threading.Event | None = None,
    name: SandboxName = SandboxName.BUBBLEWRAP,
) -> Sandbox:
    """Return the sandbox of this machine; never one without isolation.

    Args:
        index: What fetching packages may reach; the public index where it is not given.
        programs: Folders divided by ``:`` in which bubblewrap is looked for. An argument and no
            variable of the environment: whoever could set that would name the program to trust.
        stopped: Ends everything that runs in it once it is set.
        name: Which one; another than bubblewrap fetches packages with bubblewrap all the same.

    Raises:
        SandboxUnavailableError: If there is none; says what to do.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(NEEDS_LINUX)
    # The modules below need Linux; this one does not.
    from countermine.sandbox.bubblewrap import BubblewrapSandbox  # noqa: PLC0415

    bwrap = probe(programs)
    sandbox = replace(BubblewrapSandbox.create(index), bwrap=bwrap)
    if stopped is not None:
        sandbox = replace(sandbox, stopped=stopped)
    if name is SandboxName.BUBBLEWRAP:
        return sandbox
    from countermine.sandbox.oci import container, gvisor  # noqa: PLC0415 - likewise

    made = container() if name is SandboxName.CONTAINER else gvisor()
    return replace(made, fetching=sandbox, stopped=sandbox.stopped, home=sandbox.home)


def diagnose(machine: Machine | None = None) -> tuple[Check, ...]:
    """Look at everything the sandbox is made of, in the order in which it is needed."""
    machine = machine or this_machine()
    if machine.system != "linux":
        return (Check(name="sandbox", state=CheckState.MISSING, detail=NEEDS_LINUX),)
    checks = [
        check_kernel(machine),
        _check_bubblewrap(machine),
        _check_program("prlimit", "util-linux", machine),
        check_user_namespaces(machine),
        check_filter(machine),
    ]
    return (*checks, check_trial(machine))


def check_kernel(machine: Machine) -> Check:
    """Tell whether the kernel has what bounds are held with."""
    version = ".".join(str(number) for number in machine.kernel)
    if machine.kernel < OLDEST_KERNEL:
        return Check(
            name="kernel",
            state=CheckState.MISSING,
            detail=f"Linux {version} cannot tell when a sandbox has ended",
            remedy="use Linux 5.14 or newer",
        )
    if machine.kernel < COUNTING_KERNEL:
        return Check(
            name="kernel",
            state=CheckState.WARN,
            detail=f"Linux {version} counts processes by user, so other programs of the user count",
            remedy="use Linux 5.14 or newer",
        )
    return Check(name="kernel", state=CheckState.OK, detail=f"Linux {version}")


def check_user_namespaces(machine: Machine) -> Check:
    """Tell whether a switch of the system keeps ordinary users from namespaces."""
    name = "user-namespaces"
    if not (machine.root / "proc/self/ns/user").exists():
        return Check(
            name=name,
            state=CheckState.MISSING,
            detail="the kernel was built without user namespaces",
            remedy="use a kernel with CONFIG_USER_NS",
        )
    for switch, off in (
        ("user/max_user_namespaces", "0"),
        ("kernel/unprivileged_userns_clone", "0"),
    ):
        if _switch(machine, switch) == off:
            wanted = "15000" if switch.startswith("user/") else "1"
            key = switch.replace("/", ".")
            return Check(
                name=name,
                state=CheckState.MISSING,
                detail=f"switched off by {key} = {off}",
                remedy=f"sysctl -w {key}={wanted}",
            )
    if _switch(machine, "kernel/apparmor_restrict_unprivileged_userns") == "1":
        return Check(
            name=name,
            state=CheckState.WARN,
            detail="restricted by AppArmor to programs that have a profile",
            remedy=APPARMOR_REMEDY,
        )
    return Check(name=name, state=CheckState.OK, detail="ordinary users may make them")


def check_filter(machine: Machine) -> Check:
    """Tell whether system calls can be filtered."""
    name = "system-call-filter"
    if not (machine.root / "proc/sys/kernel/seccomp/actions_avail").exists():
        return Check(
            name=name,
            state=CheckState.MISSING,
            detail="the kernel has no seccomp filters",
            remedy="use a kernel with CONFIG_SECCOMP_FILTER (4.14 or newer)",
        )
    try:
        size = len(filter_program())
    except SandboxUnavailableError as error:
        return Check(name=name, state=CheckState.MISSING, detail=str(error))
    return Check(
        name=name, state=CheckState.OK, detail=f"{platform.machine()}, {size // 8} instructions"
    )


def check_trial(machine: Machine) -> Check:
    """Run a command in the sandbox and tell how that went."""
    name = "sandbox"
    program = find_program("true")
    if program is None:
        return Check(name=name, state=CheckState.MISSING, detail="the program 'true' is not here")
    command = SandboxCommand(argv=(program,), cwd="/", limits=Limits(wall_s=20.0))
    try:
        sandbox = choose()
        outcome = sandbox.run(command)
    except SandboxUnavailableError as error:
        return Check(
            name=name, state=CheckState.MISSING, detail=str(error), remedy=_remedy(machine)
        )
    if not isinstance(outcome, Exited) or outcome.exit_code != 0:
        return Check(
            name=name,
            state=CheckState.MISSING,
            detail=f"a trial did not end as it should: {outcome.kind}",
            remedy=_remedy(machine),
        )
    whom = ", entered as a user without rights" if machine.as_root else ""
    return Check(
        name=name,
        state=CheckState.OK,
        detail=f"{sandbox.name} ran a command in {outcome.duration_ms} ms{whom}; "
        "memory, scratch space and written files are bounded by watching",
    )


def _remedy(machine: Machine) -> str:
    """Return what most likely stands in the way of a trial that failed."""
    namespaces = check_user_namespaces(machine)
    if namespaces.state is CheckState.MISSING:
        return namespaces.remedy
    if (machine.root / ".dockerenv").exists() or (machine.root / "run/.containerenv").exists():
        return CONTAINER_REMEDY
    return namespaces.remedy


def _check_bubblewrap(machine: Machine) -> Check:
    try:
        bwrap = probe()
    except SandboxUnavailableError as error:
        return Check(
            name="bubblewrap",
            state=CheckState.MISSING,
            detail=str(error).partition(";")[0],
            remedy=install_command(machine, "bubblewrap"),
        )
    detail = f"{bwrap.version} at {bwrap.path}"
    if bwrap.setuid:
        detail += ", setuid root"
    if not bwrap.has("--size") or bwrap.setuid:
        return Check(
            name="bubblewrap",
            state=CheckState.WARN,
            detail=f"{detail}: cannot limit the size of scratch space, which is watched instead",
            remedy="install bubblewrap 0.7 or newer, not setuid",
        )
    return Check(name="bubblewrap", state=CheckState.OK, detail=detail)


def _check_program(name: str, package: str, machine: Machine) -> Check:
    path = find_program(name)
    if path is None:
        return Check(
            name=name,
            state=CheckState.MISSING,
            detail=f"{name} is not installed",
            remedy=install_command(machine, package),
        )
    return Check(name=name, state=CheckState.OK, detail=path)


def install_command(machine: Machine, package: str) -> str:
    """Return how a package is installed on that distribution."""
    try:
        text = (machine.root / "etc/os-release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    names = [facts.get("ID", ""), *facts.get("ID_LIKE", "").strip('"').split()]
    for name in names:
        known = INSTALLERS.get(name.strip('"').partition("-")[0])
        if known is not None:
            return known.format(package)
    return f"install the package {package!r} of your distribution"


def _switch(machine: Machine, name: str) -> str | None:
    """Return the value of a kernel switch, or ``None`` where it does not exist."""
    try:
        return (machine.root / "proc/sys" / name).read_text(encoding="ascii").strip()
    except OSError:
        return None
