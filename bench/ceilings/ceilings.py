"""Runs the loop on the flaws of a corpus with models that know the answers: two ceilings.

    python bench/ceilings/ceilings.py --corpus DIR --trees DIR [--state DIR] [--only ID ...]
        [--model fix|all] [--proof DIR ...]

The first model knows upstream's fix and nothing else; the second also says where the flaw is and
hands in the witness that was written for the item in ``given/ID.toml``. Both speak over loopback,
as any model would, and neither is believed: what they come to is what the ladder lets through, so
each figure is the most that a perfect model could reach by this program, and each row says what
stops it. What an item came to is kept in ``.bench/ceilings/``; ``--again`` measures anew.

A model that knows a fix and nothing else changes nothing for an item that has no witness, nor for
one that a remedy is proven for. With ``--proof`` such items come from what bench/proof.py kept.
"""

import argparse
import json
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from knowing import MODEL, Given, knowing, read_given
from upstream_fix import Edit, edits_of

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from proof import (  # noqa: E402 - the folder above is not where scripts look by themselves
    GATES,
    MOST_CASES,
    PROGRAM,
    Row,
    at_item,
    best,
    case_id,
    case_row,
    cell,
    said,
    scoring_of,
)

from countermine.testing.model_server import model_server  # noqa: E402 - as above

KEPT = HERE.parents[1] / ".bench" / "ceilings"
PART = HERE.parent / "parts" / "ceilings.md"
MODELS = ("fix", "all")


def main() -> int:
    """Measure and write the part of the results."""
    parser = argparse.ArgumentParser(description="Run the loop with models that know the answers.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--state", type=Path, help="state folder of the program")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where rows are kept")
    parser.add_argument("--only", action="append", default=[], help="an item's id; repeatable")
    parser.add_argument("--model", choices=MODELS, help="one of the two alone")
    parser.add_argument(
        "--proof", type=Path, action="append", default=[], help="rows of bench/proof.py; repeatable"
    )
    parser.add_argument("--limit-s", type=float, default=900, help="for each item")
    parser.add_argument("--again", action="store_true", help="measure what is kept anew")
    options = parser.parse_args()
    manifest = tomllib.loads((options.corpus / "dev.toml").read_text("utf-8"))
    items = [one for one in manifest["item"] if not options.only or one["id"] in options.only]
    scoring = scoring_of(options.corpus)
    rows: dict[str, list[Row]] = {}
    for name in MODELS if options.model is None else (options.model,):
        folder = options.kept / name
        folder.mkdir(parents=True, exist_ok=True)
        rows[name] = [kept(item, name, folder, options, scoring) for item in items]
    text = section(rows)
    print(text)
    if not options.only and options.model is None:
        PART.write_text(text, encoding="utf-8")
    return 0


def kept(
    item: Row, name: str, folder: Path, options: argparse.Namespace, scoring: ModuleType
) -> Row:
    """Return what an item came to with one of the models, measured unless that is known."""
    file = folder / f"{item['id']}.json"
    if file.is_file() and not options.again:
        row: Row = json.loads(file.read_text("utf-8"))
        return row
    begun = time.monotonic()
    given = read_given(HERE / "given" / f"{item['id']}.toml") if name == "all" else None
    row = {"id": item["id"], "cwe": item["cwe"], "given": given is not None}
    settled = without_model(item, options.proof) if given is None else None
    row |= measured(item, given, options, scoring) if settled is None else settled
    row["seconds"] = round(time.monotonic() - begun, 1)
    file.write_text(json.dumps(row, indent=1), encoding="utf-8")
    print(name, item["id"], outcome(row), f"({row['seconds']} s)", file=sys.stderr, flush=True)
    return row


def without_model(item: Row, folders: Sequence[Path]) -> Row | None:
    """Return what an item came to without a model, if a fix that is known makes no difference."""
    for folder in folders:
        file = folder / f"{item['id']}.json"
        if not file.is_file():
            continue
        row: Row = json.loads(file.read_text("utf-8"))
        waits = [one for one in row["cases"] if one["witnessed"] and one["verdict"] != "proven"]
        if _proven(row) or (not waits and "error" not in row):
            by = [one | {"by": "remedy" if one["patched"] else None} for one in row["cases"]]
            return {"found": row["found"], "cases": by}
    return None


def measured(
    item: Row, given: Given | None, options: argparse.Namespace, scoring: ModuleType
) -> Row:
    """Run the loop on one item."""
    trees = options.trees / item["id"]
    tree = trees / "vulnerable"
    edits = given.edits if given is not None and given.edits else ()
    edits = edits or edits_of(item, tree, trees / "fixed")
    found = said([PROGRAM, "find", tree, "--json"], options)
    if isinstance(found, str):
        return {"found": False, "cases": [], "error": found}
    ours = [one for _, one in at_item(item, found, scoring)]
    if given is not None and given.functions:
        ours = [one for one in ours if one["function"] in given.functions]
    row: Row = {"found": bool(ours), "edits": len(edits), "cases": []}
    place = None if given is None else given.place
    if not ours and place is None:
        return row
    asked = [part for one in ours[:MOST_CASES] for part in ("--only", case_id(one))]
    if place is not None:
        asked = ["--hypotheses", "--path", place["file"], "--only", place["weakness"]]
    with model(edits, given) as config:
        ran = said([PROGRAM, "run", tree, "--json", "--config", config, *asked], options)
    if isinstance(ran, str):
        return row | {"error": ran}
    names = {case_id(one) for _, one in at_item(item, {"findings": findings(ran)}, scoring)}
    cases = [case_row(one) | author(one) for one in ran["cases"] if one["id"] in names]
    return row | {"found": bool(cases), "cases": cases, "notes": ran["notes"]}


def findings(ran: Row) -> list[Row]:
    """Return the findings of the cases of a run."""
    return [one["finding"] for one in ran["cases"]]


def author(one: Row) -> Row:
    """Return whether a case's patch is a model's or a remedy's."""
    return {"by": (one["patch"] or {}).get("origin")}


@contextmanager
def model(edits: Sequence[Edit], given: Given | None) -> Iterator[Path]:
    """Serve a model that knows, and yield the settings by which a run asks it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        model_server(say=knowing(edits, given), model=MODEL) as server,
    ):
        config = Path(folder) / "models.toml"
        wanted = () if given is None else given.install
        settings = f"[target]\ninstall = {json.dumps(wanted)}\n\n" if wanted else ""
        config.write_text(
            f'{settings}[models.roster.first]\nprovider = "openai-compatible"\nmodel = "{MODEL}"\n'
            f'url = "{server.url}"\n'
        )
        yield config


def outcome(row: Row) -> str:
    """Return in one line what an item came to."""
    case = best(row)
    if case is None:
        return str(row.get("error") or ("no case was made" if row["found"] else "not found"))
    if case["verdict"] == "proven":
        return f"proven, {case['by']}'s patch"
    gate = "" if case["gate"] is None else f" at {GATES[case['gate']]}"
    return f"{case['verdict']}{gate}: {case['reason']}"


def section(rows: dict[str, list[Row]]) -> str:
    """Return the table."""
    what = (
        "A scripted model that knows upstream's fix and nothing else, and one that also gives the "
        "place and the witness that were written by hand for the item. Neither is believed; the "
        "ladder judges what they hand in. Patches of remedies are tried first."
    )
    lines = ["", "## Models: two ceilings over the development corpus", "", what, ""]
    for name, title in zip(MODELS, ("the fix alone", "also place and witness"), strict=True):
        mine = rows.get(name, [])
        proven = sum(_proven(row) for row in mine)
        by_hand = sum(bool(row["given"]) for row in mine)
        also = f"; something was written by hand for {by_hand}" if name == "all" else ""
        lines.append(f"- {title}: {proven} of {len(mine)} proven{also}.")
    lines += ["", "| item | CWE | the fix alone | also place and witness |", "|---|---|---|---|"]
    by_id = {name: {row["id"]: row for row in mine} for name, mine in rows.items()}
    for row in next(iter(rows.values())):
        told = [cell(outcome(by_id[name][row["id"]])) if name in by_id else "-" for name in MODELS]
        lines.append(f"| {row['id']} | {row['cwe'][0]} | {told[0]} | {told[1]} |")
    return "\n".join([*lines, ""])


def _proven(row: Row) -> bool:
    case = best(row)
    return case is not None and case["verdict"] == "proven"


if __name__ == "__main__":
    raise SystemExit(main())
