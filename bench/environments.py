"""Measures how many projects that nobody prepared get an environment, and tests that run in it.

    python bench/environments.py dev.toml --cache CACHE --json out.json [--only ID] [--jobs 1]

The manifest and the folder of trees are those of the accuracy measurement. For every item the
environment of the vulnerable tree is built and its tests are run twice, with the parts that a run
uses. An item that the JSON file holds is not done again; the table of all that it holds is
printed at the end. COUNTERMINE_STATE says where environments are kept.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermine.cli.running import sandbox
from countermine.cli.surroundings import SystemClock, index_options, state_folder
from countermine.core.environment import Environment, NoEnvironment, NoTests
from countermine.core.errors import CountermineError
from countermine.ports.sandbox import Sandbox
from countermine.prove.gates.baseline import baseline
from countermine.prove.options import ProveOptions
from countermine.prove.records import UnusableTests
from countermine.prove.setting import Setting
from countermine.prove.trees import copy_tree, fill_generated
from countermine.target.environment import EnvironmentOptions, build_environment
from countermine.target.open import OpenOptions, open_with_inventory
from countermine.target.spec import DirectorySpec
from countermine.target.state import turn

Row = dict[str, Any]

BOUNDS = (
    "Tests run twice, both at once, each run within its bound; a run that is stopped there keeps "
    "what ran, so a slow or busy machine counts fewer. The reasons are those of a verdict."
)
REASON_CHARS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The means, and how long tests may take."""

    sandbox: Sandbox
    cache: Path
    tests_wall_s: float


def main() -> int:
    """Measure what is not measured yet; print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="folder of the items' trees")
    parser.add_argument("--json", type=Path, required=True, help="results, kept item by item")
    parser.add_argument("--only", action="append", default=[], help="an item id; repeatable")
    parser.add_argument("--again", action="store_true", help="measure items that are done anew")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tests-s", type=float, default=120, help="bound of one run of tests")
    options = parser.parse_args()
    found, lacking = sandbox()
    if found is None:
        print(lacking, file=sys.stderr)
        return 2
    items = tomllib.loads(options.manifest.read_text("utf-8"))["item"]
    rows = kept(options.json)
    wanted = [item for item in items if not options.only or item["id"] in options.only]
    todo = [item for item in wanted if options.again or item["id"] not in rows]
    todo.sort(key=lambda item: not item.get("tests_in_fixed", False))
    bench = Bench(sandbox=found, cache=options.cache, tests_wall_s=options.tests_s)
    writing = threading.Lock()

    def one(item: Mapping[str, Any]) -> None:
        row = measured(bench, item)
        with writing:
            # Others may measure other items into the same file.
            with turn(state_folder(), "bench"):
                rows.update(kept(options.json) | {item["id"]: row})
                options.json.write_text(json.dumps(rows, indent=1, sort_keys=True), "utf-8")
            print(line(row), flush=True)

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(one, todo))
    print(table([rows[item["id"]] for item in wanted if item["id"] in rows]))
    return 0


def kept(path: Path) -> dict[str, Row]:
    """Return the rows that are there, by item."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def measured(bench: Bench, item: Mapping[str, Any]) -> Row:
    """Build one item's environment and run its tests."""
    row: Row = {
        "id": item["id"],
        "release": f"{item['package']} {item['vulnerable']}",
        "tests_in_fixed": item.get("tests_in_fixed", False),
    }
    begun = time.monotonic()
    try:
        spec = DirectorySpec(path=str(bench.cache / item["id"] / "vulnerable"))
        target, inventory = open_with_inventory(spec, OpenOptions(state=state_folder()))
        asked = EnvironmentOptions(state=state_folder(), index=index_options())
        environment = build_environment(target, bench.sandbox, asked, inventory)
        row["build_s"] = round(time.monotonic() - begun, 1)
        if isinstance(environment, NoEnvironment):
            return row | {"built": False, "reason": environment.reason}
        row |= described(environment)
        begun = time.monotonic()
        row |= tested(bench, Path(target.root), environment)
        return row | {"tests_s": round(time.monotonic() - begun, 1)}
    except CountermineError as error:
        return row | {"built": False, "reason": f"{type(error).__name__}: {error}"}


def described(environment: Environment) -> Row:
    """Return what an environment says of itself."""
    tests = environment.tests
    return {
        "built": True,
        "folder": str(Path(environment.python).parents[2]),
        "python": ".".join(map(str, environment.version)),
        "missing": list(environment.missing),
        "notes": list(environment.notes),
        "roots": list(environment.import_roots),
        "runner": None if isinstance(tests, NoTests) else tests.runner.value,
        "arguments": [] if isinstance(tests, NoTests) else list(tests.arguments),
    }


def tested(bench: Bench, root: Path, environment: Environment) -> Row:
    """Run the tests twice, as gate 0 does, on a copy with what only the build makes."""
    with tempfile.TemporaryDirectory(prefix="countermine-") as scratch:
        tree = Path(scratch) / "tree"
        tree.mkdir()
        options = ProveOptions(tests_wall_s=bench.tests_wall_s)
        copy_tree(root, tree, options)
        if environment.generated is not None:
            fill_generated(Path(environment.generated), tree)
        setting = Setting(
            root=tree,
            environment=environment,
            sandbox=bench.sandbox,
            drive=lambda *_: (),
            detector=lambda _: (),
            clock=SystemClock(),
            options=options,
        )
        step, tests = baseline(setting)
    said: Row = {"tests": step.reason}
    if isinstance(tests, UnusableTests):
        return said | {"passed": 0, "failed": 0, "flaky": 0, "unloaded": 0}
    return said | {
        "passed": len(tests.stable),
        "failed": len(tests.failing),
        "flaky": len(tests.flaky),
        "unloaded": len(tests.unloaded),
        "not_loaded": list(tests.unloaded),
        "failing": list(tests.failing[:10]),
        "way": None if tests.plan is None else [tests.plan.runner.value, *tests.plan.arguments],
    }


def line(row: Row) -> str:
    """Return one item's outcome, for one line of a terminal."""
    if not row["built"]:
        return f"{row['id']} {row['release']}: NOT BUILT: {row['reason']}"
    return (
        f"{row['id']} {row['release']}: {row['python']}, {len(row['missing'])} left out, "
        f"{row['build_s']} s; {row['tests']}, {row['tests_s']} s"
    )


def runner(row: Row) -> str:
    """Return how the tests were run in the end."""
    way = row.get("way") or [row["runner"]]
    return way[0] or "-"


def table(rows: Sequence[Row]) -> str:
    """Return what was measured as a table, with its sums."""
    built = [row for row in rows if row["built"]]
    ships = [row for row in rows if row["tests_in_fixed"]]
    running = [row for row in ships if row.get("passed")]
    head = (
        f"Environments were built for {len(built)} of {len(rows)} releases; tests pass twice in "
        f"{len(running)} of the {len(ships)} whose next release ships tests "
        f"(and in {sum(bool(r.get('passed')) for r in rows) - len(running)} more)."
    )
    lines = [
        "\n## Environments of projects that nobody prepared\n",
        head,
        BOUNDS,
        "",
        "| release | Python | left out | build s | runner | pass | fail | flaky | not loaded | s |",
        "|---|---|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r['release']} | {r['python']} | {len(r['missing'])} | {r['build_s']:.0f} "
        f"| {runner(r)} | {r['passed']} | {r['failed']} | {r['flaky']} "
        f"| {r['unloaded']} | {r['tests_s']:.0f} |"
        for r in built
    ]
    unbuilt = [f"- {r['release']}: {r['reason']}" for r in rows if not r["built"]]
    silent = [
        f"- {r['release']}: {r['tests'].partition(': ')[2][:REASON_CHARS]}"
        for r in ships
        if r["built"] and not r["passed"]
    ]
    if unbuilt:
        lines += ["", "Without an environment:", "", *unbuilt]
    if silent:
        lines += ["", "With tests in the next release, and none that pass here:", "", *silent]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    raise SystemExit(main())
