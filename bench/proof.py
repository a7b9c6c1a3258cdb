"""Runs the whole ladder on the flaws of a corpus; writes bench/parts/proof.md.

    python bench/proof.py --corpus DIR --trees DIR [--state DIR] [--only ID ...] [--jobs N]

DIR holds ``dev.toml`` and ``score.py`` (which says what counts as the item's own flaw); the trees
are ``TREES/ID/vulnerable``. Of each item the findings at its own place are made cases of, and
nothing else of the tree. What an item came to is kept in ``.bench/proof/ID.json``, so that a
measurement which was stopped goes on; ``--again`` measures anew.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / ".venv" / "bin" / "countermine"
KEPT = ROOT / ".bench" / "proof"
PART = Path(__file__).parent / "parts" / "proof.md"
GATES = (
    "baseline", "red", "control", "scope", "builds", "detector", "green", "control again",
    "tests", "re-attack", "regression test",
)  # fmt: skip
MOST_CASES = 4
"""Findings of one item that are made cases of, those at the very place first."""

Row = dict[str, Any]


def main() -> int:
    """Measure and write the part of the results."""
    parser = argparse.ArgumentParser(description="Run the ladder on the flaws of a corpus.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--state", type=Path, help="state folder of the program")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where rows are kept")
    parser.add_argument("--only", action="append", default=[], help="an item's id; repeatable")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--limit-s", type=float, default=900, help="for each item")
    parser.add_argument("--again", action="store_true", help="measure what is kept anew")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    manifest = tomllib.loads((options.corpus / "dev.toml").read_text(encoding="utf-8"))
    items = [one for one in manifest["item"] if not options.only or one["id"] in options.only]
    options.kept.mkdir(parents=True, exist_ok=True)
    scoring = scoring_of(options.corpus)
    with ThreadPoolExecutor(options.jobs) as pool:
        rows = list(pool.map(lambda item: _kept(item, options, scoring), items))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    section = _section(rows)
    print(section)
    if not options.only:
        PART.write_text(section, encoding="utf-8")
    return 0


def scoring_of(corpus: Path) -> ModuleType:
    """Return the corpus's own script, which says what counts as an item's flaw."""
    spec = importlib.util.spec_from_file_location("corpus_score", corpus / "score.py")
    if spec is None or spec.loader is None:
        message = f"{corpus} has no score.py"
        raise SystemExit(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _kept(item: Row, options: argparse.Namespace, scoring: ModuleType) -> Row:
    file = options.kept / f"{item['id']}.json"
    if file.is_file() and not options.again:
        row: Row = json.loads(file.read_text(encoding="utf-8"))
        return row
    begun = time.monotonic()
    row = {"id": item["id"], "package": item["package"], "cwe": item["cwe"]}
    row |= _measured(item, options, scoring)
    row["seconds"] = round(time.monotonic() - begun, 1)
    file.write_text(json.dumps(row, indent=1), encoding="utf-8")
    print(_line(row), file=sys.stderr, flush=True)
    return row


def _measured(item: Row, options: argparse.Namespace, scoring: ModuleType) -> Row:
    tree = options.trees / item["id"] / "vulnerable"
    found = said([PROGRAM, "find", tree, "--json"], options)
    if isinstance(found, str):
        return {"found": False, "cases": [], "error": found}
    ours = at_item(item, found, scoring)
    names = [case_id(one) for _, one in ours][:MOST_CASES]
    row: Row = {"found": bool(names), "at_place": any(near for near, _ in ours), "cases": []}
    if not names:
        return row
    asked = [part for name in names for part in ("--only", name)]
    ran = said([PROGRAM, "run", tree, "--json", *asked], options)
    if isinstance(ran, str):
        return row | {"error": ran}
    return row | {"cases": [case_row(one) for one in ran["cases"]], "notes": ran["notes"]}


def at_item(item: Row, found: Row, scoring: ModuleType) -> list[tuple[bool, Row]]:
    """Return the findings of an item's own flaw, and of each whether it is at the very place."""
    wanted = scoring.family({int(cwe.split("-")[1]) for cwe in item["cwe"]})
    ours = [
        (_inside([one["location"]], item), one)
        for one in found["findings"]
        if one["cwe"] in wanted
        and _inside([one["location"], *(s["location"] for s in one["trace"])], item)
    ]
    return sorted(ours, key=lambda pair: (not pair[0], case_id(pair[1])))


def case_id(finding: Row) -> str:
    """Return what ``--only`` knows a finding by."""
    return f"{finding['weakness']}-{finding['fingerprint'][:8]}"


def _inside(places: Iterable[Row], item: Row) -> bool:
    return any(
        place["path"] == one["file"] and one["start"] <= place["line"] <= one["end"]
        for place in places
        for one in item["locations"]
    )


def said(command: Sequence[object], options: argparse.Namespace) -> Row | str:
    """Return what a command prints as JSON, or what went wrong."""
    state = {} if options.state is None else {"COUNTERMINE_STATE": str(options.state)}
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            timeout=options.limit_s,
            check=False,
            env={**os.environ, **state},
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {options.limit_s:g} s"
    try:
        answer: Row = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return f"exit {done.returncode}: {' '.join(last)}"[:300]
    return answer


def case_row(one: Row) -> Row:
    """Return what is kept of a case."""
    verdict, witness = one["verdict"], one["witness"]
    gates = [] if verdict is None else verdict["gates"]
    seen = one["finding"]["status"] == "witnessed" or any(
        gate["number"] == 2 and gate["outcome"] == "passed" for gate in gates
    )
    last = gates[-1] if gates else None
    entry = (witness or {}).get("entry") or one["finding"]["entry"] or {}
    why = "" if last is None else last["reason"]
    return {
        "case": one["id"],
        "function": one["finding"]["function"],
        "entry": f"{entry.get('kind')}:{entry.get('qualname')}:{entry.get('channel')}",
        "witnessed": witness["kind"] if seen and witness is not None else None,
        "patched": one["patch"] is not None,
        "diff": (one["patch"] or {}).get("diff", ""),
        "verdict": "none" if verdict is None else verdict["kind"],
        "gate": None if last is None else last["number"],
        "reason": one["no_witness"] or why or one["no_patch"] or "",
        "evidence": [] if last is None else last["evidence"][:2],
        "seconds": round(sum(gate.get("duration_ms", 0) for gate in gates[1:]) / 1000, 1),
    }


def best(row: Row) -> Row | None:
    """Return the case of an item that got furthest."""
    cases: list[Row] = row["cases"]
    ranks = {"effect": 2, "structural": 1, None: 0}
    return max(
        cases,
        key=lambda one: (one["verdict"] == "proven", ranks[one["witnessed"]], one["gate"] or 0),
        default=None,
    )


def _line(row: Row) -> str:
    case = best(row)
    if case is None:
        told = row.get("error") or ("no case" if row["found"] else "not found")
        return f"{row['id']} {row['package']}: {told} ({row.get('seconds')} s)"
    return (
        f"{row['id']} {row['package']}: witnessed {case['witnessed'] or 'no'}, {case['verdict']}, "
        f"gate {case['gate']}: {case['reason']} ({row.get('seconds')} s)"
    )


def _section(rows: Sequence[Row]) -> str:
    cases = [case for row in rows if (case := best(row)) is not None]
    shown = Counter(case["witnessed"] for case in cases)
    proven = Counter(case["witnessed"] for case in cases if case["verdict"] == "proven")
    timings = sorted(case["seconds"] for case in cases if case["verdict"] != "none")
    middle = timings[len(timings) // 2] if timings else 0
    head = (
        "\n## Proof: development corpus\n\n"
        "The findings at the place of each item's own flaw go through the whole ladder; the case "
        "that got furthest counts. *By effect* is an attack that changed what reached the sink; "
        "*structural* is the dangerous call seen to happen.\n\n"
        "| items | found | witnessed | by effect | structural | patched | proven "
        "| proven by effect | median s from finding to verdict |\n"
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        f"| {len(rows)} | {sum(row['found'] for row in rows)} "
        f"| {shown['effect'] + shown['structural']} | {shown['effect']} | {shown['structural']} "
        f"| {sum(case['patched'] for case in cases)} | {sum(proven.values())} "
        f"| {proven['effect']} | {middle:g} |\n\n"
    )
    table = "| item | CWE | witnessed | verdict | last gate | why |\n|---|---|---|---|---|---|\n"
    return head + table + "".join(_table_row(row) for row in rows)


def _table_row(row: Row) -> str:
    case = best(row)
    if case is None:
        told = row.get("error") or ("no case was made" if row["found"] else "not found")
        return f"| {row['id']} | {row['cwe'][0]} | - | - | - | {cell(told)} |\n"
    gate = "-" if case["gate"] is None else GATES[case["gate"]]
    return (
        f"| {row['id']} | {row['cwe'][0]} | {case['witnessed'] or 'no'} | {case['verdict']} "
        f"| {gate} | {cell(case['reason'])} |\n"
    )


def cell(text: str) -> str:
    """Return a text for a table."""
    line = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return line if len(line) <= 160 else line[:157] + "..."


if __name__ == "__main__":
    raise SystemExit(main())
