"""Where in a tree the importable code lies, and what of a built wheel the tree lacks."""

import configparser
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from countermine.target.declared import Declared
from countermine.target.project import read_text

_USUAL_ROOTS = (".", "src", "lib", "python", "source")
_NOT_CODE = frozenset(
    {"test", "tests", "doc", "docs", "example", "examples", "build", "dist", "scripts", "tools"}
    | {"benchmarks", "bin", "contrib"}
)


_OBJECT = re.compile(r"([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_][\w.]*)\s*(?:\[[^]]*\])?$")
_COMMAND = re.compile(r"\w[\w.-]*")
_SCRIPT = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"
' '''
import sys
from {module} import {top}
sys.exit({call}())
"""
"""Read by the shell, which hands it to the interpreter beside it: the folder can be moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a wheel's files lie in the tree that it was built of."""

    import_roots: tuple[str, ...]
    generated: tuple[tuple[str, Path], ...]
    """Files that the tree lacks: place in the tree, and where each is now."""
    mapped: bool
    """Whether the build moves packages elsewhere than they lie in the tree."""


def guess_roots(root: Path) -> tuple[str, ...]:
    """Return the folders of a tree that belong on ``sys.path``, by their looks."""
    found = tuple(
        folder
        for folder in ("src", ".")
        if (root / folder).is_dir() and _holds_code(root / folder, skip=_NOT_CODE)
    )
    return found or (".",)


def compare(root: Path, contents: Path) -> Layout:
    """Lay a wheel's files beside the tree it was built of.

    Args:
        root: The tree.
        contents: The wheel, unpacked.
    """
    members = _members(contents)
    roots = [folder for folder in _candidates(root) if (root / folder).is_dir()]
    counts: Counter[str] = Counter()
    absent: list[tuple[str, Path]] = []
    for member, path in members:
        home = next((folder for folder in roots if (root / folder / member).is_file()), None)
        if home is None:
            absent.append((member, path))
        elif member.endswith(".py"):
            counts[home] += 1
    if not counts:
        return Layout(import_roots=guess_roots(root), generated=(), mapped=bool(absent))
    main = max(counts, key=lambda folder: (counts[folder], -roots.index(folder)))
    moved = _moved(root, absent)
    generated = tuple(
        (member if main == "." else f"{main}/{member}", path)
        for member, path in absent
        if member not in moved
    )
    ordered = sorted(counts, key=lambda folder: (folder != main, roots.index(folder)))
    return Layout(import_roots=tuple(ordered), generated=generated, mapped=bool(moved))


def place_generated(layout: Layout, into: Path) -> bool:
    """Copy the generated files into a folder, laid out as the tree; tell whether there are any."""
    for place, path in layout.generated:
        copy = into / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(path.stat().st_mode & 0o777)
    return bool(layout.generated)


def place_metadata(contents: Path, site_packages: Path) -> None:
    """Install what ``importlib.metadata`` reads of a wheel, and nothing it would import.

    Metadata of the same project that came with its dependencies makes way.
    """
    for folder in sorted(contents.glob("*.dist-info")):
        own = canonicalize_name(folder.name.split("-")[0])
        for other in sorted(site_packages.glob("*.dist-info")):
            if canonicalize_name(other.name.split("-")[0]) == own:
                shutil.rmtree(other)
        shutil.copytree(folder, site_packages / folder.name)
        # RECORD lists files that are not installed here.
        (site_packages / folder.name / "RECORD").unlink(missing_ok=True)


def place_told_metadata(root: Path, declared: Declared, site_packages: Path) -> None:
    """Install the metadata that an unpacked release carries, where no wheel could be built."""
    name = re.sub(r"[-_.]+", "_", declared.name or "")
    version = declared.version or "0.0.0"
    if not re.fullmatch(r"\w+", name) or not re.fullmatch(r"[\w.!+-]+", version):
        return
    folder = site_packages / f"{name}-{version}.dist-info"
    folder.mkdir(exist_ok=True)
    carried = [path.name for path in sorted(root.glob("*.dist-info"))]
    told = _first_text(root, ["PKG-INFO", *(f"{place}/METADATA" for place in carried)])
    minimal = f"Metadata-Version: 2.1\nName: {declared.name}\nVersion: {version}\n"
    (folder / "METADATA").write_text(told or minimal, "utf-8")
    eggs = [f"{name}.egg-info", f"src/{name}.egg-info"]
    entry_points = _first_text(root, [f"{place}/entry_points.txt" for place in (*carried, *eggs)])
    if entry_points:
        (folder / "entry_points.txt").write_text(entry_points, "utf-8")


def place_scripts(site_packages: Path, names: Container[str], folder: Path) -> None:
    """Write the commands of projects whose metadata is installed and whose code is not.

    Args:
        site_packages: Where the metadata is.
        names: Normalised names of the projects.
        folder: ``bin`` of the environment; a command that is there already stays.

    Source: the specification "Entry points" of packaging.python.org.
    """
    for metadata in sorted(site_packages.glob("*.dist-info/entry_points.txt")):
        if canonicalize_name(metadata.parent.name.split("-")[0]) not in names:
            continue
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
        try:
            parser.read_string(metadata.read_text("utf-8", "replace"))
        except configparser.Error:
            continue
        commands = parser.items("console_scripts") if "console_scripts" in parser else []
        for command, value in commands:
            match = _OBJECT.match(value)
            script = folder / command
            if match and _COMMAND.fullmatch(command) and not script.exists():
                module, call = match.groups()
                script.write_text(_SCRIPT.format(module=module, top=call.split(".")[0], call=call))
                script.chmod(0o755)


def _first_text(root: Path, paths: Iterable[str]) -> str | None:
    texts = (read_text(root, path) for path in paths)
    return next((text for text in texts if text is not None), None)


def _members(contents: Path) -> list[tuple[str, Path]]:
    found: list[tuple[str, Path]] = []
    for path in sorted(contents.rglob("*")):
        parts = path.relative_to(contents).parts
        if not path.is_file() or parts[0].endswith(".dist-info"):
            continue
        if parts[0].endswith(".data"):
            if len(parts) < 3 or parts[1] not in {"purelib", "platlib"}:  # noqa: PLR2004
                continue
            parts = parts[2:]
        found.append(("/".join(parts), path))
    return found


def _candidates(root: Path) -> Iterable[str]:
    yield from _USUAL_ROOTS
    for path in sorted(root.iterdir()):
        hidden = path.name.startswith(".") or path.name in _USUAL_ROOTS
        if path.is_dir() and not path.is_symlink() and not hidden and path.name not in _NOT_CODE:
            yield path.name


def _moved(root: Path, absent: list[tuple[str, Path]]) -> set[str]:
    """Return those of the absent files that the tree has elsewhere, byte for byte.

    A copy of them would be imported instead of the tree's own, patched or not.
    """
    wanted = {member.rpartition("/")[2] for member, path in absent if member.endswith(".py")}
    known: set[tuple[str, str]] = set()
    if wanted:
        for path in root.rglob("*.py"):
            if path.name in wanted and path.is_file() and path.stat().st_size:
                known.add((path.name, _digest(path)))
    return {
        member
        for member, path in absent
        if path.stat().st_size and (path.name, _digest(path)) in known
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _holds_code(folder: Path, skip: frozenset[str]) -> bool:
    for path in folder.iterdir():
        if path.suffix == ".py" and path.name not in {"setup.py", "conftest.py", "noxfile.py"}:
            return True
        if path.is_dir() and path.name not in skip and (path / "__init__.py").is_file():
            return True
    return False
