"""What a command may load: a wrong import here is a second on every start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "dbos",
    "sqlalchemy",
    "libcst",
    "pydantic_ai",
    "openai",
    "anthropic",
    *("mcp", "uvicorn", "anyio", "starlette"),
)


def loaded(tmp_path: Path, *arguments: str) -> set[str]:
    """Return the top-level modules that a command loads."""
    script = (
        "import atexit, sys\n"
        "from countermine.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "COUNTERMINE_STATE": str(tmp_path / "state")},
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("LOADED"))
    return set(line.split()[1:])


@pytest.mark.parametrize(
    "arguments", [["--help"], ["find", "--help"], ["run", "--help"], ["mcp", "--help"]]
)
def test_help_loads_neither_workflow_nor_rewriting_nor_rich(
    tmp_path: Path, arguments: list[str]
) -> None:
    names = loaded(tmp_path, *arguments)
    assert not names & {*HEAVY, "rich", "pydantic", "tree_sitter", "dulwich", "requests", "jinja2"}


def test_find_loads_neither_workflow_nor_rewriting(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "app.py").write_text("import sys\neval(sys.argv[1])\n")
    names = loaded(tmp_path, "find", str(tree), "--sarif", str(tmp_path / "out.sarif"))
    assert not names & {*HEAVY, "pydantic", "dulwich", "requests", "jinja2"}
    assert "tree_sitter" in names
