import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.core.targets import TargetKind
from countermine.target.fetch_pypi import FetchedSource, fetch_release, fetch_source
from countermine.target.fetched import FetchedTree, IndexOptions
from countermine.target.open import OpenOptions, open_with_inventory
from countermine.target.spec import PypiSpec, parse_spec
from countermine.testing.package_index import FolderIndex, sdist, served, wheel


@pytest.fixture
def index(tmp_path: Path) -> FolderIndex:
    return FolderIndex(root=tmp_path / "index")


def fetched(index: FolderIndex, name: str, version: str) -> FetchedTree:
    spec = PypiSpec(name=name, version=version)
    return fetch_release(spec, index.root.parent / "state", IndexOptions(url=index.url))


def test_a_source_archive_is_preferred(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0-py3-none-any.whl", wheel({"thing.py": "wheel"}))
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"thing.py": "source"}))
    tree = fetched(index, "thing", "1.0")
    assert tree.root.name == "thing-1.0"
    assert (tree.root / "thing.py").read_text() == "source"
    assert tree.revision == "1.0"


def test_a_wheel_is_taken_where_there_is_no_source(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0-cp39-cp39-win32.whl", wheel({"thing.py": "windows"}))
    index.add("thing", "thing-1.0-py3-none-any.whl", wheel({"thing.py": "any"}))
    tree = fetched(index, "thing", "1.0")
    assert (tree.root / "thing.py").read_text() == "any"


def test_what_is_neither_is_not_taken(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0.win32.exe", b"MZ")
    index.add("thing", "thing-1.1.tar.gz", sdist("thing", "1.1", {"a.py": ""}))
    with pytest.raises(BadTargetError, match=r"no release thing==1\.0 that can be unpacked"):
        fetched(index, "thing", "1.0")


def test_the_upload_day_is_the_release_date(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"a.py": ""}), day="2021-06-24")
    assert fetched(index, "thing", "1.0").released == "2021-06-24"


def test_an_index_that_tells_no_day_leaves_it_open(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"a.py": ""}))
    assert fetched(index, "thing", "1.0").released is None


def test_versions_are_compared_as_versions(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"a.py": ""}))
    assert fetched(index, "thing", "1.0.0").revision == "1.0.0"


def test_an_unknown_version_names_the_nearest(index: FolderIndex) -> None:
    for minor in range(20):
        index.add("thing", f"thing-1.{minor}.tar.gz", sdist("thing", f"1.{minor}", {"a.py": ""}))
    with pytest.raises(BadTargetError) as caught:
        fetched(index, "thing", "1.7.5")
    assert str(caught.value).endswith("the nearest are 1.6, 1.7, 1.8, 1.9, 1.10")


def test_an_unknown_package_is_said_to_be_unknown(index: FolderIndex) -> None:
    index.root.mkdir()
    with pytest.raises(BadTargetError, match="there is no package 'nothing'"):
        fetched(index, "nothing", "1.0")


def test_a_version_that_is_none_is_a_bad_target(index: FolderIndex) -> None:
    with pytest.raises(BadTargetError, match="is not a version"):
        fetched(index, "thing", "latest")


def test_a_file_that_is_not_what_the_index_says_is_refused(index: FolderIndex) -> None:
    data = sdist("thing", "1.0", {"a.py": ""})
    index.add("thing", "thing-1.0.tar.gz", data, sha256="0" * 64)
    with pytest.raises(BadTargetError, match=hashlib.sha256(data).hexdigest()):
        fetched(index, "thing", "1.0")
    assert list((index.root.parent / "state/releases").iterdir()) == []


def test_a_release_is_fetched_once(index: FolderIndex) -> None:
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"a.py": ""}), day="2021-06-24")
    first = fetched(index, "thing", "1.0")
    (index.root / "thing/thing-1.0.tar.gz").unlink()
    (index.root / "thing/index.html").unlink()
    assert fetched(index, "thing", "1.0") == first


def test_nothing_of_the_package_runs(index: FolderIndex, tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')"
    files = {"setup.py": trap, "thing/__init__.py": trap, "conftest.py": trap}
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", files))
    fetched(index, "thing", "1.0")
    assert not (tmp_path / "ran").exists()


def test_a_second_index_is_asked_when_the_first_has_nothing(
    index: FolderIndex, tmp_path: Path
) -> None:
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"a.py": ""}))
    empty = tmp_path / "empty"
    empty.mkdir()
    options = IndexOptions(url=empty.as_uri(), extra_urls=(index.url,))
    spec = PypiSpec(name="thing", version="1.0")
    assert fetch_release(spec, tmp_path / "state", options).revision == "1.0"


def test_a_served_index_is_read(index: FolderIndex, tmp_path: Path) -> None:
    index.add("thing", "thing-1.0.tar.gz", sdist("thing", "1.0", {"a.py": "x"}))
    with served(index.root) as url:
        spec = PypiSpec(name="thing", version="1.0")
        tree = fetch_release(spec, tmp_path / "state", IndexOptions(url=url))
        with pytest.raises(BadTargetError, match="there is no package"):
            fetch_release(
                PypiSpec(name="gone", version="1"), tmp_path / "state", IndexOptions(url=url)
            )
    assert (tree.root / "a.py").read_text() == "x"


def test_credentials_of_an_index_are_shown_nowhere(tmp_path: Path) -> None:
    options = IndexOptions(url="http://user:hunter2@127.0.0.1:9/simple/")
    with pytest.raises(EnvironmentLacksError) as caught:
        fetch_release(PypiSpec(name="thing", version="1"), tmp_path, options)
    assert str(caught.value).startswith("127.0.0.1 does not answer")
    assert "hunter2" not in str(caught.value)


def test_no_network_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacksError, match="does not answer") as caught:
        fetch_release(
            PypiSpec(name="thing", version="1"),
            tmp_path,
            IndexOptions(url="http://127.0.0.1:9/simple/"),
        )
    assert "\n" not in str(caught.value)


def test_a_page_in_json_is_read_with_its_day(index: FolderIndex, tmp_path: Path) -> None:
    data = sdist("thing", "1.0", {"a.py": "x"})
    (index.root / "thing").mkdir(parents=True)
    (index.root / "thing/thing-1.0.tar.gz").write_bytes(data)
    page = {
        "meta": {"api-version": "1.1"},
        "name": "thing",
        "versions": ["1.0"],
        "files": [
            {
                "filename": "thing-1.0.tar.gz",
                "url": "thing-1.0.tar.gz",
                "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
                "size": len(data),
                "upload-time": "2020-02-03T04:05:06.000000Z",
            }
        ],
    }
    (index.root / "thing/index.html").write_text("<html></html>")
    (index.root / "thing.json").write_text(json.dumps(page))
    with served(index.root, {"/thing/": "thing.json"}) as url:
        tree = fetch_release(
            PypiSpec(name="thing", version="1.0"), tmp_path / "state", IndexOptions(url=url)
        )
    assert tree.released == "2020-02-03"


def test_what_of_an_archive_was_left_out_stands_in_the_record(index: FolderIndex) -> None:
    data = index.root.parent / "a.tar.gz"
    with tarfile.open(data, "w:gz") as archive:
        for name, kind in (("thing-1.0/link.py", tarfile.SYMTYPE), ("thing-1.0/a.py", b"0")):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    index.add("thing", "thing-1.0.tar.gz", data.read_bytes())
    target, inventory = open_with_inventory(
        parse_spec("pypi:thing==1.0"),
        OpenOptions(state=index.root.parent / "state", index=IndexOptions(url=index.url)),
    )
    assert (target.kind, target.name, target.revision) == (TargetKind.PYPI, "thing", "1.0")
    assert [(e.path, e.reason, e.expected) for e in inventory.skipped] == [
        ("link.py", "a link that was not unpacked", False)
    ]


def test_the_newest_source_as_of_a_day_is_found(index: FolderIndex, tmp_path: Path) -> None:
    for version, day in (("1.0", "2019-01-01"), ("1.5", "2020-01-01"), ("2.0", "2021-01-01")):
        index.add(
            "thing", f"thing-{version}.tar.gz", sdist("thing", version, {"a.py": ""}), day=day
        )
    options = IndexOptions(url=index.url)

    def version(until: str | None, folder: str) -> FetchedSource:
        return fetch_source("thing", None, until, tmp_path / folder, options)

    assert version("2020-06-01", "a").version == "1.5"
    assert version(None, "b").version == "2.0"
    assert version("2001-01-01", "c").version == "2.0"
    with pytest.raises(BadTargetError, match="no source archive"):
        fetch_source("other", None, None, tmp_path / "d", options)


@pytest.mark.online
def test_a_release_of_the_public_index_is_fetched(tmp_path: Path) -> None:
    tree = fetch_release(PypiSpec(name="iniconfig", version="1.1.1"), tmp_path, IndexOptions())
    assert (tree.root / "src/iniconfig/__init__.py").is_file()
    assert (tree.released or "").startswith("2020-10-")
    with pytest.raises(BadTargetError, match=r"the nearest are 1\.1\.0, 1\.1\.1, 2\.0\.0"):
        fetch_release(PypiSpec(name="iniconfig", version="1.1.2"), tmp_path, IndexOptions())
