"""Measures a second search after one file was edited, beside a first one.

    python bench/warm.py TREE [--edits 40] [--seed 1] [--followed 3] [--checked 3]

TREE is copied. In each edit a line is put at the end of a function, both chosen by the seed among
the files that count. An edit keeps all units if nothing has to be followed again; one that does not
is stopped there, but for --followed of them, which run to their end. What is found after these, and
after --checked of those that keep all, is compared with what a first search finds, to the byte.
Prints a row for bench/RESULTS.md, under the heading that --heading prints.
"""

import argparse
import ast
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from countermine.core.inventory import FileRole
from countermine.target.inventory import take_inventory

PROGRAM = Path(__file__).parents[1] / ".venv" / "bin" / "countermine"
HEADING = """\
| project | cold s | edits | keep all units | warm s (median, worst) | cold / warm (median, worst) \
| cold / warm of the others | compared, differing |
|---|---:|---:|---:|---:|---:|---:|---:|"""
WARM_UPS = 2
FOLLOWING = b"Following data flows"
"""What the program says when it begins to run units."""


@dataclass(slots=True)
class Times:
    """What was seen of the edits of one tree."""

    kept: list[float] = field(default_factory=list)
    followed: list[float] = field(default_factory=list)
    others: int = 0
    compared: int = 0
    differing: int = 0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--followed", type=int, default=3)
    parser.add_argument("--checked", type=int, default=3)
    parser.add_argument("--heading", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="countermine-warm-") as folder:
        tree, state = Path(folder) / "tree", Path(folder) / "state"
        shutil.copytree(options.tree, tree, symlinks=True)
        cold_s = searched(tree, state, "--no-cache")[0]
        for _ in range(WARM_UPS):
            searched(tree, state)
        times = measured(tree, state, options)
    if options.heading:
        print(HEADING)
    print(row(options.tree.resolve().parent.name, cold_s, times))
    return 1 if times.differing else 0


def measured(tree: Path, state: Path, options: argparse.Namespace) -> Times:
    """Edit, search and take each edit back."""
    times = Times()
    choice = random.Random(options.seed)
    places = [path for path in counted(tree) if functions(path)]
    for number in range(options.edits):
        path = choice.choice(places)
        line, indent = choice.choice(functions(path))
        with edited(path, line, f"{indent}edited_{number} = {number}\n"):
            full = len(times.followed) < options.followed
            wall_s, kept, out = searched(tree, state, whole=full)
            if kept:
                times.kept.append(wall_s)
            else:
                times.others += 1
                if full:
                    times.followed.append(wall_s)
            if (full or kept) and (not kept or len(times.kept) <= options.checked):
                times.compared += 1
                times.differing += out != searched(tree, state, "--no-cache")[2]
        print(f"{number}: {path.name}: {wall_s:.2f} s", file=sys.stderr)
    return times


def row(name: str, cold_s: float, times: Times) -> str:
    """Return what was measured as a row of a table."""
    kept, followed = times.kept, times.followed
    edits = len(kept) + times.others
    cells = [name, f"{cold_s:.2f}", str(edits), f"{len(kept)} ({100 * len(kept) / edits:.0f}%)"]
    if kept:
        middle, worst = statistics.median(kept), max(kept)
        cells += [f"{middle:.2f}, {worst:.2f}", f"{cold_s / middle:.1f}, {cold_s / worst:.1f}"]
    else:
        cells += ["-", "-"]
    cells.append(f"{cold_s / statistics.median(followed):.1f}" if followed else "-")
    return f"| {' | '.join([*cells, f'{times.compared}, {times.differing}'])} |"


def searched(
    tree: Path, state: Path, *options: str, whole: bool = True
) -> tuple[float, bool, bytes]:
    """Return how long a search took, whether it ran no unit, and what it printed.

    Where it need not be ``whole``, it is stopped when it begins to run one.
    """
    report = state.with_name("report.sarif")
    command = [str(PROGRAM), "find", str(tree), "--sarif", str(report), "--no-timings", "-v"]
    command += options
    surroundings = {**os.environ, "COUNTERMINE_STATE": str(state)}
    kept = True
    begun = time.monotonic()
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        for line in running.stderr or ():
            if FOLLOWING in line:
                kept = False
                if not whole:
                    running.kill()
    return time.monotonic() - begun, kept, report.read_bytes()


def counted(tree: Path) -> list[Path]:
    """Return the files in which sinks are looked for."""
    files = take_inventory(tree).files
    return [tree / f.path for f in files if f.role is FileRole.SOURCE and f.path.endswith(".py")]


def functions(path: Path) -> list[tuple[int, str]]:
    """Return the last line of each function of a file, and how its body is indented."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:
        return []
    return [
        (node.end_lineno, " " * node.body[-1].col_offset)
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.body[-1].lineno > node.lineno
    ]


@contextmanager
def edited(path: Path, line: int, new: str) -> Iterator[None]:
    """Put a line behind another one, and take it back."""
    before = path.read_bytes()
    lines = before.splitlines(keepends=True)
    if not lines[line - 1].endswith(b"\n"):
        lines[line - 1] += b"\n"
    lines.insert(line, new.encode())
    path.write_bytes(b"".join(lines))
    try:
        yield
    finally:
        path.write_bytes(before)


if __name__ == "__main__":
    raise SystemExit(main())
