"""Runs upstream's own tests of a fix on trees that our patches fixed: apart from the ladder.

    python bench/upstream.py --corpus DIR --trees DIR [--kept DIR] [--state DIR] [--only ID ...]

Reads what bench/proof.py kept. For each item with a proven patch whose manifest names upstream's
tests of the fix, these run three times: on upstream's fixed tree, on the vulnerable tree, and on
the vulnerable tree with our patch. Files of tests come from the fixed tree in all three. Only where
they pass on the first and fail on the second do they say anything of the third.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from countermine.cli.running import sandbox
from countermine.cli.surroundings import SystemClock, index_options, state_folder
from countermine.core.environment import Environment, NoEnvironment, TestPlan, TestRunner
from countermine.core.errors import CountermineError
from countermine.ports.sandbox import Sandbox
from countermine.prove.options import ProveOptions
from countermine.prove.setting import Setting
from countermine.prove.target_tests.run import run_tests
from countermine.prove.trees import copy_tree, fill_generated
from countermine.target.environment import EnvironmentOptions, build_environment
from countermine.target.open import OpenOptions, open_with_inventory
from countermine.target.spec import DirectorySpec

PART = Path(__file__).parent / "parts" / "upstream.md"
KEPT = Path(__file__).parents[1] / ".bench" / "proof"
TREES = ("fixed", "vulnerable", "ours")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What upstream's tests said of one tree."""

    passed: int
    failed: int
    trouble: str = ""

    @property
    def cell(self) -> str:
        """Return it for a table."""
        return self.trouble or f"{self.passed} passed, {self.failed} failed"

    @property
    def good(self) -> bool:
        """Tell whether tests ran and all passed."""
        return not self.trouble and self.passed > 0 and self.failed == 0


def main() -> int:
    """Run what can be run and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder with dev.toml")
    parser.add_argument("--trees", type=Path, required=True, help="TREES/ID/{vulnerable,fixed}")
    parser.add_argument("--kept", type=Path, default=KEPT, help="what bench/proof.py kept")
    parser.add_argument("--state", type=Path, help="state folder of the program")
    parser.add_argument("--only", action="append", default=[], help="an item's id; repeatable")
    options = parser.parse_args()
    if options.state is not None:
        os.environ["COUNTERMINE_STATE"] = str(options.state)
    found, lacking = sandbox()
    if found is None:
        raise SystemExit(lacking)
    manifest = tomllib.loads((options.corpus / "dev.toml").read_text("utf-8"))
    rows = []
    for item, diff in proven(manifest["item"], options.kept):
        if not options.only or item["id"] in options.only:
            told = compared(found, item, diff, options.trees / item["id"])
            rows.append((item, told))
            print(item["id"], *(f"{name}: {told[name].cell}" for name in TREES), sep="; ")
    text = section(rows)
    print(text)
    if not options.only:
        PART.write_text(text, encoding="utf-8")
    return 0


def proven(items: Sequence[Row], kept: Path) -> Iterator[tuple[Row, str]]:
    """Yield each item that names upstream's tests and has a proven patch, with the patch."""
    for item in items:
        file = kept / f"{item['id']}.json"
        if not item.get("tests") or not file.is_file():
            continue
        cases = json.loads(file.read_text("utf-8"))["cases"]
        diff = next((one["diff"] for one in cases if one["verdict"] == "proven"), "")
        if diff:
            yield item, diff


def compared(means: Sandbox, item: Row, diff: str, trees: Path) -> dict[str, Told]:
    """Run upstream's tests of one item on the three trees."""
    nothing = Told(passed=0, failed=0)
    try:
        spec = DirectorySpec(path=str(trees / "vulnerable"))
        target, inventory = open_with_inventory(spec, OpenOptions(state=state_folder()))
        asked = EnvironmentOptions(state=state_folder(), index=index_options())
        environment = build_environment(target, means, asked, inventory)
    except CountermineError as error:
        return dict.fromkeys(TREES, replace(nothing, trouble=str(error)))
    if isinstance(environment, NoEnvironment):
        return dict.fromkeys(TREES, replace(nothing, trouble=environment.reason))
    with tempfile.TemporaryDirectory(prefix="countermine-upstream-") as scratch:
        told = {}
        for name in TREES:
            tree = Path(scratch) / name
            tree.mkdir(mode=0o755)
            copy_tree(trees / ("fixed" if name == "fixed" else "vulnerable"), tree, ProveOptions())
            if environment.generated is not None:
                fill_generated(Path(environment.generated), tree)
            if name == "ours" and (refused := _applied(diff, tree)):
                told[name] = replace(nothing, trouble=refused)
                continue
            _bring_tests(item["tests"], trees / "fixed", tree)
            told[name] = _run(means, environment, item["tests"], tree)
    return told


def _applied(diff: str, tree: Path) -> str:
    """Apply a patch; return why it could not be applied, or nothing."""
    done = subprocess.run(
        ["patch", "-p1", "--quiet", "--batch"],
        cwd=tree,
        input=diff.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return "" if done.returncode == 0 else f"the patch does not apply: {done.stdout.decode()[:100]}"


def _bring_tests(tests: Sequence[str], source: Path, tree: Path) -> None:
    """Copy the files of upstream's tests, with whatever lies beside them."""
    for folder in sorted({Path(test.partition("::")[0]).parent for test in tests}):
        if folder == Path():
            names = {test.partition("::")[0] for test in tests}
            for name in sorted(names):
                shutil.copyfile(source / name, tree / name)
        else:
            shutil.copytree(source / folder, tree / folder, dirs_exist_ok=True)


def _run(means: Sandbox, environment: Environment, tests: Sequence[str], tree: Path) -> Told:
    setting = Setting(
        root=tree,
        environment=environment,
        sandbox=means,
        drive=lambda _tree, _witness, _stimuli: (),
        detector=lambda _tree: (),
        clock=SystemClock(),
    )
    plan = TestPlan(runner=TestRunner.PYTEST, arguments=tuple(tests))
    run = run_tests(setting, environment, plan, tree, plain=True)
    trouble = run.trouble or "; ".join(one.id for one in run.collection_errors)
    good = sum(one.outcome.good for one in run.records)
    return Told(passed=good, failed=len(run.records) - good, trouble=trouble)


def section(rows: Sequence[tuple[Row, dict[str, Told]]]) -> str:
    """Return the table."""
    telling = [told for _, told in rows if told["fixed"].good and not told["vulnerable"].good]
    passing = sum(told["ours"].good for told in telling)
    head = (
        "\n## Proof: upstream's own tests of the fix, on trees that our patches fixed\n\n"
        f"Of {len(rows)} proven items with such tests, {len(telling)} have tests that pass on "
        "upstream's fixed tree and not on the vulnerable one in our environment; on the tree with "
        f"our patch they pass for {passing} of these.\n\n"
        "| item | upstream's fixed tree | vulnerable tree | with our patch |\n|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {item['id']} | " + " | ".join(told[name].cell[:120] for name in TREES) + " |\n"
        for item, told in rows
    )


if __name__ == "__main__":
    raise SystemExit(main())
