"""Which rows of the catalogue the items of a corpus hang on, and who else uses what they describe.

    python bench/ablation.py --corpus DIR --cache TREES --sarif DIR --projects DIR

A sink that takes part in the finding of one item only may have been written for it. So for every
finding that finds an item the row of its sink and those of its source are looked up, and for every
item that is silent once fixed the guards and sanitizers that its changed functions name. Each row
is listed with the items that need it and with how many other trees name what it describes: those of
the corpus, and the projects that precision is measured on (folders in --projects). Every scan's
SARIF file is kept as ID-vulnerable.sarif; what is there already is not scanned again.
With --kept-only nothing is scanned.

This is the upper bound of what an ablation by leaving rows out could show: a row that helps no item
alone cannot lose one, and a row that helps one item only is shown with who else it is for.
"""

import argparse
import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "src" / "countermine" / "catalogue" / "python"
PROGRAM = ROOT / ".venv" / "bin" / "countermine"
_REACHES = re.compile(r"reaches (?:an expression of )?(\S+?),?(?: in \S+| through .*)?$")
_IMPORTED = re.compile(rb"(?m)^\s*(?:from|import)\s+(\w+)")
_OWN = re.compile(r"parameter|{{")
"""Sources and sinks that no row describes: a parameter of the program's own, a template's place."""


@dataclass(slots=True, eq=False)
class Row:
    """A row of the catalogue."""

    library: str
    sort: str
    names: tuple[str, ...]
    kinds: frozenset[str]
    note: str
    items: set[str] = field(default_factory=set)
    trees: set[str] = field(default_factory=set)
    """Other trees that name what it describes."""

    @property
    def title(self) -> str:
        """Return what it is known by."""
        more = f" and {len(self.names) - 1} more" if len(self.names) > 1 else ""
        about = f" ({', '.join(sorted(self.kinds))})" if self.sort == "sink" else ""
        return f"`{self.names[0]}`{more}{about}"

    @property
    def words(self) -> set[str]:
        """Return the last parts of its names."""
        return {name.rpartition(".")[2].removesuffix("[]") for name in self.names}

    @property
    def packages(self) -> set[str]:
        """Return the packages that its names begin with; none where any object may have them."""
        found = {name.partition(".")[0] for name in self.names}
        anywhere = any(
            "." not in name or name.startswith(("*.", "builtins.")) for name in self.names
        )
        return set() if anywhere else found


def main() -> int:
    """Print the section."""
    parser = argparse.ArgumentParser(description="Which rows the items of a corpus hang on.")
    for name in ("--corpus", "--cache", "--sarif", "--projects"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--kept-only", action="store_true", help="leave out what is not scanned")
    options = parser.parse_args()
    sys.path.insert(0, str(options.corpus.resolve()))
    score = importlib.import_module("score")
    items = tomllib.loads((options.corpus / "dev.toml").read_text(encoding="utf-8"))["item"]
    rows = list(read_rows())
    trees = {i["package"]: options.cache / i["id"] / "vulnerable" for i in items}
    trees |= {
        p.name.rpartition("-")[0]: p for p in sorted(options.projects.iterdir()) if p.is_dir()
    }
    if options.kept_only:
        scanned = {path.name for path in options.sarif.iterdir()}
        items = [item for item in items if f"{item['id']}-vulnerable.sarif" in scanned]
    by_itself: dict[str, list[str]] = {}
    for item in items:
        found = hits(score, item, options.cache, options.sarif)
        if found:
            kinds = {result["ruleId"] for result in found}
            by_itself[item["id"]] = needed(rows, item, found, options.cache)
            needed_guards(score, rows, item, kinds_of(kinds), options.cache)
    used = [row for row in rows if row.items]
    note_trees(used, trees)
    packages = {item["id"]: item["package"] for item in items}
    print(section(used, by_itself, packages, len(trees)))
    return 0


def read_rows() -> Iterator[Row]:
    """Read the rows of which an item may need one."""
    for path in sorted(ROWS.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for sort in ("sink", "source", "sanitizer", "guard"):
            for row in table.get(sort, ()):
                kinds = row.get("kinds", [row["kind"]] if "kind" in row else [])
                names = row["name"] if isinstance(row["name"], list) else [row["name"]]
                yield Row(path.stem, sort, tuple(names), frozenset(kinds), row.get("note", ""))


def hits(score: ModuleType, item: dict[str, Any], cache: Path, kept: Path) -> list[dict[str, Any]]:
    """Return the results that find an item, as the corpus judges it."""
    sarif = kept / f"{item['id']}-vulnerable.sarif"
    if not sarif.is_file():
        tree = cache / item["id"] / "vulnerable"
        command = [str(PROGRAM), "find", str(tree), "--sarif", str(sarif), "--quiet", "--no-cache"]
        subprocess.run(command, check=False, capture_output=True)
    report = json.loads(sarif.read_text(encoding="utf-8"))
    wanted = score.family({int(c.split("-")[1]) for c in item["cwe"]})
    places = score.spans(item, cache, "vulnerable")
    plain = report["runs"][0]["results"]
    return [
        result
        for result, (cwes, at) in zip(plain, score.results(report), strict=True)
        if cwes & wanted
        and any(score.same_file(u, f) and a <= line <= b for u, line in at for f, a, b in places)
    ]


def kinds_of(weaknesses: Iterable[str]) -> frozenset[str]:
    """Return the kinds of sinks that weaknesses are about."""
    from countermine.weaknesses.registry import BUILT_IN  # noqa: PLC0415

    wanted = set(weaknesses)
    return frozenset(k for w in BUILT_IN if w.facts.id in wanted for k in w.facts.sink_kinds)


def needed(
    rows: list[Row], item: dict[str, Any], found: list[dict[str, Any]], cache: Path
) -> list[str]:
    """Note the rows that findings come from; return the names that no row has."""
    without: list[str] = []
    tree = cache / item["id"] / "vulnerable"
    imported = {package for path in python_files(tree) for package in imports(path.read_bytes())}
    for result in found:
        kinds = kinds_of([result["ruleId"]])
        for sort, name in names_of(result):
            known = [
                row
                for row in rows
                if row.sort == sort
                and describes(row, name, kinds)
                and (sort == "sink" or not row.packages.isdisjoint(imported))
            ]
            for row in known:
                row.items.add(item["id"])
            if not known:
                without.append(name)
    return sorted(set(without))


def python_files(tree: Path) -> list[Path]:
    """Return the Python files of a tree."""
    return [path for path in tree.rglob("*.py") if path.is_file()]


def imports(text: bytes) -> set[str]:
    """Return the packages that a file imports."""
    return {package.decode() for package in _IMPORTED.findall(text)}


def names_of(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the sink of a result, and the notes on its sources."""
    flows = [f["threadFlows"][0]["locations"] for f in result.get("codeFlows", ())]
    if not flows:
        yield "sink", result["message"]["text"].partition(" in ")[0]
    for steps in flows:
        reached = _REACHES.match(steps[-1]["location"]["message"]["text"])
        if reached:
            yield "sink", reached[1]
        yield "source", steps[0]["location"]["message"]["text"]


def describes(row: Row, name: str, kinds: frozenset[str]) -> bool:
    """Tell whether a finding's sink or source is what a row describes."""
    if row.sort == "source":
        return bool(row.note) and name.startswith(row.note)
    last = name.rpartition(".")[2]
    exact = name in row.names or f"*.{last}" in row.names
    return bool(row.kinds & kinds) and exact


def needed_guards(
    score: ModuleType, rows: list[Row], item: dict[str, Any], kinds: frozenset[str], cache: Path
) -> None:
    """Note the guards and sanitizers that the changed functions of the fixed tree name."""
    called: set[str] = set()
    for name, start, end in score.spans(item, cache, "fixed"):
        path = cache / item["id"] / "fixed" / name
        text = path.read_text(encoding="utf-8", errors="replace")
        packages = imports(text.encode())
        calls = set(re.findall(r"(\w+)\s*\(", "\n".join(text.splitlines()[start - 1 : end])))
        called |= {f"{package}:{word}" for package in packages for word in calls}
        called |= {f":{word}" for word in calls}
    for row in rows:
        if row.sort in ("guard", "sanitizer") and row.kinds & (kinds | {"*"}):
            packages = row.packages or {""}
            if any(f"{p}:{word}" in called for p in packages for word in row.words):
                row.items.add(item["id"])


def note_trees(rows: Iterable[Row], trees: dict[str, Path]) -> None:
    """Note in which trees what rows describe is named."""
    rows = list(rows)
    words = {word for row in rows for word in row.words}
    named = re.compile(rb"\b(%s)\b" % b"|".join(sorted(re.escape(w.encode()) for w in words)))
    for name, tree in trees.items():
        found: dict[str, set[str]] = defaultdict(set)
        for path in python_files(tree):
            text = path.read_bytes()
            packages = imports(text)
            for word in {w.decode() for w in named.findall(text)}:
                found[word] |= packages | {""}
        for row in rows:
            packages = row.packages or {""}
            if any(found[word] & packages for word in row.words if word in found):
                row.trees.add(name)


def section(
    used: list[Row], without: dict[str, list[str]], packages: dict[str, str], trees: int
) -> str:
    """Return the part of the results."""
    lines = [
        "",
        "## Ablation: what the found items of the development corpus hang on",
        "",
        "For each found item the rows of the catalogue that describe the sink and the source of a",
        "finding that finds it, and the guards and sanitizers that the fixed functions name.",
        f"*Other trees* are those of {trees} projects (the corpus, and those of precision) with",
        "files that import the library and name what the row describes, the item's own left out.",
        "",
        f"{len(packages)} items were scanned; {len(without)} are found, with {len(used)} rows.",
        "",
        "| row | sort | library file | items | other trees |",
        "|---|---|---|---:|---:|",
    ]
    alone: list[Row] = []
    for row in sorted(used, key=lambda r: (-len(r.items), r.sort, r.library, r.names)):
        others = row.trees - {packages[item] for item in row.items}
        if len({packages[item] for item in row.items}) == 1:
            alone.append(row)
        lines.append(
            f"| {row.title} | {row.sort} | {row.library} | {len(row.items)} | {len(others)} |"
        )
    unused = [row for row in alone if not row.trees - {packages[item] for item in row.items}]
    named = [
        row
        for row in used
        if row.packages & {packages[item].replace("-", "_") for item in row.items}
    ]
    own = sorted({n for names in without.values() for n in names if not _OWN.search(n)})
    lines += [
        "",
        f"{len(alone)} rows help the items of one package only; of these, {len(unused)} stand for "
        "what no other tree names"
        + (": " + ", ".join(row.title for row in unused) if unused else "")
        + ".",
        "",
        f"{len(named)} rows name the package of an item that they help"
        + (": " + ", ".join(row.title for row in named) if named else "")
        + ".",
        "",
        f"{len(own)} sinks or sources of findings could not be matched to a row by name"
        + (": " + ", ".join(f"`{name}`" for name in own) if own else "")
        + ".",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
