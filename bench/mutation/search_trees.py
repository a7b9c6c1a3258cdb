"""Searches numbered trees, a line of JSON for each; started by mutation.py, with a hash seed.

python bench/mutation/search_trees.py SEED FIRST LAST FOLDER [backwards]
"""

import hashlib
import json
import resource
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType

from trees import Case, case

from countermine.core.runs import Run, RunState
from countermine.core.targets import Target, TargetKind
from countermine.loop.search import SearchOptions, search
from countermine.ports.progress import Silent
from countermine.report.as_json import render_json
from countermine.report.sarif import render_sarif
from countermine.target.inventory import take_inventory
from countermine.target.texts import read_texts
from countermine.weaknesses.facts_index import ALL_FACTS

BOUND_S = 20
"""Of processor time, for each module and once more for its tree."""
MEMORY_BYTES = 4 << 30


class OverBoundError(BaseException):
    """A tree took longer than the bound; nothing of the program may catch it."""


def main() -> int:
    """Search the trees of the numbers that are asked for."""
    seed, first, last = (int(word) for word in sys.argv[1:4])
    backwards = sys.argv[5:] == ["backwards"]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGPROF, _stop)
    for number in range(first, last):
        begun = time.process_time()
        made = case(seed, number)
        outcome, answer = _outcome(made, Path(sys.argv[4]), backwards=backwards)
        line = {
            "number": number, "family": made.family, "modules": made.modules, "outcome": outcome,
            "answer": answer, "cpu_s": round(time.process_time() - begun, 3),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        }  # fmt: skip
        print(json.dumps(line), flush=True)
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OverBoundError


def _outcome(made: Case, root: Path, *, backwards: bool) -> tuple[str, str]:
    """Return what came of a tree: ``answered`` with a digest, or what went wrong."""
    shutil.rmtree(root, ignore_errors=True)
    for name, text in sorted(made.files.items(), reverse=backwards):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    signal.setitimer(signal.ITIMER_PROF, BOUND_S * (1 + made.modules))
    try:
        return "answered", answer(root, backwards=backwards)
    except OverBoundError:
        return "over the bound", ""
    except Exception as error:  # noqa: BLE001 - to count whatever it is, is what this is for
        return "crashed", f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def answer(root: Path, *, backwards: bool) -> str:
    """Return a digest of everything that a search of a tree says."""
    inventory = take_inventory(root)
    if backwards:
        inventory = replace(inventory, files=inventory.files[::-1])
    found = search(inventory, SearchOptions(today="2026-01-01"), Silent())
    run = Run(
        id="find",
        version="0",
        target=Target(
            kind=TargetKind.DIRECTORY,
            spec="tree",
            name="tree",
            root="tree",
            revision=None,
            digest="0",
        ),
        state=RunState.FINISHED,
        findings=found.findings,
        suppressed=found.suppressed,
        coverage=found.coverage,
        notes=found.notes,
    )
    texts = read_texts(inventory.root, sorted({f.location.path for f in found.findings}))
    said = render_json(run, texts, timings=False) + render_sarif(run, ALL_FACTS, texts)
    return f"{len(found.findings)} {hashlib.sha256(said.encode()).hexdigest()}"


if __name__ == "__main__":
    raise SystemExit(main())
