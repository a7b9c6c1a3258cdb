import contextlib
import io
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.core.errors import BadTargetError
from countermine.target.archives import Bounds, unpack
from countermine.target.fetched import LeftOut, read_left_out, show_left_out


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def member(
    name: str, content: bytes = b"x = 1\n", kind: bytes = tarfile.REGTYPE, mode: int = 0o644
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.mode = mode
    if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE}:
        info.linkname = content.decode()
        content = b""
    return info, content


def unpacked(archive: Path, bounds: Bounds | None = None) -> tuple[dict[str, bytes], list[LeftOut]]:
    into = archive.parent / "tree"
    into.mkdir()
    left_out = unpack(archive, into, bounds)
    files = {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()}
    return files, list(left_out)


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_plain_files_of_a_tar_are_unpacked(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.tar.{suffix}"
    with tarfile.open(path, f"w:{suffix}") as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo("p/m.py")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    assert unpacked(path) == ({"p/m.py": b"x"}, [])


def test_plain_files_of_a_zip_are_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("p/", "")
        archive.writestr("p/m.py", "x")
    assert unpacked(tmp_path / "a.whl") == ({"p/m.py": b"x"}, [])


def test_only_the_executable_bit_of_a_mode_is_kept(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("run", mode=0o4777), member("read", mode=0o600))
    unpacked(path)
    assert stat.S_IMODE((tmp_path / "tree/run").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "tree/read").stat().st_mode) == 0o644


def test_links_and_devices_are_left_out_and_named(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "a.tar.gz",
        member("p/a.py"),
        member("p/link.py", b"/etc/passwd", tarfile.SYMTYPE),
        member("p/hard.py", b"p/a.py", tarfile.LNKTYPE),
        member("p/fifo", b"", tarfile.FIFOTYPE),
        member("p/device", b"", tarfile.CHRTYPE),
    )
    files, left_out = unpacked(path)
    assert list(files) == ["p/a.py"]
    assert [(out.path, out.reason) for out in left_out] == [
        ("p/device", "a device or fifo"),
        ("p/fifo", "a device or fifo"),
        ("p/hard.py", "a link"),
        ("p/link.py", "a link"),
    ]


def test_a_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link.py")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert unpacked(tmp_path / "a.zip") == ({}, [LeftOut(path="link.py", reason="a link")])


@pytest.mark.parametrize("name", ["../evil.py", "p/../../evil.py", "/evil.py", "p/.."])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tar(tmp_path / "a.tar.gz", member("p/a.py"), member(name))
    with pytest.raises(BadTargetError, match="leaves the folder"):
        unpacked(path)
    assert not (tmp_path / "evil.py").exists()


def test_a_file_is_never_written_through_a_link(tmp_path: Path) -> None:
    # A link first, then a file below it: CVE-2007-4559 and its kin.
    path = tar(
        tmp_path / "a.tar.gz",
        member("p", str(tmp_path).encode(), tarfile.SYMTYPE),
        member("p/evil.py"),
    )
    files, _ = unpacked(path)
    assert list(files) == ["p/evil.py"]
    assert not (tmp_path / "evil.py").exists()


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("zeros", bytes(1_000_000)))
    with pytest.raises(BadTargetError, match="more than 10 times its size"):
        unpacked(path, Bounds(ratio=10, ratio_free_bytes=1000))


def test_more_bytes_than_the_bound_are_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("a", bytes(600)), member("b", bytes(600)))
    with pytest.raises(BadTargetError, match="more than the bound"):
        unpacked(path, Bounds(unpacked_bytes=1000))


def test_more_members_than_the_bound_are_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("a"), member("b"), member("c"))
    with pytest.raises(BadTargetError, match="more than 2 members"):
        unpacked(path, Bounds(members=2))


def test_a_size_that_a_zip_lies_about_does_not_count(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(5000))
    data = bytearray((tmp_path / "a.zip").read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(BadTargetError, match=r"a\.zip"):
        unpacked(tmp_path / "a.zip")


def test_one_path_as_file_and_folder_is_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("p"), member("p/a.py"))
    with pytest.raises(BadTargetError, match="both as a file and as a folder"):
        unpacked(path)


def test_a_name_that_no_disk_takes_is_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("x" * 300))
    with pytest.raises(BadTargetError, match="cannot store"):
        unpacked(path)


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip", "a.tar.xz", "a.whl", "a.exe"])
def test_what_is_no_archive_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"MZ this is none")
    with pytest.raises(BadTargetError, match="a\\."):
        unpacked(tmp_path / name)


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", member("a", bytes(range(256)) * 400))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadTargetError, match="broken"):
        unpacked(path)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", "x")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(BadTargetError, match="cannot be unpacked"):
        unpacked(tmp_path / "a.zip")


@given(st.lists(st.text(min_size=1, max_size=8), max_size=4))
@settings(max_examples=60)
def test_whatever_the_names_nothing_is_written_outside(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tar.gz"
        tar(path, *(member(name.replace("\0", "/../")) for name in names))
        (Path(folder) / "tree").mkdir()
        with contextlib.suppress(BadTargetError):
            unpack(path, Path(folder) / "tree")
        assert sorted(p.name for p in Path(folder).iterdir()) == ["a.tar.gz", "tree"]


def test_what_was_left_out_survives_being_noted() -> None:
    left_out = (LeftOut(path="a\n\udc80", reason="a link"), LeftOut(path="b", reason="a link"))
    assert read_left_out(show_left_out(left_out)) == left_out
