"""The scanners that are measured, and how each is asked for a full scan with a report file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """A scanner: how it is installed and called."""

    name: str
    requirement: str | None
    """For the benchmark's own environment; ``None`` for Countermine itself."""
    command: Callable[[Path, Path, Path], list[str]]
    """(folder of programs, tree, report file) -> command line."""
    environment: str = "venv"
    """The environment below .bench that it is installed in: not all bear with each other."""
    largest_lines: int | None = None
    """Of the trees that it is tried on, where larger ones would take hours."""


ROOT = Path(__file__).parents[1]


def _own(environment: str, _programs: Path, tree: Path, report: Path) -> list[str]:
    own = ROOT / environment / "bin" / "countermine"
    return [str(own), "find", str(tree), "--sarif", str(report), "--quiet", "--no-cache"]


def _bandit(programs: Path, tree: Path, report: Path) -> list[str]:
    return [str(programs / "bandit"), "-q", "-r", str(tree), "-f", "json", "-o", str(report)]


def _ruff(programs: Path, tree: Path, report: Path) -> list[str]:
    options = ["--isolated", "--no-cache", "--select", "S", "--output-format", "json"]
    return [str(programs / "ruff"), "check", *options, "-o", str(report), str(tree)]


def _semgrep(programs: Path, tree: Path, report: Path) -> list[str]:
    rules = Path(__file__).parent / "semgrep-rules.yml"
    quiet = ["--quiet", "--metrics=off", "--disable-version-check", "--no-git-ignore"]
    return [
        str(programs / "semgrep"),
        "scan",
        *quiet,
        "--config",
        str(rules),
        "--json",
        "-o",
        str(report),
        str(tree),
    ]


def _pysa(programs: Path, tree: Path, report: Path) -> list[str]:
    own = programs.parents[1] / PYSA / "bin"
    script = Path(__file__).parent / "pysa.py"
    return [str(own / "python"), str(script), str(own / "pyre"), str(tree), str(report)]


PYSA = "venv-pysa"
COUNTERMINE = Scanner(name="countermine", requirement=None, command=partial(_own, ".venv"))
COMPILED = Scanner(
    name="countermine, compiled", requirement=None, command=partial(_own, ".venv-compiled")
)
"""The wheel of `make compiled`; it is installed by `make test-compiled`."""
PEERS = (
    Scanner(name="bandit", requirement="bandit==1.9.4", command=_bandit),
    Scanner(name="ruff", requirement="ruff==0.17.5", command=_ruff),
    Scanner(name="semgrep", requirement="semgrep==1.182.0", command=_semgrep),
    Scanner(
        name="pysa",
        requirement="pyre-check==0.10.0",
        command=_pysa,
        environment=PYSA,
        largest_lines=100_000,
    ),
)
