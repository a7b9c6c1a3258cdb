"""Two searches give the same bytes, whatever the file system, the clock and the hash seed say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHOP = Path(__file__).parents[2] / "examples" / "shop"


def made(tree: Path, *, backwards: bool) -> None:
    """Copy the shop, file by file in one order or the other, with times of that order."""
    files = sorted(
        path for path in SHOP.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    for number, file in enumerate(reversed(files) if backwards else files):
        copy = tree / file.relative_to(SHOP)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        os.utime(copy, (number * 86_400, number * 86_400))


def outputs(base: Path, seed: str, *, backwards: bool) -> dict[str, bytes]:
    """Search and fix a copy of the shop that stands in the same place each time."""
    tree, out = base / "shop", base / "out"
    out.mkdir()
    made(tree, backwards=backwards)
    found = {}
    for command in (
        ("find", "--json", "--sarif", str(out / "found.sarif"), "--html", str(out / "found.html")),
        ("fix", "--json", "--patches", str(out / "patches")),
    ):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "countermine",
                command[0],
                str(tree),
                "--no-timings",
                *command[1:],
            ],
            env={
                **os.environ,
                "COUNTERMINE_STATE": str(base / "state"),
                "PYTHONHASHSEED": seed,
                "TZ": "Asia/Tokyo" if backwards else "America/Lima",
            },
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        found[command[0]] = done.stdout
    found |= {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    shutil.rmtree(tree)
    shutil.rmtree(out)
    shutil.rmtree(base / "state", ignore_errors=True)
    return found


def test_searches_and_fixes_are_the_same_to_the_byte(tmp_path: Path) -> None:
    first = outputs(tmp_path, "1", backwards=False)
    second = outputs(tmp_path, "2", backwards=True)
    assert sum(name.startswith("patches/") for name in first) > 5
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
