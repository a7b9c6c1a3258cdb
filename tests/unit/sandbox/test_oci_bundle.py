"""What a container runtime is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Limits, Mount, Network, SandboxCommand
from countermine.sandbox.oci import ContainerSandbox, Runtime
from countermine.sandbox.oci_bundle import Ids, write_bundle
from countermine.sandbox.privileges import Identity


def bundle(folder: Path, command: SandboxCommand) -> dict[str, Any]:
    write_bundle(folder, command, Ids(user=60_578, root=60_579), "/usr/bin/prlimit")
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return config


def test_nobody_inside_is_root_or_can_become_it(tmp_path: Path) -> None:
    config = bundle(tmp_path, SandboxCommand(argv=("/bin/true",), cwd="/"))
    process, linux = config["process"], config["linux"]
    assert process["user"] == {"uid": 1000, "gid": 1000}
    assert process["noNewPrivileges"]
    assert set(map(tuple, process["capabilities"].values())) == {()}
    assert {one["hostID"] for one in linux["uidMappings"]} == {60_578, 60_579}
    kinds = {one["type"] for one in linux["namespaces"]}
    assert kinds == {"pid", "network", "ipc", "uts", "mount", "user", "cgroup"}
    assert config["root"]["readonly"]


def test_only_what_may_be_written_can_be(tmp_path: Path) -> None:
    given, kept, copied = (tmp_path / name for name in ("given", "kept", "copied"))
    for folder in (given, kept, copied):
        folder.mkdir()
    (tmp_path / "bundle").mkdir()
    command = SandboxCommand(
        argv=("/bin/true",),
        cwd="/",
        mounts=(
            Mount(host=given, inside="/given"),
            Mount(host=kept, inside="/kept", access=Access.WRITE),
            Mount(host=copied, inside="/copied", access=Access.OVERLAY),
        ),
        limits=Limits(scratch_bytes=32 << 20),
    )
    mounts = {one["destination"]: one for one in bundle(tmp_path / "bundle", command)["mounts"]}
    writable = [
        place
        for place, one in mounts.items()
        if one["type"] == "bind" and "ro" not in one["options"]
    ]
    assert writable == ["/kept"]
    assert mounts["/.countermine/overlay/0"]["source"] == str(copied)
    assert mounts["/copied"]["type"] == "tmpfs"
    sizes = [
        int(option.removeprefix("size="))
        for place in ("/tmp", "/dev/shm", "/copied")
        for option in mounts[place]["options"]
        if option.startswith("size=")
    ]
    assert sum(sizes) <= 32 << 20


def test_the_filter_refuses_what_the_other_one_does(tmp_path: Path) -> None:
    filtered = bundle(tmp_path, SandboxCommand(argv=("/bin/true",), cwd="/"))["linux"]["seccomp"]
    refused = {name for one in filtered["syscalls"] if "args" not in one for name in one["names"]}
    assert {"ptrace", "keyctl", "mount", "bpf", "io_uring_setup", "memfd_create"} <= refused
    assert filtered["defaultAction"] == "SCMP_ACT_ALLOW"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (SandboxCommand(argv=("/bin/a\0b",)), "NUL"),
        (SandboxCommand(argv=("/bin/true",), env={"A=B": "c"}), "NUL"),
        (SandboxCommand(argv=("/bin/true",), network=Network.INDEX), "no way to the package index"),
    ],
)
def test_what_it_cannot_give_is_refused(command: SandboxCommand, reason: str) -> None:
    box = ContainerSandbox(
        runtime=Runtime(name="container", path="/nonexistent/runc"),
        prlimit="/usr/bin/prlimit",
        identity=Identity(uid=60_578, gid=60_578),
    )
    with pytest.raises(SandboxUnavailableError, match=reason):
        box.run(command)
