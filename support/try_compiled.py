"""Runs the wheel of `make compiled` in an environment of its own: `make test-compiled`.

The compiled modules must be the ones in use, pass the tests of the engine, and find the same, byte
for byte, as the pure ones do.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from compiled_wheel import SOURCE, modules

ROOT = Path(__file__).parents[1]
PURE, COMPILED = ROOT / ".venv" / "bin", ROOT / ".venv-compiled" / "bin"
TESTS = ("tests/unit/flow", "tests/unit/find", "tests/unit/templates")

_WHERE = """
import importlib, sys
for name in sys.argv[1:]:
    print(importlib.import_module(name).__file__)
"""


def install() -> None:
    """Make the environment: what the lock file says, and the wheel in the place of the sources."""
    wheels = sorted((ROOT / "dist").glob("countermine-*-cp*.whl"), key=os.path.getmtime)
    if not wheels:
        sys.exit("no compiled wheel in dist/: run `make compiled`")
    uv = str(PURE / "uv")
    env = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(COMPILED.parent)}
    sync = [uv, "sync", "--locked", "--quiet", "--no-install-project", "--python"]
    subprocess.run([*sync, str(PURE / "python")], env=env, cwd=ROOT, check=True)
    there = [uv, "pip", "install", "--quiet", "--no-deps", "--reinstall", "--python"]
    subprocess.run([*there, str(COMPILED / "python"), str(wheels[-1])], check=True)


def pure_ones() -> list[str]:
    """Return the modules that should be compiled and are not the ones in use."""
    names = [name.removesuffix(".py").replace("/", ".") for name in modules(SOURCE)]
    answer = subprocess.run(
        [str(COMPILED / "python"), "-c", _WHERE, *names], cwd="/", check=True, capture_output=True
    )
    return [file for file in answer.stdout.decode().split() if file.endswith(".py")]


def found(programs: Path, target: Path) -> object:
    """Return the report on a target without its times."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.sarif"
        subprocess.run(
            [str(programs / "countermine"), "find", str(target), "--quiet", "--sarif", str(report)],
            env={**os.environ, "COUNTERMINE_STATE": folder},
            check=False,  # it tells by its code that it found something
            stdout=subprocess.DEVNULL,
        )
        told = json.loads(report.read_text(encoding="utf-8"))
    for one in told["runs"]:
        for invocation in one.get("invocations", []):
            for key in [key for key in invocation if key.endswith("TimeUtc")]:
                del invocation[key]
    return json.dumps(told)


def main() -> int:
    """Install, look, test, compare."""
    install()
    pure = pure_ones()
    if pure:
        print(f"not compiled: {', '.join(pure)}", file=sys.stderr)
        return 1
    tests = [str(COMPILED / "python"), "-m", "pytest", "-q", *TESTS]
    if subprocess.run(tests, cwd=ROOT, check=False).returncode:
        return 1
    targets = [Path(name) for name in sys.argv[1:]] or [ROOT / "examples"]
    for target in targets:
        if found(PURE, target) != found(COMPILED, target):
            print(f"the compiled engine finds something else in {target}", file=sys.stderr)
            return 1
        print(f"the same is found in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
