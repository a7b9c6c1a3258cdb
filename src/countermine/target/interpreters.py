"""Which Python interpreters are on this machine, and which of them suits a target."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from countermine.core.errors import BadUsageError
from countermine.target.display import one_line

OLDEST = (3, 8)
"""Audit hooks begin here; without them nothing can be observed inside a target's process."""

FIRST_RELEASES = {
    (3, 8): date(2019, 10, 14),
    (3, 9): date(2020, 10, 5),
    (3, 10): date(2021, 10, 4),
    (3, 11): date(2022, 10, 24),
    (3, 12): date(2023, 10, 2),
    (3, 13): date(2024, 10, 7),
    (3, 14): date(2025, 10, 7),
}
"""Day of the ``.0`` release. Source: PEPs 569, 596, 619, 664, 693, 719 and 745."""

_SETTLED = timedelta(days=180)
"""How long packages take to follow a new Python: one that was younger when the target was
released is not what its authors ran it with."""

_BINARY = re.compile(r"python3\.(\d+)")
_NUMBERED = re.compile(r"(?:cpython-)?3\.\d+[.\w+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python of this machine."""

    path: str
    """Absolute, links resolved."""
    version: tuple[int, int]
    prefix: str
    """Folder that holds all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsuitable:
    """No interpreter of this machine suits."""

    reason: str


def usual_folders(home: Path) -> tuple[Path, ...]:
    """Return the folders whose children are interpreters: those of pyenv and of uv."""
    return (home / ".pyenv/versions", home / ".local/share/uv/python")


def find_interpreters(folders: Iterable[Path]) -> tuple[Interpreter, ...]:
    """Return the CPython interpreters of this machine, newest first, one for each version.

    Looks at names on the disk and starts nothing. The one that runs this program counts, then
    those below ``folders`` (the latest patch release first), then the system's.
    """
    found = [_running()]
    for folder in folders:
        if folder.is_dir():
            children = [child for child in folder.iterdir() if _NUMBERED.fullmatch(child.name)]
            for child in sorted(children, key=_natural, reverse=True):
                found += _below(child)
    for place in ("/usr/local", "/usr", "/opt/homebrew"):
        found += _below(Path(place))
    first: dict[tuple[int, int], Interpreter] = {}
    for interpreter in found:
        first.setdefault(interpreter.version, interpreter)
    return tuple(sorted(first.values(), key=lambda one: one.version, reverse=True))


def choose_interpreter(
    interpreters: Iterable[Interpreter], requires: str | None, released: str | None
) -> Interpreter | Unsuitable:
    """Return the newest interpreter that a target allows and its authors can have known.

    Args:
        interpreters: What is on this machine.
        requires: The target's ``requires-python``.
        released: UTC date (ISO 8601) of the release, where known. When every interpreter is
            younger, the oldest is taken.
    """
    ordered = sorted(interpreters, key=lambda one: one.version, reverse=True)
    if not ordered:
        return Unsuitable(reason="no Python interpreter was found on this machine")
    usable = [one for one in ordered if one.version >= OLDEST]
    allowed = [one for one in usable if allows(requires, one.version)]
    if not allowed:
        have = ", ".join(f"{major}.{minor}" for major, minor in (one.version for one in ordered))
        wanted = f"requires Python {requires}" if requires else "needs Python 3.8 or newer"
        return Unsuitable(
            reason=f"the target {wanted}; this machine has {have} (3.8 and newer can be observed)"
        )
    if released is None:
        return allowed[0]
    day = date.fromisoformat(released[:10])
    known = [one for one in allowed if _settled_by(one.version, day)]
    return known[0] if known else allowed[-1]


def allows(requires: str | None, version: tuple[int, int]) -> bool:
    """Tell whether some patch release of a version satisfies a ``requires-python``.

    What cannot be read allows everything: installers do the same.
    """
    if not requires:
        return True
    try:
        wanted = SpecifierSet(requires)
    except InvalidSpecifier:
        return True
    major, minor = version
    return any(wanted.contains(f"{major}.{minor}.{patch}") for patch in (0, 5, 10, 20, 99))


def packages_until(version: tuple[int, int], released: str | None) -> str | None:
    """Return the day (ISO 8601) as of which packages are chosen for a release; ``None``: today.

    That is the day after the release; but packages that know an interpreter younger than the
    target come only after it.
    """
    if released is None:
        return None
    day = date.fromisoformat(released[:10]) + timedelta(days=1)
    known = FIRST_RELEASES.get(version)
    if known is not None:
        day = max(day, known + 2 * _SETTLED)
    return day.isoformat()


def _settled_by(version: tuple[int, int], day: date) -> bool:
    first = FIRST_RELEASES.get(version)
    return first is not None and first + _SETTLED <= day


def _running() -> Interpreter:
    minor = sys.version_info[1]
    prefix = Path(sys.base_prefix).resolve()
    path = prefix / f"bin/python3.{minor}"
    if not path.exists():
        path = Path(getattr(sys, "_base_executable", None) or sys.executable)
    return Interpreter(path=str(path.resolve()), version=sys.version_info[:2], prefix=str(prefix))


def _below(prefix: Path) -> list[Interpreter]:
    folder = prefix / "bin"
    found: list[Interpreter] = []
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
    for name in names:
        match = _BINARY.fullmatch(name)
        if not match:
            continue
        path = (folder / name).resolve()
        if not path.is_file():
            continue
        found.append(
            Interpreter(
                path=str(path),
                version=(3, int(match.group(1))),
                prefix=str(path.parent.parent),
            )
        )
    return found


def _natural(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path.name))


def named_interpreter(named: str) -> Interpreter:
    """Return the interpreter that a path names, links resolved.

    Raises:
        BadUsageError: If there is none.
    """
    path = Path(named).expanduser()
    resolved = path.resolve()
    if not resolved.is_file():
        message = f"{one_line(named)!r} is not a Python interpreter; name one by its absolute path"
        raise BadUsageError(message)
    prefix = resolved.parent.parent
    match = _BINARY.fullmatch(resolved.name)
    minors = [int(match.group(1))] if match else []
    if not minors:
        minors = sorted(
            int(found.group(1))
            for lib in prefix.glob("lib/python3.*")
            if (found := _BINARY.fullmatch(lib.name)) and lib.is_dir()
        )
    if not minors:
        message = f"the version of {one_line(named)!r} cannot be told; name its python3.N"
        raise BadUsageError(message)
    return Interpreter(path=str(resolved), version=(3, minors[-1]), prefix=str(prefix))
