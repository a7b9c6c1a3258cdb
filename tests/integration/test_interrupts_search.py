"""A signal ends a search that runs in several processes, at once, and none of them is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from countermine.flow.bounds import Bounds

AT_ONCE_S = 15
WITH_ITS_WORKERS = 3
FLAW = "def f{n}(a):\n    os.system(a)\n\n\n"


@pytest.fixture
def large(tree: Path) -> Path:
    """Enough for two units of work, each of which takes longer than a test may."""
    flaws = "import os\n\n\n" + "".join(FLAW.format(n=n) for n in range(4000))
    text = flaws + "# padding\n" * (
        (Bounds().unit_bytes // 6 - len(flaws)) // len("# padding\n") + 1
    )
    for number in range(12):
        (tree / f"part{number}.py").write_text(text)
    return tree


def children(group: int) -> int:
    """The number of processes of a group that are left."""
    listed = subprocess.run(["ps", "-eo", "pgid="], capture_output=True, text=True, check=True)
    return listed.stdout.split().count(str(group))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_search_in_several_processes_at_once(
    large: Path, state: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "countermine", "find", str(large), "--jobs", "2"],
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        process_group=0,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as search:
        deadline = time.monotonic() + AT_ONCE_S * 4
        while children(search.pid) < WITH_ITS_WORKERS and time.monotonic() < deadline:
            time.sleep(0.1)
        assert children(search.pid) == WITH_ITS_WORKERS
        os.kill(search.pid, number)
        try:
            assert search.wait(AT_ONCE_S) == 130
        finally:
            left = children(search.pid)
            if left:
                os.killpg(search.pid, signal.SIGKILL)
        assert left == 0
