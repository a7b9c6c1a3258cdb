"""Builds a wheel of a source tree, of the target or of a package that has no wheels.

The backend is code of a stranger: it runs in the sandbox, without network, on a copy of the tree,
and sees nothing but the copy and its own requirements.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from countermine.core.errors import BadTargetError
from countermine.target.archives import unpack
from countermine.target.display import one_line
from countermine.target.project import read_text
from countermine.target.pyproject import read_pyproject
from countermine.target.workshop import Cutoff, Failed, Workshop

LEGACY_REQUIRES = ("setuptools", "wheel")
"""What a tree without a declared backend is built with. Source: PEP 517, "Build requirements"."""

MAX_COPIED_FILES = 200_000
MAX_COPIED_BYTES = 2 << 30

_NOT_COPIED = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".tox", ".nox", ".venv", "venv", "node_modules"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel:
    """A wheel and what is in it."""

    contents: Path
    """Folder with the files of the wheel."""
    wheel: Path | None = None
    """The wheel itself, where one was built here."""


def build_wheel(
    shop: Workshop,
    source: Path,
    name: str,
    cutoff: Cutoff,
    version: str,
    *,
    fetched: Callable[[], object] | None = None,
) -> BuiltWheel | Failed:
    """Build a wheel of a tree.

    Args:
        shop: Where and with what.
        source: The tree; it is copied and stays as it is.
        name: Of the folder below the workshop where all of it happens.
        cutoff: As of when the build requirements are chosen.
        version: For backends that would ask a version control system.
        fetched: Called once what it is built with is there.
    """
    place = shop.folder / name
    copy, out, wheels = place / "source", place / "dist", place / "wheels"
    for folder in (out, wheels):
        folder.mkdir(parents=True)
    failed = copy_plain(source, copy)
    if failed:
        return failed
    python = shop.make_venv(f"{name}/venv")
    got = shop.fetch(python, build_requirements(source), cutoff, wheels)
    if isinstance(got, Failed):
        return Failed(error=f"what it is built with cannot be had: {got.reason}")
    if fetched is not None:
        fetched()
    built = shop.build_wheel(python, copy, out, version)
    if isinstance(built, Failed):
        return built
    return _opened(out, place / "contents")


def released_wheel(shop: Workshop, name: str, version: str, cutoff: Cutoff) -> BuiltWheel | Failed:
    """Fetch the wheel that a release's authors built of it, where it cannot be built here.

    A library that it links with may be missing on this machine. What the tree holds itself is not
    taken from the wheel: what is imported is the tree's, patched or not.
    """
    requirement = next(iter(_parsed([f"{name}=={version}"])), None)
    if requirement is None:
        return Failed(error=f"{one_line(name)} {one_line(version)} names no release")
    contents = shop.folder / "released"
    contents.mkdir()
    python = shop.make_venv("for-released")
    got = shop.fetch_alone(python, requirement, cutoff, contents)
    if isinstance(got, Failed):
        return got
    for path in sorted(contents.iterdir()):
        # What the installer adds: its lock, and commands, which are written anew.
        if path.name.startswith(".") or path.name == "bin":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return BuiltWheel(contents=contents)


def build_requirements(source: Path) -> tuple[Requirement, ...]:
    """Return what the backend of a tree needs, as its ``pyproject.toml`` says."""
    text = read_text(source, "pyproject.toml")
    declared = read_pyproject(text).build_requires if text is not None else None
    if declared is None:
        return tuple(_parsed(LEGACY_REQUIRES))
    requirements = tuple(_parsed(declared))
    if any(canonicalize_name(one.name) == "setuptools" for one in requirements):
        # Before its version 70 setuptools asked for wheel when it was run, not in a declaration.
        return tuple(_parsed((*declared, "wheel")))
    return requirements


def copy_plain(source: Path, copy: Path) -> Failed | None:
    """Copy the plain files of a tree within bounds; links, histories and caches stay behind."""
    files = total = 0
    for folder, names, found in os.walk(source):
        names[:] = [name for name in names if name not in _NOT_COPIED]
        here = Path(folder)
        there = copy / here.relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in found:
            status = (here / name).lstat()
            if not stat.S_ISREG(status.st_mode):
                continue
            files, total = files + 1, total + status.st_size
            if files > MAX_COPIED_FILES or total > MAX_COPIED_BYTES:
                return Failed(error="the tree is larger than the bounds of a build")
            try:
                shutil.copyfile(here / name, there / name, follow_symlinks=False)
            except OSError as error:
                shown = one_line((here / name).relative_to(source).as_posix())
                return Failed(error=f"{shown!r} cannot be read: {error.strerror}")
            (there / name).chmod(0o755 if status.st_mode & 0o100 else 0o644)
    return None


def _parsed(texts: Iterable[str]) -> Iterable[Requirement]:
    seen: set[str] = set()
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.url is None and str(requirement) not in seen:
            seen.add(str(requirement))
            yield requirement


def _opened(out: Path, contents: Path) -> BuiltWheel | Failed:
    # What the backend left is a stranger's: one plain file, unpacked like any download.
    wheels = [
        path
        for path in sorted(out.iterdir())
        if path.suffix == ".whl" and stat.S_ISREG(path.lstat().st_mode)
    ]
    if len(wheels) != 1:
        return Failed(error=f"the backend made {len(wheels)} wheels instead of one")
    contents.mkdir()
    try:
        unpack(wheels[0], contents)
    except BadTargetError as error:
        return Failed(error=str(error))
    return BuiltWheel(wheel=wheels[0], contents=contents)
