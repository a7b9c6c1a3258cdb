"""Measures `countermine find` beside other scanners; writes bench/RESULTS.md.

    python bench/run.py [--part NAME ...] [--rounds 3] [--corpus DIR] [--corpus-cache DIR]

Four releases from the package index, small, middle, large, and one in which all calls all, are
downloaded and unpacked (none of their code runs). Every scanner scans each tree in turn. With
--corpus, a folder that holds build.py, score.py and dev.toml, the accuracy on that corpus is
measured too. Each part is kept in bench/parts, so that one of them can be measured anew; the
results are all that are there.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import growth
from measuring import Measured, in_turn
from peers import COMPILED, COUNTERMINE, PEERS, Scanner

ROOT = Path(__file__).parents[1]
WORK = ROOT / ".bench"
RESULTS = Path(__file__).parent / "RESULTS.md"
PRECISION = Path(__file__).parent / "precision" / "measure.py"
MUTATION = Path(__file__).parent / "mutation" / "mutation.py"
WRONG_PATCHES = Path(__file__).parent / "wrong_patches" / "wrong_patches.py"
WARM = Path(__file__).parent / "warm.py"
WARM_PROJECTS = ("scrapy==2.13.3", "django==5.2.8")
PROJECTS = ("flask==3.1.2", "scrapy==2.13.3", "django==5.2.8", "sympy==1.14.0")


def main() -> int:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description="Measure countermine find beside its peers.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-ups", type=int, default=1)
    parser.add_argument("--part", action="append", default=[], help="only this one; repeatable")
    parser.add_argument("--corpus", type=Path, default=os.environ.get("CORPUS"))
    parser.add_argument("--corpus-cache", type=Path, default=WORK / "corpus")
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    programs = install()
    parts: dict[str, Callable[[], str]] = {
        project.partition("==")[0]: partial(speed, project, programs, options)
        for project in PROJECTS
    }
    parts["start-up"] = partial(start_up, options.rounds)
    parts["warm"] = warm
    parts["growth"] = partial(grown, programs)
    parts["sandbox"] = sandbox
    parts["precision"] = precision
    parts["mutation"] = mutation
    parts["wrong_patches"] = wrong_patches
    if options.corpus:
        parts["accuracy"] = partial(accuracy, Path(options.corpus), options.corpus_cache, programs)
        parts["environments"] = partial(environments, Path(options.corpus), options.corpus_cache)
    kept = Path(__file__).parent / "parts"
    kept.mkdir(exist_ok=True)
    for name, measure in parts.items():
        if not options.part or name in options.part:
            (kept / f"{name}.md").write_text(measure(), encoding="utf-8")
    # Parts that programs of their own measure come behind those of this one.
    order = list(
        dict.fromkeys([*parts, "accuracy", *sorted(one.stem for one in kept.glob("*.md"))])
    )
    sections = [(kept / f"{name}.md") for name in order]
    RESULTS.write_text(
        "\n".join([head(), *(path.read_text() for path in sections if path.is_file())]),
        encoding="utf-8",
    )
    print(f"wrote {RESULTS.relative_to(ROOT)}")
    return 0


def install() -> Path:
    """Make the peers' environments and return the first one's folder of programs."""
    uv = str(ROOT / ".venv" / "bin" / "uv")
    # A corpus may be fetched with pip.
    wanted: dict[str, list[str]] = {"venv": ["pip"]}
    for peer in PEERS:
        if peer.requirement:
            wanted.setdefault(peer.environment, []).append(peer.requirement)
    for name, requirements in wanted.items():
        folder = WORK / name
        if not folder.is_dir():
            subprocess.run([uv, "venv", "--quiet", str(folder)], check=True)
        there = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
        subprocess.run([*there, *requirements], check=True)
    return WORK / "venv" / "bin"


def head() -> str:
    """Say when, with what, on what."""
    cores = len(os.sched_getaffinity(0))
    day = datetime.now(tz=UTC).date().isoformat()
    peers = ", ".join(peer.requirement or "" for peer in PEERS)
    return (
        "# Results\n\n"
        f"Measured on {day} by `make bench`: countermine {version('countermine')} on Python "
        f"{sys.version.split()[0]}, {cores} cores; {peers}. Medians of whole processes that took "
        "turns; the ratios are what counts, the seconds are this machine's.\n"
    )


def fetch(project: str) -> Path:
    """Download and unpack a release with Countermine's own engine; returns its tree."""
    from countermine.cli.surroundings import index_options  # noqa: PLC0415
    from countermine.target.open import OpenOptions, open_target  # noqa: PLC0415
    from countermine.target.spec import parse_spec  # noqa: PLC0415

    options = OpenOptions(state=WORK / "state", index=index_options())
    return Path(open_target(parse_spec(f"pypi:{project}"), options).root)


def lines_of(tree: Path) -> int:
    """Count the lines of the tree's Python files."""
    return sum(path.read_bytes().count(b"\n") for path in tree.rglob("*.py") if path.is_file())


def speed(project: str, programs: Path, options: argparse.Namespace) -> str:
    """Measure every scanner on one project; a table of figures and ratios."""
    tree = fetch(project)
    lines = lines_of(tree)
    compiled = Path(COMPILED.command(programs, tree, WORK)[0])
    peers = [p for p in PEERS if p.largest_lines is None or lines <= p.largest_lines]
    scanners = (COUNTERMINE, *([COMPILED] if compiled.exists() else []), *peers)
    print(f"{project}: {lines} lines", flush=True)
    commands = [
        scanner.command(programs, tree, WORK / f"{scanner.name}.report") for scanner in scanners
    ]
    measured = in_turn(commands, rounds=options.rounds, warm_ups=options.warm_ups)
    rows = [
        row(scanner, result, measured[0], lines)
        for scanner, result in zip(scanners, measured, strict=True)
    ]
    return (
        f"\n## {project}: {lines:,} lines, {options.rounds} rounds\n\n"
        "| scanner | wall s | times ours | CPU s | peak MB | lines a second |\n"
        "|---|---:|---:|---:|---:|---:|\n" + "\n".join(rows) + "\n"
    )


def row(scanner: Scanner, result: Measured, ours: Measured, lines: int) -> str:
    """Return one line of the table."""
    stopped = "" if result.finished else " (stopped)"
    return (
        f"| {scanner.name}{stopped} | {result.wall_s:.2f} | {result.wall_s / ours.wall_s:.1f} "
        f"| {result.cpu_s:.2f} | {result.peak_bytes / 1e6:.0f} | {lines / result.wall_s:,.0f} |"
    )


def start_up(rounds: int) -> str:
    """Measure `countermine --help`."""
    program = COUNTERMINE.command(WORK, WORK, WORK)[0]
    helped, nothing = in_turn(
        [[program, "--help"], [sys.executable, "-c", "pass"]], rounds=max(rounds, 5), warm_ups=1
    )
    return (
        "\n## Start-up\n\n"
        f"`countermine --help`: {helped.wall_s:.3f} s wall, {helped.cpu_s:.3f} s CPU; "
        f"an empty `python -c pass` beside it: {nothing.wall_s:.3f} s.\n"
    )


def grown(programs: Path) -> str:
    """Search ever larger trees, made of copies of one project."""
    project = PROJECTS[1]
    return growth.section(fetch(project), project, programs, WORK)


def warm() -> str:
    """Measure second searches after edits of one file."""
    rows = [
        subprocess.run(
            [sys.executable, str(WARM), str(fetch(project)), *(["--heading"] * (not number))],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for number, project in enumerate(WARM_PROJECTS)
    ]
    return (
        "\n## Warm: a second search after an edit of one file\n\n"
        "A line is put at the end of a function, both chosen by a seed. What is found is compared, "
        "to the byte, with what a first search of the edited tree finds.\n\n" + "".join(rows) + "\n"
    )


def sandbox() -> str:
    """Measure what the sandbox adds to a command that does nothing."""
    program = [str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "bench" / "sandbox_startup.py")]
    said, watched = (
        subprocess.run([*program, *more], check=True, capture_output=True, text=True).stdout
        for more in ((), ("--watched", "--times", "5"))
    )
    return (
        f"\n## Sandbox\n\nMedians, {' '.join(said.split())}.\n\n"
        f"Of what the processes of a drive ask the kernel for: {watched.strip()}.\n"
    )


def precision() -> str:
    """Scan the projects whose findings were judged by reading, and count the judgements."""
    program = [str(ROOT / ".venv" / "bin" / "python"), str(PRECISION)]
    subprocess.run([*program, "scan"], check=True)
    said = subprocess.run([*program, "section"], check=True, capture_output=True, text=True)
    return said.stdout


def mutation() -> str:
    """Search generated, mutated and hostile modules; goes on where it was stopped."""
    program = [str(ROOT / ".venv" / "bin" / "python"), str(MUTATION)]
    return subprocess.run(program, check=False, capture_output=True, text=True).stdout


def environments(corpus: Path, cache: Path) -> str:
    """Build the environments of a corpus and run their tests; goes on where it was stopped."""
    python = str(ROOT / ".venv" / "bin" / "python")
    program = [python, str(Path(__file__).parent / "environments.py"), str(corpus / "dev.toml")]
    kept = ["--cache", str(cache), "--json", str(WORK / "environments.json")]
    said = subprocess.run([*program, *kept], check=True, capture_output=True, text=True).stdout
    return "\n## " + said.partition("\n## ")[2]


def wrong_patches() -> str:
    """Judge patches that are known to be wrong, or right; goes on where it was stopped."""
    program = [str(ROOT / ".venv" / "bin" / "python"), str(WRONG_PATCHES)]
    subprocess.run(program, check=True)
    subprocess.run([*program, "--section"], check=True)
    return (Path(__file__).parent / "parts" / "wrong_patches.md").read_text(encoding="utf-8")


def accuracy(corpus: Path, cache: Path, programs: Path) -> str:
    """Score Countermine on a corpus of real, fixed vulnerabilities."""
    manifest = corpus / "dev.toml"
    python = str(programs / "python")
    build = [python, str(corpus / "build.py"), str(manifest), "--cache", str(cache)]
    subprocess.run([*build, "--keep-archives"], check=True, stdout=subprocess.DEVNULL)
    program = COUNTERMINE.command(programs, WORK, WORK)[0]
    commands = {"countermine": f"{program} find {{tree}} --sarif {{sarif}} --quiet"}
    rows = []
    for name, command in commands.items():
        report = WORK / "score.json"
        score = [python, str(corpus / "score.py"), str(manifest), "--cache", str(cache)]
        subprocess.run(
            [*score, "--command", command, "--json", str(report)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        total = json.loads(report.read_text())["total"]
        rows.append(
            f"| {name} | {total['items']} | {total['found']} | {total['at_place']} "
            f"| {total['paired']} | {total['results_per_kloc']} | {total['errors']} "
            f"| {total['lines_per_s']:,} |"
        )
    return (
        "\n## Accuracy: development corpus of real, fixed vulnerabilities\n\n"
        "Each item is scanned before and after its upstream fix; *paired* is found before and "
        "silent after.\n\n"
        "| scanner | items | found | at place | paired | results per 1,000 lines | errors "
        "| lines a second |\n|---|---:|---:|---:|---:|---:|---:|---:|\n" + "\n".join(rows) + "\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
