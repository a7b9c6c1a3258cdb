import hashlib
from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.target.network import download, get_page, make_pool, without_credentials
from countermine.testing.package_index import served


def test_a_download_is_written_and_digested(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    with served(tmp_path) as url:
        got = download(make_pool(), f"{url}a", tmp_path / "out", 1000)
    assert got == hashlib.sha256(b"x" * 1000).hexdigest()
    assert (tmp_path / "out").read_bytes() == b"x" * 1000


def test_a_download_above_the_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1001)
    with served(tmp_path) as url, pytest.raises(BadTargetError, match="bound of 1,000 bytes"):
        download(make_pool(), f"{url}a", tmp_path / "out", 1000)
    with pytest.raises(BadTargetError, match="bound of 1,000 bytes"):
        download(make_pool(), (tmp_path / "a").as_uri(), tmp_path / "out", 1000)


def test_a_download_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with served(tmp_path) as url, pytest.raises(EnvironmentLacksError, match="answers 404"):
        download(make_pool(), f"{url}gone", tmp_path / "out", 1000)
    with pytest.raises(EnvironmentLacksError, match="No such file"):
        download(make_pool(), (tmp_path / "gone").as_uri(), tmp_path / "out", 1000)


def test_a_page_that_is_not_there_is_none(tmp_path: Path) -> None:
    with served(tmp_path) as url:
        assert get_page(make_pool(), f"{url}gone/", "text/html") is None
    assert get_page(make_pool(), (tmp_path / "gone").as_uri(), "text/html") is None


def test_a_proxy_is_gone_through(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacksError, match=r"example\.org does not answer"):
        get_page(make_pool("http://u:p@127.0.0.1:9"), "http://example.org/", "text/html")
    assert not list(tmp_path.iterdir())


def test_credentials_and_queries_are_not_shown() -> None:
    assert without_credentials("https://u:p@example.org/a?token=1") == "https://example.org/a"
