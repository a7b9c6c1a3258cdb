"""Poetry's way of writing requirements, turned into the standard's.

Source: https://python-poetry.org/docs/dependency-specification/
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class PoetryRequirements:
    """Requirements of one table, in the order of their names."""

    requirements: tuple[str, ...]
    python: str | None
    """The ``python`` entry, as a ``requires-python``."""
    notes: tuple[str, ...]

    def __add__(self, other: "PoetryRequirements") -> "PoetryRequirements":
        """Join two tables."""
        return PoetryRequirements(
            requirements=(*self.requirements, *other.requirements),
            python=self.python or other.python,
            notes=(*self.notes, *other.notes),
        )


def poetry_requirements(
    table: Mapping[str, object], *, optional: bool = False
) -> PoetryRequirements:
    """Turn a table of Poetry dependencies into requirements.

    Args:
        table: Names with constraints.
        optional: Take entries that are marked as optional too.
    """
    found: list[str] = []
    notes: list[str] = []
    python: str | None = None
    for name, value in sorted(table.items()):
        if name.lower() == "python":
            python = specifier(value) if isinstance(value, str) else None
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                found.append(f"{name}{specifier(one)}")
            elif isinstance(one, Mapping) and isinstance(one.get("version"), str):
                if optional or not one.get("optional"):
                    found.append(_from_table(name, one))
            else:
                notes.append(f"{name}: required from a place that is no package index")
    return PoetryRequirements(requirements=tuple(found), python=python, notes=tuple(notes))


def specifier(constraint: str) -> str:
    """Return a Poetry constraint as a version specifier; an empty one allows everything."""
    # Alternatives cannot be written as a specifier; the last names the newest versions.
    last = constraint.rsplit("||", maxsplit=1)[-1].rsplit("|", maxsplit=1)[-1]
    joined = re.sub(r"([\^~<>=!])\s+", r"\1", last)
    return ",".join(text for part in re.split(r"[,\s]+", joined) if (text := _one(part)))


def _one(part: str) -> str:
    if part in {"", "*"}:
        return ""
    if part.startswith("^"):
        return _between(part[1:], _caret)
    if part.startswith("~") and not part.startswith("~="):
        return _between(part[1:], _tilde)
    if part[0].isdigit():
        return f"=={part}"
    return part


def _between(text: str, upper: Callable[[tuple[int, ...]], tuple[int, ...]]) -> str:
    try:
        version = Version(text)
    except InvalidVersion:
        return ""
    return f">={text},<{'.'.join(map(str, upper(version.release)))}"


def _caret(release: tuple[int, ...]) -> tuple[int, ...]:
    for at, number in enumerate(release):
        if number or at == len(release) - 1:
            return (*release[:at], number + 1)
    return release


def _tilde(release: tuple[int, ...]) -> tuple[int, ...]:
    return (*release[:1], release[1] + 1) if len(release) > 1 else (release[0] + 1,)


def _from_table(name: str, table: Mapping[str, object]) -> str:
    extras = table.get("extras")
    shown = f"[{','.join(map(str, extras))}]" if isinstance(extras, list) and extras else ""
    markers: list[str] = []
    if isinstance(table.get("markers"), str):
        markers.append(f"({table['markers']})")
    python = table.get("python")
    if isinstance(python, str):
        for clause in filter(None, specifier(python).split(",")):
            version = clause.lstrip("<>=!~")
            markers.append(f'python_full_version {clause.removesuffix(version)} "{version}"')
    marker = f" ; {' and '.join(markers)}" if markers else ""
    return f"{name}{shown}{specifier(str(table['version']))}{marker}"
