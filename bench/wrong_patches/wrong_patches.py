"""Judges wrong patches, mutants and right patches by the ladder.

    python bench/wrong_patches/wrong_patches.py [--only TEXT] [--jobs 2] [--fresh] [--section]

Writes bench/parts/wrong_patches.md with --section. What was judged stands in
.bench/wrong_patches/verdicts.jsonl: a measure that was stopped goes on there. A wrong
patch that is ``proven`` is the worst defect there is.
"""

import argparse
import difflib
import hashlib
import json
import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from candidates import ROOT, WORK, Candidate, Flaw, flaws, listed, tree_of
from judging import Said, bench_for, judge
from mutating import kept_mutants

RECORD = WORK / "verdicts.jsonl"
SHARE = 16
"""As many are judged by one process, so that what a flaw's patches share is seldom made anew."""
PART = ROOT / "bench" / "parts" / "wrong_patches.md"
OURS = ("baseline", "red", "control")
"""What stops there before the patch is looked at (a bound, a sandbox that was cut off) is no
verdict on it: it is judged again."""
SHOWN_WRONG = (
    "Each is shown to be wrong by an exploit that knows nothing of the ladder, or by a legitimate "
    "use that is lost. *Unwitnessed* are those of flaws that no witness shows yet; they are not in "
    "the rate, whose interval is Wilson's of 95 %. Where not all were judged, it says so.\n"
)
SHOWN_RIGHT = (
    "None of the exploits finds anything against those by hand and the remedies. A refusal of one "
    "of them is wrong; what is inconclusive is told apart.\n"
)


def upstream(flaw: Flaw) -> Candidate | None:
    """Return upstream's fix, as far as it changes the file of the flaw.

    A release changes more than that: its number, and what has nothing to do with the flaw.
    """
    if not flaw.fixed:
        return None
    before, after = (
        (tree_of(one) / flaw.file).read_text(encoding="utf-8").splitlines(keepends=True)
        for one in (flaw.tree, flaw.fixed)
    )
    diff = "".join(difflib.unified_diff(before, after, f"a/{flaw.file}", f"b/{flaw.file}"))
    return Candidate(flaw=flaw, name="upstream", kind="right", diff=diff)


GROUPS: dict[str, Callable[[], list[Candidate]]] = {
    "written": lambda: listed("written"),
    "mutant": kept_mutants,
    "right": lambda: listed("right"),
    "upstream": lambda: [one for flaw in flaws().values() if (one := upstream(flaw))],
}


def key_of(candidate: Candidate) -> str:
    """Return what a verdict is kept by."""
    return hashlib.sha256(f"{candidate.flaw.name}\n{candidate.diff}".encode()).hexdigest()[:20]


def kept() -> dict[str, Said]:
    """Return the verdicts that are there, the latest of each patch."""
    found: dict[str, Said] = {}
    if RECORD.exists():
        for row in map(json.loads, RECORD.read_text().splitlines()):
            key = row.pop("key")
            if row["verdict"] == "inconclusive" and row["gate"] in OURS:
                continue
            found[key] = Said(**row)
    return found


def judge_all(flaw: Flaw, todo: list[Candidate]) -> Iterator[tuple[Candidate, Said]]:
    """Judge patches of one flaw, one after another."""
    with TemporaryDirectory(prefix="measure-") as scratch:
        bench = bench_for(flaw, Path(scratch))
        for one in todo:
            if isinstance(bench, str):
                yield one, Said(verdict="unwitnessed", gate="find", reason=bench)
            else:
                yield one, judge(bench, one)


def _one_share(flaw: Flaw, todo: list[Candidate]) -> int:
    for one, said in judge_all(flaw, todo):
        row = json.dumps({"key": key_of(one), **asdict(said)}) + "\n"
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(row)
        print(f"{said.verdict:12} {said.gate:15} {one.id}  {said.reason[:90]}", flush=True)
    return len(todo)


def _fewer(chosen: list[Candidate], each: int) -> list[Candidate]:
    """Return some of each flaw's patches, always the same."""
    taken: Counter[str] = Counter()
    some = []
    for one in sorted(chosen, key=key_of):
        taken[one.flaw.name] += 1
        if taken[one.flaw.name] <= each:
            some.append(one)
    return some


def measure(chosen: Iterable[Candidate], jobs: int) -> None:
    """Judge patches, each flaw's by one process at a time."""
    shares: dict[str, list[Candidate]] = defaultdict(list)
    for one in chosen:
        shares[one.flaw.name].append(one)
    pieces = [
        (todo[0].flaw, todo[start : start + SHARE])
        for start in range(0, max(map(len, shares.values()), default=0), SHARE)
        for todo in shares.values()
        if start < len(todo)
    ]
    with ProcessPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(_one_share, *piece) for piece in pieces]):
            done.result()


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate.

    Source: Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    if not total:
        return 0.0, 1.0
    z = 1.959964
    rate, square = hits / total, z * z / total
    middle = (rate + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(rate * (1 - rate) / total + square / (4 * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def outcome(said: Said) -> str:
    """Return the column of a verdict."""
    if said.verdict == "proven":
        return "accepted"
    if said.verdict == "unwitnessed":
        return "unwitnessed"
    return "inconclusive" if said.verdict in ("inconclusive", "error") else "refused"


def section(groups: dict[str, list[Candidate]], verdicts: dict[str, Said]) -> str:
    """Write what was measured."""
    rows = ["\n## Wrong patches: what the ladder says of patches that an exploit breaks\n"]
    rows += _wrong_tables(groups, verdicts)
    rows += _right_tables(groups, verdicts)
    return "\n".join(rows) + "\n"


def _wrong_tables(groups: dict[str, list[Candidate]], verdicts: dict[str, Said]) -> list[str]:
    rows = [
        SHOWN_WRONG,
        "| patches | judged of | accepted | refused | inconclusive | unwitnessed | rate (95 %) |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, title in (("written", "written by hand"), ("mutant", "mutants of right patches")):
        count = Counter(outcome(verdicts[k]) for k in map(key_of, groups[name]) if k in verdicts)
        witnessed = count["accepted"] + count["refused"] + count["inconclusive"]
        low, high = wilson(count["accepted"], witnessed)
        rate = 100 * count["accepted"] / witnessed if witnessed else 0
        rows.append(
            f"| {title} | {sum(count.values())} of {len(groups[name])} | {count['accepted']} "
            f"| {count['refused']} "
            f"| {count['inconclusive']} | {count['unwitnessed']} "
            f"| {rate:.1f} % ({100 * low:.1f} to {100 * high:.1f} %) |"
        )
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    gates: Counter[str] = Counter()
    for one in [*groups["written"], *groups["mutant"]]:
        said = verdicts.get(key_of(one))
        if said:
            kinds[one.kind][outcome(said)] += 1
            gates[said.gate] += bool(said.gate) and outcome(said) == "refused"
    rows += [
        "\n| kind | accepted | refused | inconclusive | unwitnessed |",
        "|---|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {kind} | {count['accepted']} | {count['refused']} | {count['inconclusive']} "
        f"| {count['unwitnessed']} |"
        for kind, count in sorted(kinds.items())
    ]
    stopped = ", ".join(f"{gate} {number}" for gate, number in gates.most_common() if number)
    accepted = [
        one.id
        for one in [*groups["written"], *groups["mutant"]]
        if key_of(one) in verdicts and outcome(verdicts[key_of(one)]) == "accepted"
    ]
    rows.append(f"\nRefused by: {stopped}.")
    if accepted:
        rows.append("\nAccepted: " + ", ".join(f"`{one}`" for one in accepted) + ".")
    return rows


def _right_tables(groups: dict[str, list[Candidate]], verdicts: dict[str, Said]) -> list[str]:
    rows = [
        "\n### Right patches\n",
        SHOWN_RIGHT,
        "| patches | judged | accepted | refused | inconclusive | unwitnessed |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    remedies = [one for one in groups["right"] if one.name == "remedy"]
    by_hand = [one for one in groups["right"] if one.name != "remedy"]
    notes = []
    for title, some in (
        ("by hand", by_hand), ("remedies", remedies), ("upstream's fixes", groups["upstream"]),
    ):  # fmt: skip
        told = [(one, verdicts[key_of(one)]) for one in some if key_of(one) in verdicts]
        count = Counter(outcome(said) for _, said in told)
        rows.append(
            f"| {title} | {len(told)} | {count['accepted']} | {count['refused']} "
            f"| {count['inconclusive']} | {count['unwitnessed']} |"
        )
        notes += [
            f"- `{one.id}`: {said.verdict} at {said.gate}: {said.reason}"
            for one, said in told
            if outcome(said) in ("refused", "inconclusive")
        ]
    return [*rows, "\nNot accepted:\n" if notes else "", *notes]


def main() -> int:
    """Judge, and write the part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a patch's id")
    parser.add_argument(
        "--group", action="append", default=[], help="written, mutant, right, upstream"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--each", type=int, help="judge at most as many of each flaw")
    parser.add_argument("--fresh", action="store_true", help="judge again what was judged")
    parser.add_argument(
        "--section", action="store_true", help="judge nothing, write the part of what was judged"
    )
    options = parser.parse_args()
    os.environ.setdefault("COUNTERMINE_STATE", str(WORK / "state"))
    os.chdir(ROOT)
    WORK.mkdir(parents=True, exist_ok=True)
    if not options.section:
        groups = {
            name: made() for name, made in GROUPS.items() if name in (options.group or GROUPS)
        }
        known = {} if options.fresh else kept()
        chosen = [
            one
            for some in groups.values()
            for one in some
            if options.only in one.id and key_of(one) not in known
        ]
        print(f"to be judged: {len(chosen)}", flush=True)
        if options.each:
            chosen = _fewer(chosen, options.each)
        measure(chosen, options.jobs)
        return 0
    PART.write_text(section({name: made() for name, made in GROUPS.items()}, kept()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
