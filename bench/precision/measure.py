"""Precision by hand: the surest findings on popular projects, each judged by reading.

    python bench/precision/measure.py scan [--project NAME ...]   fetch, check and scan
    python bench/precision/measure.py table [--unjudged]          join with judged.toml
    python bench/precision/measure.py section                     the part of bench/RESULTS.md

The projects and their versions stand in projects.toml. They are downloaded and unpacked, none of
their code runs. Of each the first findings are taken, in the program's own order, so that no
project dominates; all of them together are ranked in that same order, and the surest are kept.
Who changes the engine scans anew and judges what is new: a finding is known by its fingerprint.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SCANS = ROOT / ".bench" / "precision"
STATE = ROOT / ".bench" / "state"
KEPT = 100
"""Findings that are judged."""
KEPT_EACH = 12
"""Of one project."""
VERDICTS = ("worth", "wrong", "unclear")
_CONFIDENCES = ("high", "medium", "low")
_SEVERITIES = ("critical", "high", "medium", "low")
_LEVELS = ("remote", "file", "local", "api", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A finding among those of all projects."""

    project: str
    version: str
    place: int
    """Its place among those of its project, from 0."""
    finding: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """Return what it is known by."""
        return str(self.finding["fingerprint"])

    @property
    def order(self) -> tuple[object, ...]:
        """Return its rank: as `find` orders findings, then by its place in its project."""
        found = self.finding
        return (
            _CONFIDENCES.index(found["confidence"]),
            found["level"] != "remote",
            _SEVERITIES.index(found["severity"]),
            found["level"] == "api",
            found["status"] == "suspected",
            _LEVELS.index(found["level"]),
            self.place,
            self.project,
        )

    @property
    def where(self) -> str:
        """Return the file and the function."""
        return f"{self.finding['location']['path']}:{self.finding['function']}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Scan, or tell the precision and what is not judged yet."""
    parser = argparse.ArgumentParser(description="Precision of the surest findings, by hand.")
    parser.add_argument("do", choices=("scan", "table", "section"))
    parser.add_argument("--project", action="append", default=[], help="only this one; repeatable")
    parser.add_argument("--jobs", help="processes of a scan")
    parser.add_argument("--unjudged", action="store_true", help="show only what is not judged")
    options = parser.parse_args(arguments)
    if options.do == "scan":
        for project in projects():
            if not options.project or project["name"] in options.project:
                print(f"{project['name']}=={project['version']}", flush=True)
                scan(project, [] if options.jobs is None else ["--jobs", options.jobs])
        return 0
    if options.do == "section":
        print(section())
        return 0
    surest, verdicts = ranked(), judgements()
    for number, one in enumerate(surest, start=1):
        verdict = verdicts.get(one.fingerprint, {"verdict": "unjudged", "reason": ""})
        if not options.unjudged or verdict["verdict"] == "unjudged":
            found = one.finding
            print(
                f"{number:3} {verdict['verdict']:8} {one.project} {one.fingerprint[:12]} "
                f"{found['weakness']} {found['confidence']}/{found['severity']} "
                f"{found['level']} {one.where}:{found['location']['line']} {verdict['reason']}"
            )
    print(summary(surest, verdicts))
    return 0


def projects() -> list[dict[str, str]]:
    """Return the projects with their versions and the digests of their archives."""
    listed = tomllib.loads((HERE / "projects.toml").read_text(encoding="utf-8"))
    return list(listed["project"])


def scan(project: dict[str, str], options: Sequence[str] = ()) -> None:
    """Fetch a project, check that it is the one that was judged, and keep what `find` says."""
    from countermine.cli.surroundings import index_options  # noqa: PLC0415
    from countermine.target.open import OpenOptions, open_target  # noqa: PLC0415
    from countermine.target.spec import parse_spec  # noqa: PLC0415

    spec = parse_spec(f"pypi:{project['name']}=={project['version']}")
    target = open_target(spec, OpenOptions(state=STATE, index=index_options()))
    root = Path(target.root)
    archive = json.loads((root.parents[1] / "slot.json").read_text(encoding="utf-8"))["sha256"]
    if archive != project["sha256"]:
        sys.exit(f"{project['name']}: its archive is not the one that was judged: {archive}")
    program = [str(ROOT / ".venv" / "bin" / "countermine"), "find", str(root)]
    done = subprocess.run(
        [*program, "--json", "--quiet", "--no-timings", *options],
        check=False,
        stdout=subprocess.PIPE,
    )
    SCANS.mkdir(parents=True, exist_ok=True)
    report = json.loads(done.stdout)
    kept = {"coverage": report["coverage"], "findings": report["findings"]}
    (SCANS / f"{project['name']}.json").write_text(json.dumps(kept), encoding="utf-8")


def ranked() -> list[Ranked]:
    """Return the surest findings on all projects, surest first."""
    found = [
        Ranked(project=project["name"], version=project["version"], place=place, finding=finding)
        for project in projects()
        for place, finding in enumerate(kept_scan(project)["findings"][:KEPT_EACH])
    ]
    return sorted(found, key=lambda one: one.order)[:KEPT]


def kept_scan(project: dict[str, str]) -> dict[str, Any]:
    """Return what the last scan of a project said."""
    path = SCANS / f"{project['name']}.json"
    scanned: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return scanned


def judgements() -> dict[str, dict[str, str]]:
    """Return the judgement of each finding, by its fingerprint."""
    table = tomllib.loads((HERE / "judged.toml").read_text(encoding="utf-8"))
    return {one["fingerprint"]: one for one in table["judged"]}


def summary(surest: Sequence[Ranked], verdicts: dict[str, dict[str, str]]) -> str:
    """Return how many of the findings were judged how, as one line."""
    said = [verdicts[one.fingerprint]["verdict"] for one in surest if one.fingerprint in verdicts]
    counts = ", ".join(f"{said.count(verdict)} {verdict}" for verdict in VERDICTS)
    share = said.count("worth") / len(surest) if surest else 0.0
    return (
        f"{len(surest)} findings: {counts}, {len(surest) - len(said)} not judged; "
        f"precision {share:.0%}"
    )


def section() -> str:
    """Return the part of the results: the figure, and the table by project."""
    surest, verdicts = ranked(), judgements()
    rows = []
    for project in projects():
        mine = [one for one in surest if one.project == project["name"]]
        said = [verdicts.get(one.fingerprint, {}).get("verdict") for one in mine]
        counts = " | ".join(str(said.count(verdict)) for verdict in VERDICTS)
        lines = kept_scan(project)["coverage"]["lines"]
        name = f"{project['name']}=={project['version']}"
        rows.append(f"| {name} | {lines:,} | {len(mine)} | {counts} |")
    return (
        "\n## Precision: the surest findings on popular projects, judged by reading\n\n"
        f"Of each project at most {KEPT_EACH}; all judgements with their reasons stand in "
        "bench/precision/judged.toml. *Worth* is worth a maintainer's time.\n\n"
        f"{summary(surest, verdicts)}.\n\n"
        "| project | lines | findings | worth | wrong | unclear |\n|---|---:|---:|---:|---:|---:|\n"
        + "\n".join(rows)
        + "\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
