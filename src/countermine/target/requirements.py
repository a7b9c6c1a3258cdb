"""Requirements: the lines of requirements files, and which can be asked of an index."""

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from countermine.target.display import one_line

_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(r"\s--?[A-Za-z][\w-]*(=|\s|$).*$")
_MAX_FILES = 30

ReadText = Callable[[str], str | None]
"""Gives the text of a file by its path below the tree; ``None`` when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementLines:
    """What a requirements file and those it includes ask for."""

    requirements: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Requirements that can be asked of an index, and those that cannot."""

    usable: tuple[Requirement, ...]
    """Those whose markers hold, without their markers."""
    refused: tuple[str, ...]
    """Each with why."""


def read_requirements_file(path: str, read: ReadText) -> RequirementLines:
    """Return the requirements that a file asks for, with those of the files it includes.

    Constraints count as requirements only where they are included with ``-r``; hashes and options
    are dropped: where packages come from is the user's to say, not the target's.

    Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    found: list[str] = []
    notes: list[str] = []
    pending, seen = [path], {path}
    while pending and len(seen) <= _MAX_FILES:
        here = pending.pop()
        text = read(here)
        if text is None:
            notes.append(f"{here} is asked for and is not there")
            continue
        for line in logical_lines(text):
            included = re.fullmatch(r"(?:-r|--requirement)[ =]?\s*(\S+)", line)
            if included:
                beside = posixpath.join(posixpath.dirname(here), included.group(1))
                inside = posixpath.normpath(beside)
                if not inside.startswith(("..", "/")) and inside not in seen:
                    seen.add(inside)
                    pending.append(inside)
            elif not line.startswith("-"):
                found.append(_OPTION.sub("", line).strip())
            elif line.startswith(("-e", "--editable")) and not re.search(r"\s\.(\[|$|\s)", line):
                notes.append(f"{here}: {one_line(line)} is no package of an index")
    return RequirementLines(requirements=tuple(found), notes=tuple(notes))


def logical_lines(text: str) -> list[str]:
    """Return the lines of a requirements file: continued ones joined, comments gone."""
    joined = re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff"))
    lines = (_COMMENT.sub("", line).strip() for line in joined.splitlines())
    return [line for line in lines if line]


def sort_requirements(
    texts: Iterable[str], own_name: str | None, version: tuple[int, int]
) -> Sorted:
    """Parse requirements and keep those that hold for a Python version, each once.

    Args:
        texts: As they were declared.
        own_name: The target's own name: a project that requires itself with an extra.
        version: Major and minor version of the interpreter they are for.
    """
    usable: dict[str, Requirement] = {}
    refused: list[str] = []
    own = canonicalize_name(own_name) if own_name else None
    for text in texts:
        try:
            requirement = Requirement(text)
            holds = _holds(requirement, version)
        except (InvalidRequirement, UndefinedEnvironmentName) as error:
            refused.append(f"{one_line(text)}: not a requirement ({_first_line(error)})")
            continue
        if not holds or canonicalize_name(requirement.name) == own:
            continue
        if requirement.url:
            refused.append(f"{requirement.name}: required from {_host(requirement.url)}, no index")
            continue
        requirement.marker = None
        usable.setdefault(str(requirement), requirement)
    return Sorted(usable=tuple(usable.values()), refused=tuple(dict.fromkeys(refused)))


def _holds(requirement: Requirement, version: tuple[int, int]) -> bool:
    if requirement.marker is None:
        return True
    python = f"{version[0]}.{version[1]}"
    return requirement.marker.evaluate(
        {
            "python_version": python,
            "python_full_version": f"{python}.10",
            "implementation_version": f"{python}.10",
            "extra": "",
        }
    )


def _host(url: str) -> str:
    return one_line(re.sub(r"^[^:]*://(?:[^/@]*@)?([^/]*).*$", r"\1", url))


def _first_line(error: Exception) -> str:
    return one_line(str(error).split("\n", 1)[0])
