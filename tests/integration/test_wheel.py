"""The wheel that users install has everything in it."""

import subprocess
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[2]


@pytest.mark.online
@pytest.mark.slow
def test_a_built_wheel_installs_and_runs(tmp_path: Path) -> None:
    uv = find_uv_bin()

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        return done.stdout

    run(uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist", ROOT)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    run(uv, "venv", "--quiet", tmp_path / "venv", "--python", "3.11")
    python = tmp_path / "venv" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--python", python, wheel)
    program = tmp_path / "venv" / "bin" / "countermine"
    assert "Find vulnerabilities" in run(program, "--help")
    (tmp_path / "app.py").write_text("import sys\neval(sys.argv[1])\n")
    page = tmp_path / "report.html"
    said = run(program, "find", tmp_path, "--path", "app.py", "--html", page)
    assert "code-injection" in said
    assert "Code injection" in page.read_text()
