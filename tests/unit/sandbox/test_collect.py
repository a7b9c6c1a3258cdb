import os
from pathlib import Path

import pytest

from countermine.sandbox.collect import Uncollected, collect


def reason(folder: Path, name: str, max_bytes: int = 100) -> str:
    found = collect(folder, name, max_bytes=max_bytes)
    assert isinstance(found, Uncollected), found
    return found.reason


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "result").write_bytes(b"x" * 100)
    assert collect(tmp_path, "a/result", max_bytes=100) == b"x" * 100


def test_a_file_past_the_bound_is_refused_not_cut(tmp_path: Path) -> None:
    (tmp_path / "result").write_bytes(b"x" * 101)
    assert reason(tmp_path, "result") == "'result' is larger than 100 bytes"


def test_links_are_not_followed_at_any_place(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_text("canary")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").symlink_to(secret / "file")
    (folder / "sub").symlink_to(secret)
    assert "cannot be opened" in reason(folder, "file")
    assert "cannot be opened" in reason(folder, "sub/file")


def test_a_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "result")
    assert reason(tmp_path, "result") == "'result' is not a regular file"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "", "."])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert "does not name a file" in reason(tmp_path, name)


def test_a_missing_file_and_a_folder_are_no_results(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert reason(tmp_path, "absent") == "'absent' cannot be opened: No such file or directory"
    assert reason(tmp_path, "folder") == "'folder' is not a regular file"
