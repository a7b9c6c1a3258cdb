"""Searches generated, mutated and hostile modules: no crash, none over the bound, one answer.

    python bench/mutation/mutation.py [--modules 10000] [--seed 1]      search, and print the table
    python bench/mutation/mutation.py --section                         the part of bench/RESULTS.md

Each tree is searched twice, in two processes with other hash seeds, and the second time its files
are made and listed backwards. What was searched is kept below .bench/mutation: a run that is
stopped goes on where it was. Who changes the engine begins anew with --anew.
"""

import argparse
import json
import os
import select
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from search_trees import BOUND_S
from trees import FAMILIES

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".bench" / "mutation"
CHUNK = 100
"""Trees that one process searches."""
LONGEST_S = 600
"""Wall time after which a process that says nothing hangs where no signal ends it."""
TURNS = (("1", ""), ("2", "backwards"))
"""Hash seed and order of the files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What came of one tree, in one turn."""

    number: int
    family: str
    modules: int
    outcome: str
    answer: str
    cpu_s: float
    peak_mb: int


def main() -> int:
    """Search trees until so many modules are searched."""
    parser = argparse.ArgumentParser(description="Search generated, mutated and hostile modules.")
    parser.add_argument("--modules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--anew", action="store_true", help="forget what was searched before")
    parser.add_argument("--section", action="store_true", help="only say what is known")
    options = parser.parse_args()
    if options.anew:
        shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    first = 0
    while (
        not options.section and sum(one.modules for one in known(options.seed, 0)) < options.modules
    ):
        for turn in range(len(TURNS)):
            chunk(options.seed, turn, first, first + CHUNK)
        first += CHUNK
    said, failures = table(known(options.seed, 0), known(options.seed, 1))
    print(said)
    return 1 if failures else 0


def kept(seed: int, turn: int) -> Path:
    """Return the file of what a turn searched."""
    return KEPT / f"{seed}-{turn}.jsonl"


def known(seed: int, turn: int) -> list[Searched]:
    """Return what a turn searched so far; a line that was cut off is not read."""
    path = kept(seed, turn)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    return [Searched(**json.loads(line)) for line in lines if line.endswith("\n")]


def chunk(seed: int, turn: int, first: int, last: int) -> None:
    """Search the trees of some numbers that were not searched yet."""
    done = {one.number for one in known(seed, turn)}
    hash_seed, order = TURNS[turn]
    while (number := next((n for n in range(first, last) if n not in done), last)) < last:
        program = [sys.executable, str(Path(__file__).parent / "search_trees.py")]
        words = [str(seed), str(number), str(last), str(KEPT / "tree"), *filter(None, [order])]
        with (
            kept(seed, turn).open("a", encoding="utf-8") as out,
            subprocess.Popen(
                [*program, *words],
                stdout=subprocess.PIPE,
                bufsize=0,
                env={**os.environ, "PYTHONHASHSEED": hash_seed},
            ) as child,
        ):
            for line in _lines(child):
                out.write(line)
                out.flush()
                done.add(json.loads(line)["number"])
            if child.wait() != 0 or not done.issuperset(range(number, last)):
                died = next(n for n in range(number, last + 1) if n not in done)
                if died == last:
                    return
                lost = Searched(
                    number=died, family="?", modules=1, outcome="crashed",
                    answer=f"the process ended with {child.returncode}", cpu_s=0.0, peak_mb=0,
                )  # fmt: skip
                out.write(
                    json.dumps({name: getattr(lost, name) for name in Searched.__slots__}) + "\n"
                )
                done.add(died)


def _lines(child: "subprocess.Popen[bytes]") -> Iterator[str]:
    """Yield what a process says, line by line, until it ends or says nothing for too long."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    while select.select([child.stdout], [], [], LONGEST_S)[0]:
        line = child.stdout.readline()
        if not line:
            return
        yield line.decode()
    child.kill()


def table(forwards: list[Searched], backwards: list[Searched]) -> tuple[str, int]:
    """Return the table, and how many trees failed."""
    others = {one.number: one for one in backwards}
    rows: dict[str, Counter[str]] = {family: Counter() for family in (*FAMILIES, "?")}
    failures: list[str] = []
    slowest = max((one.cpu_s for one in [*forwards, *backwards]), default=0.0)
    most = max((one.peak_mb for one in [*forwards, *backwards]), default=0)
    for one in forwards:
        other = others.get(one.number)
        if other is None:
            continue
        outcomes = {one.outcome, other.outcome} - {"answered"}
        if not outcomes and one.answer != other.answer:
            outcomes = {"differing"}
        rows[one.family].update({"trees": 1, "modules": one.modules, **dict.fromkeys(outcomes, 1)})
        rows[one.family]["findings"] += int(one.answer.partition(" ")[0]) if not outcomes else 0
        failures += [f"{one.number}: {', '.join(outcomes)}: {one.answer}"] if outcomes else []
    columns = ("trees", "modules", "findings", "crashed", "over the bound", "differing")
    total = sum(rows.values(), Counter())
    lines = [
        f"| {name} | " + " | ".join(f"{row[column]:,}" for column in columns) + " |"
        for name, row in (*rows.items(), ("all", total))
        if row["trees"]
    ]
    said = (
        "\n## Generated, mutated and hostile modules\n\n"
        "Each tree is searched twice, with two hash seeds and its files in two orders; the bound "
        f"is {BOUND_S} s of processor time for each module and once for the tree. The slowest took "
        f"{slowest:.1f} s, no process more than {most} MB.\n\n"
        f"| kind | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}\n"
        + "\n".join(lines)
        + "\n"
    )
    print(*failures, sep="\n", end="\n" if failures else "", file=sys.stderr)
    return said, len(failures)


if __name__ == "__main__":
    raise SystemExit(main())
