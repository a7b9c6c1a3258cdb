"""What a run was asked is known from its first moment on."""

import stat
from pathlib import Path

import pytest

from countermine.core.errors import CountermineError
from countermine.core.levels import Severity
from countermine.loop.asked import note_request, noted_request
from countermine.loop.folder import RunFolder, begin
from countermine.loop.records import RunRequest

RUN = "20260131-120000-0000"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return begin(tmp_path, RUN)


def test_what_was_asked_comes_back(folder: RunFolder) -> None:
    request = RunRequest(
        run=RUN,
        version="1",
        target="/srv/caf\udce9",
        typed="./caf\udce9",
        started="2026-01-31T12:00:00Z",
        only=("sql-injection",),
        fail_on=Severity.HIGH,
    )
    note_request(folder, request)
    assert noted_request(folder) == request
    assert stat.S_IMODE(folder.request.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [None, "", '{"run": "x"', "{}"])
def test_a_run_without_a_note_is_to_be_begun_anew(folder: RunFolder, content: str | None) -> None:
    if content is not None:
        folder.request.write_text(content)
    with pytest.raises(CountermineError, match=f"run {RUN} .* begin a new run"):
        noted_request(folder)
