"""A target whose files bear names that the program itself could fall over."""

import os
import subprocess
import sys
from pathlib import Path

FLAWED = "import sys\nimport subprocess\nsubprocess.run('ls ' + sys.argv[1], shell=True)\n"


def program(
    tree: Path, state: Path, *words: str, script: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run the program in a folder, or a shell script that has it as ``"$@"``."""
    own = [str(Path(sys.executable).with_name("countermine")), *words]
    return subprocess.run(
        ["/bin/sh", "-c", script, "sh", *own] if script else own,
        cwd=tree,
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_names_that_are_no_text_survive_the_record_of_a_run(tmp_path: Path) -> None:
    tree = tmp_path / b"t\xffree".decode("utf-8", "surrogateescape")
    tree.mkdir()
    (tree / "app.py").write_text(FLAWED)
    (tree / b"m\xff.py".decode("utf-8", "surrogateescape")).write_text(FLAWED)
    done = program(tree, tmp_path / "state", "fix", ".", "--json")
    assert done.returncode == 1, done.stderr
    assert '"patch"' in done.stdout
    again = program(tmp_path, tmp_path / "state", "report", "--json")
    assert again.stdout == done.stdout


def test_a_closed_stream_is_written_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(FLAWED)
    for closed in ('exec "$@" >&-', 'exec "$@" 2>&-', 'exec "$@" >&- 2>&-'):
        assert program(tmp_path, tmp_path / "state", "find", ".", script=closed).returncode == 1


def test_modules_of_the_working_directory_are_not_run(tmp_path: Path) -> None:
    tree, mark = tmp_path / "tree", tmp_path / "mark"
    tree.mkdir()
    (tree / "app.py").write_text(FLAWED)
    for name in ("selectors.py", "libcst.py", "countermine.py"):
        (tree / name).write_text(f"open({str(mark)!r}, 'w').close()\n")
    done = program(tree, tmp_path / "state", "fix", ".", "--json")
    assert not mark.exists()
    assert '"patch"' in done.stdout, done.stderr
