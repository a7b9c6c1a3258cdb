"""How time and memory grow with the size of what is searched; a section of bench/RESULTS.md.

    python bench/growth.py TREE        a folder of Python files, of which larger trees are made

A tree of N copies of one real project is what N projects side by side in one repository are: every
name stands N times, and what is imported is the copy that lies nearest.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import Measured, in_turn
from peers import COUNTERMINE

LARGEST = 3_000_000
"""Lines of the largest tree."""
STEP = 4
"""How many times as many copies the next tree has."""


def section(tree: Path, name: str, programs: Path, work: Path) -> str:
    """Search ever larger trees, each once, and return the table as Markdown.

    Args:
        tree: The project that is copied.
        name: What it is called in the table's title.
        programs: The folder of the peers' programs, as for every scanner.
        work: Where reports are written.
    """
    files = [path for path in sorted(tree.rglob("*.py")) if path.is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    rows: list[str] = []
    first: float | None = None
    for copies in _sizes(lines):
        with tempfile.TemporaryDirectory(dir=work, prefix="growth-") as folder:
            _fill(Path(folder), tree, files, copies)
            command = COUNTERMINE.command(programs, Path(folder), work / "growth.report")
            measured = in_turn([command], rounds=1, warm_ups=0)[0]
        each = measured.cpu_s / (copies * lines)
        first = first or each
        rows.append(_row(copies, copies * lines, measured, each / first))
        print(rows[-1], flush=True)
    return (
        f"\n## Growth: copies of {name} side by side\n\n"
        "One round. The last column is the processor time of one line beside that of the first "
        "tree: 1.0 is linear growth.\n\n"
        "| copies | lines | wall s | CPU s | peak MB | MB per million lines | lines a second "
        "| CPU of a line |\n|---:|---:|---:|---:|---:|---:|---:|---:|\n" + "\n".join(rows) + "\n"
    )


def _sizes(lines: int) -> list[int]:
    """Return how many copies each tree has: 1, 4, 16, ..., and as many as make the largest."""
    found = [1]
    while found[-1] * STEP * lines < LARGEST:
        found.append(found[-1] * STEP)
    return [*found, LARGEST // lines + 1]


def _fill(folder: Path, tree: Path, files: list[Path], copies: int) -> None:
    for number in range(copies):
        for path in files:
            to = folder / f"copy{number:03}" / path.relative_to(tree)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)


def _row(copies: int, lines: int, measured: Measured, ratio: float) -> str:
    stopped = "" if measured.finished else " (stopped)"
    peak = measured.peak_bytes / 1e6
    return (
        f"| {copies}{stopped} | {lines:,} | {measured.wall_s:.1f} | {measured.cpu_s:.1f} "
        f"| {peak:.0f} | {peak * 1e6 / lines:.0f} | {lines / measured.wall_s:,.0f} "
        f"| {ratio:.2f} |"
    )


if __name__ == "__main__":
    print(section(Path(sys.argv[1]), sys.argv[1], Path(os.devnull), Path(tempfile.gettempdir())))
