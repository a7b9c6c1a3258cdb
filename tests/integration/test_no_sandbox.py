"""A whole run on a machine without bubblewrap: nothing is proven, nothing is lost."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import FLAW, Answer

pytestmark = pytest.mark.slow

LACKS = 5

# As `countermine run TREE --json --patches DIR`, with the place that programs are looked for in.
RUN = """
import sys
from pathlib import Path

from countermine.cli.options import Delivery, Outputs, Wishes
from countermine.cli.requests import Aims
from countermine.cli.starting import start
from countermine.core.errors import EnvironmentLacksError

tree, patches, programs = sys.argv[1:]
aims = Aims(delivery=Delivery(patches=Path(patches)))
try:
    start(tree, Wishes(), aims, Outputs(json=True), programs=programs)
except EnvironmentLacksError as error:
    print(error, file=sys.stderr)
    sys.exit(5)
"""


def answer(state: Path, *words: str | Path) -> Answer:
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


def test_a_run_without_bubblewrap_reports_what_it_found_and_says_what_to_install(
    tree: Path, state: Path, tmp_path: Path
) -> None:
    (tree / "app.py").write_text(FLAW)
    nowhere, patches = tmp_path / "no-programs", tmp_path / "patches"
    nowhere.mkdir()
    ended = answer(state, "-c", RUN, tree, patches, nowhere)
    assert ended.code == LACKS, ended.err
    assert "bubblewrap (bwrap) is not installed; get it with apt-get install" in ended.line

    run = json.loads(ended.out)
    (case,) = run["cases"]
    assert run["state"] == "finished"
    assert run["sandbox"] is None
    assert case["finding"]["status"] == "traced"
    assert case["verdict"]["kind"] == "inconclusive"
    assert "bubblewrap" in case["verdict"]["reason"]
    assert case["patch"] is not None
    assert [one.parent.name for one in patches.rglob("*.patch")] == ["unproven"]

    def again(*words: str) -> Answer:
        return answer(state, "-m", "countermine", *words)

    assert json.loads(again("report", "--json").out)["cases"] == [case]
    assert again("ledger", "verify").code == 0
    assert again("resume", "--quiet").code == LACKS, "a run ends as it ended"


def test_nobody_else_can_read_what_a_run_keeps(tree: Path, state: Path, tmp_path: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    answer(state, "-c", RUN, tree, tmp_path / "patches", tmp_path)
    (folder,) = (state / "runs").iterdir()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"workflow.sqlite", "ledger.jsonl", "lock"} <= set(modes)
    assert set(modes.values()) == {0o600}
