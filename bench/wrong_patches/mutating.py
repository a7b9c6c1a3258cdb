"""Mutants of right patches, each kept only if the exploit of its flaw still breaks the tree.

    python bench/wrong_patches/mutating.py [--only TEXT] [--jobs 2] [--each 6]

Mutants are made in a fixed order that mixes the kinds. Those that an exploit breaks are listed
in mutants.json by the hash of their diff, so that measuring need not show it again.
"""

import argparse
import ast
import difflib
import hashlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from candidates import HERE, Candidate, apply, copied, environment_of, listed, tree_of
from exploiting import try_exploit
from guards import guarded
from operators import Source, Spoilt, spoilt

KEPT = HERE / "mutants.json"
MOST_TRIED = 30
"""Of one right patch."""


def mutants_of(right: Candidate) -> list[Candidate]:
    """Return all mutants of a right patch, in a fixed order that mixes the kinds."""
    root = tree_of(right.flaw.tree)
    made: dict[str, Candidate] = {}
    with copied(root) as tree:
        apply(right.diff, tree)
        for path in _changed(right.diff):
            old, new = ((one / path).read_text(encoding="utf-8") for one in (root, tree))
            rest = _diff(root, tree, [one for one in _changed(right.diff) if one != path])
            for one in _spoilt(old, new):
                if one.text in (old, new) or not _compiles(one.text):
                    continue
                diff = rest + _unified(path, old, one.text)
                key = hashlib.sha256(ast.dump(ast.parse(one.text)).encode()).hexdigest()
                made.setdefault(
                    key,
                    Candidate(
                        flaw=right.flaw, name=f"{right.name}+{one.label}", kind=one.kind, diff=diff
                    ),
                )
    return _mixed(list(made.values()))


def _spoilt(old: str, new: str) -> Iterator[Spoilt]:
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    groups = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    lines = frozenset(line + 1 for _, _, _, start, end in groups for line in range(start, end))
    yield from spoilt(Source(new, lines))
    yield from guarded(old, new, lines)
    rows, older = new.splitlines(keepends=True), old.splitlines(keepends=True)
    for number, (_, from_old, to_old, start, end) in enumerate(groups):
        if len(groups) > 1:
            text = "".join([*rows[:start], *older[from_old:to_old], *rows[end:]])
            yield Spoilt(kind="edit dropped", label=f"hunk-{number}", text=text)


def _mixed(found: list[Candidate]) -> list[Candidate]:
    kinds: dict[str, list[Candidate]] = {}
    for one in sorted(found, key=lambda one: hashlib.sha256(one.id.encode()).hexdigest()):
        kinds.setdefault(one.kind, []).append(one)
    mixed = []
    while kinds:
        for kind in sorted(kinds):
            mixed.append(kinds[kind].pop(0))
            if not kinds[kind]:
                del kinds[kind]
    return mixed


def _changed(diff: str) -> list[str]:
    return [row[6:].strip() for row in diff.splitlines() if row.startswith("+++ b/")]


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _unified(path: str, old: str, new: str) -> str:
    rows = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(rows)


def _diff(root: Path, tree: Path, paths: list[str]) -> str:
    return "".join(
        _unified(path, *((one / path).read_text(encoding="utf-8") for one in (root, tree)))
        for path in paths
    )


def key_of(candidate: Candidate) -> str:
    """Return what a mutant is listed by."""
    return hashlib.sha256(candidate.diff.encode()).hexdigest()[:16]


def kept_mutants() -> list[Candidate]:
    """Return the mutants that exploits were shown to break."""
    known = set(json.loads(KEPT.read_text())) if KEPT.exists() else set()
    made = [one for right in listed("right") for one in mutants_of(right)]
    first = {key_of(one): one for one in reversed(made)}
    return [one for key, one in reversed(first.items()) if key in known]


def main() -> int:
    """Make and try mutants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of the id of a right patch")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--each", type=int, default=6, help="as many are kept of a right patch")
    options = parser.parse_args()
    kept: dict[str, str] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    rights = [one for one in listed("right") if options.only in one.id]
    for right in rights:
        environment_of(right.flaw.needs, right.flaw.python)
    with ThreadPoolExecutor(options.jobs) as pool:
        for found in pool.map(lambda right: _broken(right, options.each), rights):
            kept.update(found)
            KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
            print(len(kept), flush=True)
    return 0


def _broken(right: Candidate, most: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in mutants_of(right)[:MOST_TRIED]:
        if len(found) >= most:
            break
        with copied(tree_of(one.flaw.tree)) as tree:
            apply(one.diff, tree)
            result = try_exploit(one.flaw, tree, first=True)
        if result.works and not result.trouble:
            found[key_of(one)] = f"{one.id}: {result.works[0]}"
    return found


if __name__ == "__main__":
    sys.exit(main())
