"""The flaws, the trees that have them, patched copies, and the environments of the exploits."""

import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from countermine.cli.surroundings import index_options
from countermine.target.interpreters import find_interpreters, usual_folders
from countermine.target.open import OpenOptions, open_target
from countermine.target.spec import parse_spec

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / ".bench" / "wrong_patches"
DEFAULT_PYTHON = "3.13"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A flaw that patches claim to fix."""

    name: str
    tree: str
    weakness: str
    file: str
    function: str
    needs: tuple[str, ...] = ()
    python: str = DEFAULT_PYTHON
    fixed: str = ""
    """The release that has upstream's fix; empty for examples."""

    @property
    def exploit(self) -> Path:
        """The script that breaks a tree that has the flaw."""
        return HERE / "exploits" / f"{self.name.replace('-', '_')}.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A patch to be judged."""

    flaw: Flaw
    name: str
    kind: str
    diff: str
    why: str = ""
    style: str = ""

    @property
    def id(self) -> str:
        """What results call it."""
        return f"{self.flaw.name}/{self.name}"


def flaws() -> dict[str, Flaw]:
    """Return all flaws by name."""
    rows = tomllib.loads((HERE / "flaws.toml").read_text())["flaw"]
    return {row["name"]: Flaw(**{**row, "needs": tuple(row.get("needs", ()))}) for row in rows}


def listed(folder: str) -> list[Candidate]:
    """Return the patches of ``written`` or ``right``."""
    known = flaws()
    rows = tomllib.loads((HERE / f"{folder}.toml").read_text())["patch"]
    return [
        Candidate(
            flaw=known[row["flaw"]],
            name=row["name"],
            kind=row.get("kind", "right"),
            why=row.get("why", ""),
            style=row.get("style", ""),
            diff=(HERE / folder / row["flaw"] / f"{row['name']}.diff").read_text(),
        )
        for row in rows
    ]


@cache
def tree_of(spec: str) -> Path:
    """Return the folder of a tree; a release is fetched once, and none of its code runs."""
    if not spec.startswith("pypi:"):
        return ROOT / spec
    options = OpenOptions(state=WORK / "state", index=index_options())
    return Path(open_target(parse_spec(spec), options).root)


@contextmanager
def copied(tree: Path) -> Iterator[Path]:
    """Give a copy of a tree for a while."""
    WORK.mkdir(parents=True, exist_ok=True)
    place = Path(mkdtemp(dir=WORK, prefix="tree-"))
    try:
        copy = place / "tree"
        shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        yield copy
    finally:
        shutil.rmtree(place)


def apply(diff: str, tree: Path) -> None:
    """Apply a unified diff to a tree.

    Raises:
        ValueError: If it does not apply as it stands.
    """
    done = subprocess.run(
        ["patch", "--strip=1", "--fuzz=0", "--quiet", "--no-backup-if-mismatch"],
        input=diff,
        text=True,
        cwd=tree,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(done.stdout + done.stderr)


def _program(version: str) -> Path:
    """Return the interpreter of this machine that has a version, or the newest older one."""
    wanted = tuple(map(int, version.split(".")))
    for found in find_interpreters(usual_folders(Path.home())):
        if found.version <= wanted:
            return Path(found.path)
    message = f"no Python {version} on this machine"
    raise SystemExit(message)


@cache
def environment_of(needs: tuple[str, ...], python: str) -> Path:
    """Return the interpreter of an environment that has what exploits need, made once."""
    name = "-".join(sorted("".join(sign for sign in need if sign.isalnum()) for need in needs))
    folder = WORK / f"python{python}-{name or 'plain'}"
    program = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = str(ROOT / ".venv" / "bin" / "uv")
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", str(_program(python)), str(folder)],
            check=True,
        )
        if needs:
            install = [uv, "pip", "install", "--quiet", "--python", str(program)]
            subprocess.run([*install, *needs], check=True)
        (folder / "ready").touch()
    return program
