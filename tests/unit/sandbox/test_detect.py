import subprocess
import sys
from pathlib import Path

import pytest

from countermine.sandbox.detect import (
    CheckState,
    Machine,
    check_filter,
    check_kernel,
    check_user_namespaces,
    choose,
    diagnose,
    install_command,
    this_machine,
)


def machine(root: Path, **switches: str) -> Machine:
    for name, content in {"proc/self/ns/user": "", **switches}.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Machine(system="linux", kernel=(6, 1), root=root, as_root=False)


def test_all_that_is_needed_is_here() -> None:
    checks = diagnose()
    names = [check.name for check in checks if check.state is not CheckState.MISSING]
    assert names == [
        "kernel",
        "bubblewrap",
        "prlimit",
        "user-namespaces",
        "system-call-filter",
        "sandbox",
    ], checks
    assert choose().isolated


@pytest.mark.parametrize("system", ["darwin", "win32", "freebsd13"])
def test_other_systems_are_told_that_proofs_need_linux(tmp_path: Path, system: str) -> None:
    other = Machine(system=system, kernel=(0, 0), root=tmp_path, as_root=False)
    (check,) = diagnose(other)
    assert check.state is CheckState.MISSING
    assert "needs Linux" in check.detail


@pytest.mark.parametrize(
    ("switch", "value", "state", "remedy"),
    [
        ("user__max_user_namespaces", "0", CheckState.MISSING, "user.max_user_namespaces=15000"),
        ("kernel__unprivileged_userns_clone", "0", CheckState.MISSING, "userns_clone=1"),
        ("kernel__apparmor_restrict_unprivileged_userns", "1", CheckState.WARN, "apparmor"),
        ("kernel__apparmor_restrict_unprivileged_userns", "0", CheckState.OK, ""),
        ("user__max_user_namespaces", "15000", CheckState.OK, ""),
    ],
)
def test_switched_off_user_namespaces_are_named_with_their_switch(
    tmp_path: Path, switch: str, value: str, state: CheckState, remedy: str
) -> None:
    check = check_user_namespaces(machine(tmp_path, **{f"proc__sys__{switch}": f"{value}\n"}))
    assert check.state is state
    assert remedy in check.remedy


def test_a_kernel_without_namespaces_or_filters_is_named(tmp_path: Path) -> None:
    bare = Machine(system="linux", kernel=(6, 1), root=tmp_path, as_root=False)
    assert check_user_namespaces(bare).remedy == "use a kernel with CONFIG_USER_NS"
    assert check_filter(bare).state is CheckState.MISSING


@pytest.mark.parametrize(
    ("kernel", "state"),
    [((4, 18), CheckState.MISSING), ((5, 4), CheckState.WARN), ((5, 14), CheckState.OK)],
)
def test_old_kernels_are_named(tmp_path: Path, kernel: tuple[int, int], state: CheckState) -> None:
    old = Machine(system="linux", kernel=kernel, root=tmp_path, as_root=False)
    assert check_kernel(old).state is state


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ("ID=debian\n", "apt-get install bubblewrap"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "apt-get install bubblewrap"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "zypper install bubblewrap"),
        ("ID=alpine\n", "apk add bubblewrap"),
        ("ID=unheard-of\n", "install the package 'bubblewrap' of your distribution"),
    ],
)
def test_the_way_to_install_is_that_of_the_distribution(
    tmp_path: Path, release: str, command: str
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "os-release").write_text(release)
    assert install_command(machine(tmp_path), "bubblewrap") == command


def test_this_machine_is_described() -> None:
    here = this_machine()
    assert here.system == sys.platform
    assert here.kernel > (2, 6)


def test_detection_can_be_imported_without_the_modules_of_unix() -> None:
    source = """
import sys
for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios'):
    sys.modules[name] = None
import countermine.sandbox.detect
import countermine.sandbox.unsafe_process
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
