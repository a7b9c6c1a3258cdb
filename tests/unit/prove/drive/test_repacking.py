"""Archives are packed anew with other names, the same every time."""

import io
import tarfile
import zipfile

import pytest

from countermine.prove.drive.archives import (
    LEGITIMATE,
    MEMBER,
    as_text,
    gzipped,
    tar,
    tar_of_link,
    tar_through_link,
    zipped,
)
from countermine.prove.drive.repacking import IN_FOLDER, is_archive, repacked, with_folder

NAMES = (LEGITIMATE, f"../{MEMBER}")
PACKED = {
    "tar": as_text(tar(NAMES)),
    "tar.gz": as_text(tar(NAMES, compression="gz")),
    "zip": as_text(zipped(NAMES)),
}


def names(text: str) -> list[str]:
    stream = io.BytesIO(text.encode("latin-1"))
    if text.startswith("PK"):
        return zipfile.ZipFile(stream).namelist()
    with tarfile.open(fileobj=stream) as archive:
        return archive.getnames()


@pytest.mark.parametrize("kind", PACKED)
def test_only_members_that_lead_out_are_renamed(kind: str) -> None:
    made = repacked(PACKED[kind], lambda name: f"{name}.png")
    assert made is not None
    assert names(made) == [LEGITIMATE, f"../{MEMBER}.png"]
    assert made == repacked(PACKED[kind], lambda name: f"{name}.png")
    assert repacked(PACKED[kind], str) == PACKED[kind]


@pytest.mark.parametrize("kind", PACKED)
def test_a_folder_is_added(kind: str) -> None:
    made = with_folder(PACKED[kind])
    assert made is not None
    assert [name.rstrip("/") for name in names(made)[2:]] == [IN_FOLDER, f"{IN_FOLDER}/inside.txt"]


@pytest.mark.parametrize("archive", [tar_through_link(), tar_of_link(hard=True)])
def test_links_stay_links(archive: bytes) -> None:
    made = repacked(as_text(archive), lambda name: f"a/{name}")
    assert made is not None
    with tarfile.open(fileobj=io.BytesIO(made.encode("latin-1"))) as packed:
        (link,) = [one for one in packed.getmembers() if one.issym() or one.islnk()]
    assert link.name.startswith("a/cm-link")


@pytest.mark.parametrize(
    "text",
    ["", "../x", "PK", "PK\x03\x04 is no archive", "\x1f\x8bneither", as_text(gzipped(b"x"))],
)
def test_what_is_no_archive_is_not_packed(text: str) -> None:
    assert repacked(text, str.upper) is None
    assert with_folder(text) is None


def test_text_that_no_bytes_hold_is_no_archive() -> None:
    assert not is_archive("\u20acuro")
