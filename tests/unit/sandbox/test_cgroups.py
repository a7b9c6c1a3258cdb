"""Which control groups are found, made, and taken back."""

from pathlib import Path

import pytest

from countermine.ports.sandbox import Limits
from countermine.sandbox.cgroups import Groups, Place, own_places

LIMITS = Limits(memory_bytes=1 << 20, processes=7)


def machine(root: Path, mounts: str, own: str) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mountinfo").write_text(mounts)
    (root / "proc/self/cgroup").write_text(own)
    return root


def test_the_own_groups_of_version_1_are_found(tmp_path: Path) -> None:
    mounts = (
        "20 1 8:1 / / rw - ext4 /dev/vda rw\n"
        "31 30 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
        "32 30 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
        "33 30 0:28 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
    )
    found = own_places(machine(tmp_path, mounts, "9:pids:/\n8:memory:/job/one\n7:cpu:/\n"))
    assert [(place.folder, place.version) for place in found] == [
        (tmp_path / "sys/fs/cgroup/memory/job/one", 1),
        (tmp_path / "sys/fs/cgroup/pids", 1),
    ]


def test_version_2_counts_by_what_is_handed_down(tmp_path: Path) -> None:
    mounts = "31 30 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    root = machine(tmp_path, mounts, "0::/user/scope\n")
    own = root / "sys/fs/cgroup/user/scope"
    own.mkdir(parents=True)
    (own / "cgroup.subtree_control").write_text("memory pids\n")
    (place,) = own_places(root)
    assert (place.version, place.controllers) == (2, {"memory", "pids"})


@pytest.mark.parametrize("own", ["0::/../other\n", "5:cpu:/\n", ""])
def test_a_group_that_is_not_below_what_is_mounted_is_left_alone(tmp_path: Path, own: str) -> None:
    mounts = "31 30 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    assert own_places(machine(tmp_path, mounts, own)) == ()


def test_without_a_group_watching_holds(tmp_path: Path) -> None:
    absent = Place(folder=tmp_path / "absent", version=1, controllers=frozenset({"memory"}))
    groups = Groups.make(LIMITS, (absent,))
    assert groups.said() == "memory by watching, processes by RLIMIT_NPROC"
    assert not groups.memory_passed()
    groups.close()


def test_a_group_that_does_not_take_the_bound_holds_nothing(tmp_path: Path) -> None:
    # An ordinary folder has no files of a controller.
    place = Place(folder=tmp_path, version=1, controllers=frozenset({"memory", "pids"}))
    groups = Groups.make(LIMITS, (place,))
    assert groups.said() == "memory by watching, processes by RLIMIT_NPROC"
    groups.close()
    assert list(tmp_path.iterdir()) == []


def test_groups_that_a_killed_program_left_are_removed(tmp_path: Path) -> None:
    (tmp_path / "countermine-99999999-0").mkdir()
    place = Place(folder=tmp_path, version=1, controllers=frozenset({"pids"}))
    Groups.make(LIMITS, (place,)).close()
    assert list(tmp_path.iterdir()) == []
