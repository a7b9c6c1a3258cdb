"""What is kept in the state folder is whole or not there, and never in anybody's way."""

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from countermine.target.memory import AREA, FolderMemory
from countermine.target.state import clean, usage

KEEP = (
    "import sys; from pathlib import Path; from countermine.target.memory import FolderMemory\n"
    "memory = FolderMemory(Path(sys.argv[1]))\n"
    "for n in range(200):\n"
    "    memory.put('same', sys.argv[2].encode() * 10_000)\n"
    "    found = memory.get('same')\n"
    "    assert found is not None and len(set(found)) == 1 and len(found) == 10_000\n"
    "assert not memory.fault, memory.fault\n"
)


def kept(state: Path) -> list[Path]:
    return sorted(p for p in (state / AREA / "v1").iterdir() if p.name != "used")


def test_what_is_kept_is_given_back(tmp_path: Path) -> None:
    FolderMemory(tmp_path).put("unit-1", b"one")
    memory = FolderMemory(tmp_path)
    assert (memory.get("unit-1"), memory.get("unit-2")) == (b"one", None)
    memory.put("unit-1", b"other")
    assert FolderMemory(tmp_path).get("unit-1") == b"other"


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "longer", "of another name", "link"])
def test_what_is_harmed_is_not_there_and_goes(tmp_path: Path, harm: str) -> None:
    memory = FolderMemory(tmp_path)
    memory.put("unit-1", b"one" * 1000)
    (place,) = kept(tmp_path)
    data = place.read_bytes()
    if harm == "link":
        place.rename(tmp_path / "elsewhere")
        place.symlink_to(tmp_path / "elsewhere")
        assert memory.get("unit-1") is None
        return
    flipped = data[:30] + bytes([data[30] ^ 1]) + data[31:]
    of_another = FolderMemory(tmp_path / "second")
    of_another.put("unit-2", b"one" * 1000)
    (other,) = kept(tmp_path / "second")
    place.write_bytes(
        {
            "empty": b"",
            "cut": data[:-3],
            "flipped": flipped,
            "longer": data + b"x",
            "of another name": other.read_bytes(),
        }[harm]
    )
    assert memory.get("unit-1") is None
    assert not place.exists()
    memory.put("unit-1", b"two")
    assert memory.get("unit-1") == b"two"


def test_two_processes_may_keep_the_same_at_once(tmp_path: Path) -> None:
    def run(letter: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", KEEP, str(tmp_path), letter], check=False
        ).returncode

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, "ab")) == [0, 0]
    assert [path.name for path in kept(tmp_path)] == ["same"]


def test_the_least_recently_used_goes_beyond_the_bound(tmp_path: Path) -> None:
    memory = FolderMemory(tmp_path, most_bytes=10_000)
    for number in range(10):
        memory.put(f"unit-{number}", os.urandom(1500))
        if kept(tmp_path):
            os.utime(kept(tmp_path)[-1], ns=(number, number))
        memory.get("unit-0")
    names = [path.name for path in kept(tmp_path)]
    assert {"unit-0", "unit-9"} <= set(names)
    assert sum(path.stat().st_size for path in kept(tmp_path)) <= 10_000


def test_a_place_that_cannot_be_written_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    memory = FolderMemory(tmp_path / "state")
    memory.put("unit-1", b"one")
    assert memory.get("unit-1") is None
    assert "state" in memory.fault


def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    memory = FolderMemory(tmp_path)
    memory.put("unit-1", b"one")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        memory.put("unit-2", os.urandom(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert os.strerror(errno.EFBIG) in memory.fault
    assert [path.name for path in kept(tmp_path)] == ["unit-1"]
    assert memory.get("unit-1") == b"one"


def test_clean_removes_what_no_process_uses(tmp_path: Path) -> None:
    code = KEEP.replace("200", "1")
    subprocess.run([sys.executable, "-c", code, str(tmp_path), "a"], check=True)
    (slot,) = usage(tmp_path).slots
    assert (slot.area, slot.key) == ("answers", "v1")
    assert len(clean(tmp_path).slots) == 1
    assert usage(tmp_path).slots == ()
    memory = FolderMemory(tmp_path)
    assert memory.get("same") is None
    memory.put("same", b"x")
    assert clean(tmp_path).slots == ()
    assert memory.get("same") == b"x"
