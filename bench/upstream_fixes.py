"""Judges upstream's fixes of a corpus by the ladder; writes bench/parts/upstream_fixes.md.

    python bench/upstream_fixes.py --corpus DIR --trees DIR [--state DIR] [--only ID ...]
        [--limit-s 600] [--again] [--section]

Where an item is witnessed, by the program's own plan or by the driver that was written for it in
``ceilings/given/``, the edits of upstream's release at the item's place are judged, and nothing
else: no remedy is tried before, and edits that were written by hand are left out. The target's own
tests are not run: whether upstream's fix keeps them is known. What an item came to is kept in
``.bench/upstream_fixes/ID.json``. What a refusal rests on is said in ``upstream_fixes.toml``.
"""

import argparse
import difflib
import json
import os
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "ceilings"), str(HERE)]

from knowing import Given, read_given  # noqa: E402 - the folder is none where scripts look
from proof import GATES, PROGRAM, Row, at_item, case_id, cell, said, scoring_of  # noqa: E402 - likewise
from upstream_fix import edits_of  # noqa: E402 - likewise

from countermine.cli.given import read_given as read_diff  # noqa: E402 - as above
from countermine.cli.options import Outputs, Proving, Wishes  # noqa: E402
from countermine.cli.requests import Aims, request_for  # noqa: E402
from countermine.cli.running import means_for, new_run_id  # noqa: E402
from countermine.cli.searching import plan  # noqa: E402
from countermine.cli.surroundings import SystemClock, state_folder  # noqa: E402
from countermine.core.environment import BuiltEnvironment, Environment, NoTests  # noqa: E402
from countermine.core.errors import CountermineError  # noqa: E402
from countermine.core.findings import Finding  # noqa: E402
from countermine.core.patches import Patch  # noqa: E402
from countermine.core.targets import Target  # noqa: E402
from countermine.core.witnesses import NoWitness  # noqa: E402
from countermine.loop.engines import PatchedCase  # noqa: E402
from countermine.loop.proposing import with_proposal  # noqa: E402
from countermine.loop.records import Opened, Proposal, WitnessRecord  # noqa: E402
from countermine.loop.stages import Stages, texts_of  # noqa: E402
from countermine.prove.records import Baseline, NotWitnessed, Witnessed  # noqa: E402
from countermine.weaknesses.registry import BUILT_IN  # noqa: E402

KEPT = HERE.parent / ".bench" / "upstream_fixes"
PART = HERE / "parts" / "upstream_fixes.md"
NOTES = HERE / "upstream_fixes.toml"
SCOPE = GATES.index("scope")
MOST = 3
"""Findings of one item that are tried until one is witnessed."""


def main() -> int:
    """Measure, and write the part of the results."""
    parser = argparse.ArgumentParser(description="Judge upstream's fixes by the ladder.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--state", type=Path, help="state folder of the program")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where rows are kept")
    parser.add_argument("--only", action="append", default=[], help="an item's id; repeatable")
    parser.add_argument("--limit-s", type=int, default=600, help="for each item")
    parser.add_argument("--again", action="store_true", help="measure what is kept anew")
    parser.add_argument("--section", action="store_true", help="only write what is kept")
    options = parser.parse_args()
    if options.state is not None:
        os.environ["COUNTERMINE_STATE"] = str(options.state)
    manifest = tomllib.loads((options.corpus / "dev.toml").read_text("utf-8"))
    items = [one for one in manifest["item"] if not options.only or one["id"] in options.only]
    options.kept.mkdir(parents=True, exist_ok=True)
    if not options.section:
        for item in items:
            row = kept(item, options)
            print(row["id"], outcome(row), f"({row['seconds']} s)", flush=True)
    rows = [
        json.loads(file.read_text("utf-8"))
        for item in manifest["item"]
        if (file := options.kept / f"{item['id']}.json").is_file()
    ]
    if options.section:
        PART.write_text(section(rows, len(manifest["item"])), encoding="utf-8")
    return 0


def kept(item: Row, options: argparse.Namespace) -> Row:
    """Return what an item came to, measured unless that is known."""
    file: Path = options.kept / f"{item['id']}.json"
    if file.is_file() and not options.again:
        row: Row = json.loads(file.read_text("utf-8"))
        return row
    begun = time.monotonic()
    row = {"id": item["id"], "cwe": item["cwe"]}
    try:
        with bounded(options.limit_s):
            row |= measured(item, options)
    except TimeoutError:
        row["not_judged"] = f"no answer in {options.limit_s} s"
    except CountermineError as error:
        row["not_judged"] = str(error)
    row["seconds"] = round(time.monotonic() - begun)
    file.write_text(json.dumps(row, indent=1), encoding="utf-8")
    return row


@contextmanager
def bounded(limit_s: int) -> Iterator[None]:
    """Raise ``TimeoutError`` inside after some seconds."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit_s)
    try:
        yield
    finally:
        signal.alarm(0)


def measured(item: Row, options: argparse.Namespace) -> Row:  # noqa: PLR0911 - each says why
    """Show an item's flaw and judge upstream's fix of it."""
    tree = options.trees / item["id"] / "vulnerable"
    given = read_given(HERE / "ceilings" / "given" / f"{item['id']}.toml")
    diff = upstream(item, tree, options.trees / item["id"] / "fixed")
    if not diff:
        return {"not_judged": "the release has no edits at the item's place"}
    with tempfile.TemporaryDirectory(prefix="measure-") as scratch:
        clock = SystemClock()
        planned = plan(str(tree), Wishes(config=_settings(given, Path(scratch))))
        aims = Aims(proving=Proving(python=None), prove=True)
        request = request_for(
            planned, aims, Outputs(), run=new_run_id(clock), started=clock.now_iso()
        )
        searching = Stages(means_for(request, state_folder()), request)
        opened = searching.open(request)
        if not isinstance(opened, Opened):
            return {"not_judged": f"not opened: {opened}"}
        found = searching.find(request, opened).findings
        mine = _at(item, found, given, options)
        if not mine:
            return {"not_judged": "not found by the search"}
        stages = Stages(means_for(request, Path(scratch)), request)
        environment = stages.prepare(request, opened.target).environment
        ground = stages.baseline(opened.target, _without_tests(environment))
        why = "no witness"
        for finding in mine[:MOST]:
            shown = _shown(stages, opened.target, environment, finding, ground, given)
            if not isinstance(shown.witnessing, Witnessed):
                why = _why(shown)
                continue
            file = Path(scratch) / "upstream.diff"
            file.write_text(diff, encoding="utf-8")
            patch = read_diff(file, None, Path(opened.target.root), finding).patch
            if patch is None:
                return {"not_judged": "the edits are no patch of source text"}
            row = _judged(stages, opened.target, environment, ground, finding, shown, patch)
            mine_alone = tuple(one for one in patch.edits if one.span.path == path_of(finding))
            if row.get("gate") != SCOPE or not mine_alone or mine_alone == patch.edits:
                return row
            # Upstream mends more than one flaw at once; a case is about one of them.
            patch = replace(patch, edits=mine_alone, new_files=())
            part = _judged(stages, opened.target, environment, ground, finding, shown, patch)
            if part.get("gate") == GATES.index("builds"):
                return row  # what it needs stands in another file
            return part | {"part": True, "whole": row["reason"]}
        return {"not_judged": f"not witnessed: {why}"}


def upstream(item: Row, tree: Path, fixed: Path) -> str:
    """Return upstream's edits at the item's place, as a diff."""
    after: dict[str, str] = {}
    for one in edits_of(item, tree, fixed):
        text = after.get(one.path, text_of(tree / one.path))
        end = "\r\n" if "\r\n" in text else "\n"
        old, new = (part.replace("\n", end) for part in (one.search, one.replace))
        after[one.path] = text.replace(old, new, 1)
    return "".join(
        line
        for path, text in after.items()
        for line in difflib.unified_diff(
            text_of(tree / path).splitlines(keepends=True),
            text.splitlines(keepends=True),
            f"a/{path}",
            f"b/{path}",
        )
    )


def path_of(finding: Finding) -> str:
    """Return the file of a finding."""
    return finding.location.path


def text_of(file: Path) -> str:
    """Return a file as it is: its ends of lines are part of it."""
    return file.read_bytes().decode("utf-8")


def _settings(given: Given | None, folder: Path) -> Path | None:
    if given is None or not given.install:
        return None
    config = folder / "settings.toml"
    config.write_text(f"[target]\ninstall = {json.dumps(given.install)}\n")
    return config


def _at(
    item: Row, found: tuple[Finding, ...], given: Given | None, options: argparse.Namespace
) -> list[Finding]:
    """Return the findings at an item's place, as bench/proof.py knows them."""
    told = said([PROGRAM, "find", options.trees / item["id"] / "vulnerable", "--json"], options)
    if isinstance(told, str):
        return []
    by_id = {str(one.fingerprint): one for one in found}
    names = [one["fingerprint"] for _, one in at_item(item, told, scoring_of(options.corpus))]
    functions = given.functions if given is not None else ()
    ours = [by_id[name] for name in names if name in by_id]
    return [one for one in ours if not functions or one.function in functions]


def _without_tests(environment: BuiltEnvironment) -> BuiltEnvironment:
    if not isinstance(environment, Environment):
        return environment
    return replace(environment, tests=NoTests(reason="not run in this measurement"), other_tests=())


def _shown(
    stages: Stages,
    target: Target,
    environment: BuiltEnvironment,
    finding: Finding,
    ground: Baseline,
    given: Given | None,
) -> WitnessRecord:
    """Return the witness of the program's own plan, or that of the driver which was written."""
    record = stages.witness(target, environment, finding, ground)
    if given is None or not (given.driver or given.attacks):
        return record
    if isinstance(record.witnessing, Witnessed) and not given.driver:
        return record
    maker = next(w.witness for w in BUILT_IN if w.facts.id == finding.weakness)
    texts = texts_of(target, finding)
    plain = None if maker is None else maker.make(finding, texts)
    if plain is None or isinstance(plain, NoWitness):
        return record
    proposal = Proposal(by="given", driver=given.driver or None, attacks=given.attacks)
    made = with_proposal(plain, proposal, finding, texts)
    driven = stages.drive(target, environment, made, finding, ground)
    return driven if isinstance(driven.witnessing, Witnessed) else record


def _why(record: WitnessRecord) -> str:
    stopped = record.witnessing
    if isinstance(stopped, NotWitnessed):
        return getattr(stopped.verdict, "reason", "") or "no attack shows the flaw"
    return record.no_witness or "no witness"


def _judged(  # noqa: PLR0913, PLR0917 - what a case is made of
    stages: Stages,
    target: Target,
    environment: BuiltEnvironment,
    ground: Baseline,
    finding: Finding,
    shown: WitnessRecord,
    patch: Patch,
) -> Row:
    if shown.witness is None or not isinstance(shown.witnessing, Witnessed):
        return {"not_judged": _why(shown)}
    judgement = stages.judge(
        PatchedCase(
            target=target,
            environment=environment,
            baseline=ground,
            finding=finding,
            witness=shown.witness,
            witnessed=shown.witnessing,
            patch=patch,
        )
    )
    verdict = judgement.verdict
    last = verdict.gates[-1]
    proven = verdict.kind == "proven"
    return {
        "case": case_id({"weakness": finding.weakness, "fingerprint": finding.fingerprint}),
        "driver": shown.witness.driver is not None,
        "verdict": str(verdict.kind),
        "gate": None if proven else last.gate.value,
        "reason": "" if proven else getattr(verdict, "reason", "") or last.reason,
        "evidence": [f"{one.title}: {one.text}"[:600] for one in last.evidence[:2]],
    }


def kind(row: Row) -> str:
    """Return the column of a row."""
    if "verdict" not in row:
        return "not judged"
    if row["verdict"] == "proven":
        return "proven"
    return "inconclusive" if row["verdict"] == "inconclusive" else "refused"


def outcome(row: Row) -> str:
    """Return in one line what became of an item."""
    if "verdict" not in row:
        return f"not judged: {row['not_judged']}"
    if row["verdict"] == "proven":
        return "proven"
    gate = row["gate"]
    name = GATES[gate] if isinstance(gate, int) and gate < len(GATES) else gate
    return f"{row['verdict']} at {name}: {row['reason']}"


def section(rows: list[Row], items: int) -> str:
    """Return the table."""
    notes = tomllib.loads(NOTES.read_text("utf-8")) if NOTES.is_file() else {}
    apart = {name for name, note in notes.items() if isinstance(note, dict) and note.get("apart")}
    judged = [row for row in rows if kind(row) != "not judged" and row["id"] not in apart]
    count = Counter(map(kind, judged))
    refused = [row for row in judged if kind(row) == "refused"]
    wrongly = [row for row in refused if notes.get(row["id"], {}).get("wrongly", True)]
    numbers = (count["proven"], count["refused"], len(wrongly), count["inconclusive"])
    counts = " | ".join(map(str, numbers))
    lines = [
        "\n## Upstream's fixes: what the ladder says of them\n",
        notes.get("text", "").strip(),
        "",
        "| items | judged | proven | refused | of these wrongly | inconclusive |",
        "|---:|---:|---:|---:|---:|---:|",
        f"| {items} | {len(judged)} | {counts} |",
        "",
        "| item | CWE | shown by | what the ladder says | what it rests on |",
        "|---|---|---|---|---|",
    ]
    for row in judged:
        by = "a driver that was written" if row["driver"] else "the plan"
        note = notes.get(row["id"], {}).get("why", "")
        by += ", the part in its file alone" if row.get("part") else ""
        lines.append(
            f"| {row['id']} | {row['cwe'][0]} | {by} | {cell(outcome(row))} | {cell(note)} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    raise SystemExit(main())
