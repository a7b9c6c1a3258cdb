from pathlib import Path

import pytest

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Access, Mount
from countermine.sandbox.places import checked


def test_outer_places_come_before_inner_ones_and_equal_mounts_once(tmp_path: Path) -> None:
    inner = Mount(host=tmp_path, inside="/a/b")
    outer = Mount(host=tmp_path, inside="/a")
    beside = Mount(host=tmp_path, inside="/a-b")
    found = checked([inner, beside, outer, outer], None)
    assert [mount.inside for mount in found] == ["/a", "/a/b", "/a-b"]


def test_links_to_a_mounted_folder_are_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (mount,) = checked([Mount(host=tmp_path / "link", inside="/a")], None)
    assert mount.host == (tmp_path / "real").resolve()


@pytest.mark.parametrize("host", ["/", "/home", "/etc", "/proc", "/var"])
def test_folders_that_show_too_much_are_refused(host: str) -> None:
    if not Path(host).exists():
        host = "/"
    with pytest.raises(SandboxUnavailableError, match="is never shown to the sandbox"):
        checked([Mount(host=Path(host), inside="/a")], None)


def test_a_home_is_refused_also_by_way_of_a_link_and_what_is_below_is_not(tmp_path: Path) -> None:
    home = tmp_path.resolve() / "home"
    (home / "project").mkdir(parents=True)
    (tmp_path / "link").symlink_to(home)
    with pytest.raises(SandboxUnavailableError, match="never shown"):
        checked([Mount(host=tmp_path / "link", inside="/a")], str(home))
    assert checked([Mount(host=home / "project", inside="/a")], str(home))


@pytest.mark.parametrize(
    "inside", ["a", "/a/../b", "/a/", "/", "/proc", "/proc/x", "/dev", "/sys", "/.countermine/x"]
)
def test_places_that_are_not_free_are_refused(tmp_path: Path, inside: str) -> None:
    with pytest.raises(SandboxUnavailableError, match="mount place"):
        checked([Mount(host=tmp_path, inside=inside)], None)


def test_two_different_mounts_at_one_place_are_refused(tmp_path: Path) -> None:
    mounts = [
        Mount(host=tmp_path, inside="/a"),
        Mount(host=tmp_path, inside="/a", access=Access.WRITE),
    ]
    with pytest.raises(SandboxUnavailableError, match="two mounts at '/a'"):
        checked(mounts, None)


def test_a_file_cannot_be_overlaid_and_a_loop_cannot_be_mounted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    overlay = Mount(host=tmp_path / "file", inside="/a", access=Access.OVERLAY)
    with pytest.raises(SandboxUnavailableError, match="only a folder can be"):
        checked([overlay], None)
    with pytest.raises(SandboxUnavailableError, match="cannot mount"):
        checked([Mount(host=tmp_path / "loop", inside="/a")], None)
