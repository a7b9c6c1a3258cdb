import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.target.state import (
    clean,
    fill_slot,
    find_slot,
    shared_folder,
    turn,
    usage,
)


def fill_in_child(state: Path, key: str, size: int = 1) -> None:
    """Fill a slot in a process that ends, so that nobody holds it any more."""
    code = (
        "import sys; from pathlib import Path; from countermine.target.state import fill_slot\n"
        "def fill(folder):\n"
        "    (folder / 'content').write_bytes(b'x' * int(sys.argv[3]))\n"
        "    return {}\n"
        "fill_slot(Path(sys.argv[1]), 'releases', sys.argv[2], fill)"
    )
    subprocess.run([sys.executable, "-c", code, str(state), key, str(size)], check=True)


def test_a_slot_is_filled_once(tmp_path: Path) -> None:
    calls: list[Path] = []

    def fill(folder: Path) -> Mapping[str, str]:
        calls.append(folder)
        (folder / "content").write_text("x")
        return {"what": "x"}

    first = fill_slot(tmp_path, "releases", "a-1", fill)
    second = fill_slot(tmp_path, "releases", "a-1", fill)
    assert first == second
    assert len(calls) == 1
    assert first.folder == tmp_path / "releases/a-1"
    assert (first.folder / "content").read_text() == "x"
    assert first.facts == {"what": "x"}


def test_a_slot_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert find_slot(tmp_path / "nowhere", "releases", "a") is None
    assert not (tmp_path / "nowhere").exists()


def test_a_failed_filling_leaves_nothing(tmp_path: Path) -> None:
    def fill(folder: Path) -> Mapping[str, str]:
        (folder / "half").write_text("x")
        message = "no"
        raise BadTargetError(message)

    with pytest.raises(BadTargetError):
        fill_slot(tmp_path, "releases", "a", fill)
    assert list((tmp_path / "releases").iterdir()) == []
    assert find_slot(tmp_path, "releases", "a") is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EDQUOT, "no space left"),
        (errno.EROFS, "cannot be written"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_trouble_with_the_disk_is_one_line(tmp_path: Path, number: int, said: str) -> None:
    def fill(folder: Path) -> Mapping[str, str]:
        raise OSError(number, os.strerror(number), str(folder / "x\ny"))

    with pytest.raises(EnvironmentLacksError, match=said) as caught:
        fill_slot(tmp_path, "releases", "a", fill)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_told_for_real(tmp_path: Path) -> None:
    def fill(_: Path) -> Mapping[str, str]:
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")
        return {}

    with pytest.raises(EnvironmentLacksError, match="no space left"):
        fill_slot(tmp_path, "releases", "a", fill)


def test_a_state_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(EnvironmentLacksError, match=r"Not a directory|File exists"):
        fill_slot(tmp_path / "state", "releases", "a", lambda _: {})


def test_a_read_only_state_folder_is_one_line_and_still_serves() -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from countermine.core.errors import EnvironmentLacksError\n"
        "from countermine.target.state import fill_slot, find_slot\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "state = Path(sys.argv[1])\n"
        "print(find_slot(state, 'releases', 'a').facts)\n"
        "try: fill_slot(state, 'releases', 'b', lambda folder: {})\n"
        "except EnvironmentLacksError as error: print(error)"
    )
    with tempfile.TemporaryDirectory() as name:
        state = Path(name) / "state"
        fill_in_child(state, "a")
        for folder in (Path(name), state, state / "releases", state / "locks"):
            folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", code, str(state)], capture_output=True, text=True, check=True
        )
        for folder in (Path(name), state, state / "releases", state / "locks"):
            folder.chmod(0o755)
    first, second = done.stdout.splitlines()
    assert first == "{}"
    assert second.startswith("the state folder")
    assert "cannot be written" in second


def test_a_damaged_slot_is_made_anew(tmp_path: Path) -> None:
    fill_slot(tmp_path, "releases", "a", lambda _: {"try": "1"})
    (tmp_path / "releases/a/slot.json").unlink()
    assert fill_slot(tmp_path, "releases", "a", lambda _: {"try": "2"}).facts == {"try": "2"}


def test_two_processes_fill_a_slot_once(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from countermine.target.state import fill_slot\n"
        "def fill(folder):\n"
        "    time.sleep(0.3)\n"
        "    return {'by': str(os.getpid())}\n"
        "print(fill_slot(Path(sys.argv[1]), 'releases', 'a', fill).facts['by'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {child.communicate()[0] for child in children}
    assert len(said) == 1


def test_usage_counts_what_lies_on_the_disk(tmp_path: Path) -> None:
    fill_in_child(tmp_path, "small", 10)
    fill_in_child(tmp_path, "large", 1_000_000)
    slots = {slot.key: slot for slot in usage(tmp_path).slots}
    assert slots["large"].size_bytes > slots["small"].size_bytes
    assert usage(tmp_path).size_bytes >= 1_000_000
    assert usage(tmp_path / "nowhere").slots == ()


def test_the_least_recently_used_slots_go_first(tmp_path: Path) -> None:
    for age, key in enumerate(["old", "middle", "new"]):
        fill_in_child(tmp_path, key, 100_000)
        os.utime(tmp_path / f"releases/{key}/used", ns=(age * 10**9, age * 10**9))
    removed = clean(tmp_path, keep_bytes=150_000)
    assert [slot.key for slot in removed.slots] == ["old", "middle"]
    assert [slot.key for slot in usage(tmp_path).slots] == ["new"]


def test_using_a_slot_makes_it_recent(tmp_path: Path) -> None:
    fill_in_child(tmp_path, "a")
    os.utime(tmp_path / "releases/a/used", ns=(0, 0))
    fill_in_child(tmp_path, "a")
    assert usage(tmp_path).slots[0].used_ns > 0


def test_nothing_is_removed_below_the_bound(tmp_path: Path) -> None:
    fill_in_child(tmp_path, "a", 10)
    assert clean(tmp_path, keep_bytes=1 << 20).slots == ()


def test_a_slot_in_use_stays(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from countermine.target.state import find_slot\n"
        "find_slot(Path(sys.argv[1]), 'releases', 'used'); print('held', flush=True)\n"
        "sys.stdin.read()"
    )
    fill_in_child(tmp_path, "used")
    fill_in_child(tmp_path, "free")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert [slot.key for slot in clean(tmp_path).slots] == ["free"]
        child.kill()
    assert [slot.key for slot in clean(tmp_path).slots] == ["used"]


def test_what_a_killed_process_left_goes_first(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from countermine.target.state import fill_slot\n"
        "fill_slot(Path(sys.argv[1]), 'releases', 'a',"
        " lambda folder: os.kill(os.getpid(), signal.SIGKILL))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert find_slot(tmp_path, "releases", "a") is None
    fill_in_child(tmp_path, "b")
    removed = clean(tmp_path, keep_bytes=1 << 30)
    assert [slot.key.partition(".")[0] for slot in removed.slots] == ["a"]
    assert [slot.key for slot in usage(tmp_path).slots] == ["b"]


def test_a_shared_folder_counts_as_used(tmp_path: Path) -> None:
    folder = shared_folder(tmp_path, "packages", "uv")
    (folder / "wheel").write_bytes(bytes(10_000))
    assert [(slot.area, slot.key) for slot in usage(tmp_path).slots] == [("packages", "uv")]
    assert clean(tmp_path).slots == ()


def test_where_there_are_no_locks_slots_are_filled_all_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from pathlib import Path; from countermine.target.state import clean, fill_slot\n"
        "state = Path(sys.argv[1])\n"
        "print(fill_slot(state, 'releases', 'a', lambda folder: {'x': 'y'}).facts)\n"
        "print([slot.key for slot in clean(state).slots])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["{'x': 'y'}", "['a']"]


def test_turns_are_taken_one_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def visit(number: int) -> None:
        with turn(tmp_path, "one"):
            inside.append(number)
            time.sleep(0.02)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(visit, range(6)))
    assert most == [1] * 6
