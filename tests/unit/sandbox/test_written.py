"""What a run adds to folders of the host, as counted while it goes on."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from countermine.ports.sandbox import Bound
from countermine.sandbox.trees import MAX_DEPTH
from countermine.sandbox.written import WrittenMeter

KB = 1024


@contextmanager
def watching(folder: Path, bound_bytes: int) -> Iterator[WrittenMeter]:
    (folder / "before").write_bytes(b"x" * 512 * KB)
    since_ns = (folder / "before").stat().st_ctime_ns
    meter = WrittenMeter(folders=(folder,), bound_bytes=bound_bytes, since_ns=since_ns)
    try:
        meter.begin()
        yield meter
    finally:
        meter.close()


def passed(meter: WrittenMeter) -> Bound | None:
    """Return the bound that is told within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        bound = meter.check(None)
        if bound is not None:
            return bound
        time.sleep(0.01)
    return None


def test_a_bound_that_is_passed_is_told_while_the_run_goes_on(tmp_path: Path) -> None:
    with watching(tmp_path, 256 * KB) as meter:
        assert meter.check(None) is None
        time.sleep(0.01)  # so that the clock of the file system has gone on
        (tmp_path / "added").write_bytes(os.urandom(900 * KB))
        os.sync()
        assert passed(meter) is Bound.SCRATCH
        assert meter.settle() is Bound.SCRATCH


def test_what_was_there_before_does_not_count(tmp_path: Path) -> None:
    with watching(tmp_path, 256 * KB) as meter:
        assert meter.settle() is None


def test_an_end_does_not_wait_for_a_look_that_is_going_on(tmp_path: Path) -> None:
    for number in range(20_000):
        (tmp_path / str(number)).touch()
    with watching(tmp_path, 1) as meter:
        (tmp_path / "added").write_bytes(os.urandom(64 * KB))
        os.sync()
        meter.check(None)
        started = time.monotonic()
        meter.close()
        assert time.monotonic() - started < 2


def test_folders_nested_too_deep_are_cleared_at_the_end(tmp_path: Path) -> None:
    with watching(tmp_path, 1 << 30) as meter:
        here = os.open(".", os.O_RDONLY)
        os.chdir(tmp_path)
        try:
            for _ in range(MAX_DEPTH + 2):
                Path("a").mkdir()
                os.chdir("a")
        finally:
            os.fchdir(here)
            os.close(here)
        assert meter.settle() is Bound.SCRATCH
        assert list(tmp_path.iterdir()) == []


def test_trouble_of_a_look_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with watching(tmp_path, 1) as meter:
        (tmp_path / "added").write_bytes(os.urandom(64 * KB))
        os.sync()
        monkeypatch.setattr(os, "scandir", _broken)
        with pytest.raises(OSError, match="broken"):
            passed(meter)


def _broken(place: int) -> Iterator[os.DirEntry[str]]:
    raise OSError(5, f"broken {place}")
