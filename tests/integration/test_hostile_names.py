"""A target whose files bear the names of modules that the program itself loads."""

import os
import subprocess
import sys
from pathlib import Path

FLAWED = "import sys\nimport subprocess\nsubprocess.run('ls ' + sys.argv[1], shell=True)\n"


def test_modules_of_the_working_directory_are_not_run(tmp_path: Path) -> None:
    tree, mark = tmp_path / "tree", tmp_path / "mark"
    tree.mkdir()
    (tree / "app.py").write_text(FLAWED)
    for name in ("selectors.py", "libcst.py", "countermine.py"):
        (tree / name).write_text(f"open({str(mark)!r}, 'w').close()\n")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("countermine")), "fix", ".", "--json"],
        cwd=tree,
        env={**os.environ, "COUNTERMINE_STATE": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not mark.exists()
    assert '"patch"' in done.stdout, done.stderr
