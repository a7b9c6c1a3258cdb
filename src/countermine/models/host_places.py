"""Where this machine shows in what is to be sent: its folders, its user, its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from countermine.models.secret_spans import occurrences


class Kind(StrEnum):
    """What a placeholder stands for."""

    SECRET = "SECRET"  # noqa: S105 - the word
    PATH = "PATH"
    USER = "USER"
    HOST = "HOST"
    MARK = "MARK"
    """A mark of a chat format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What may not be told of this machine."""

    roots: tuple[str, ...] = ()
    """Absolute paths of the target, as given and without links; what follows can be shown."""
    folders: tuple[str, ...] = ()
    """Absolute: the state folder, the user's home."""
    user: str | None = None
    hosts: tuple[str, ...] = ()
    """Its name, with and without its domain."""


Place: TypeAlias = tuple[int, int, Kind]

_COMMON = frozenset(
    {
        "root", "user", "users", "admin", "administrator", "runner", "ubuntu", "debian", "app",
        "test", "tests", "nobody", "docker", "jenkins", "vscode", "circleci", "python", "guest",
        "home", "localhost", "build", "builder", "dev", "ci", "worker", "default", "main",
    }
)  # fmt: skip
"""Names that tell nothing of who it is."""
_LEAST = 3
_PATH_END = r"[^\s\"'`<>|:;,()\[\]{}]*"
_FOREIGN = re.compile(
    rf"(?<![\w.~/:-])(?:/(?:home|Users|root|mnt|media|Volumes|export)/[\w.@+-]+{_PATH_END})"
    rf"|(?<![\w/])(?:~/[\w.@+-]{_PATH_END})"
    rf"|(?i:(?<!\w)[a-z]:\\{{1,2}}users\\{{1,2}}[\w.@ +-]+{_PATH_END})"
    rf"|(?<![\w\\])\\\\[\w.-]+\\[\w.$-]+{_PATH_END}"
)
"""Folders of people and of shared disks, on whatever machine."""


def host_places(text: str, machine: Machine, *, of_target: bool) -> Iterator[Place]:
    """Yield where a text tells of this machine, what is to be preferred first; they may overlap.

    Args:
        text: What is to be sent.
        machine: What may not be told.
        of_target: Whether it is a file of the target. Words of it that happen to be a user's name
            are its own, and so are the paths that are written into it.
    """
    for root in sorted(machine.roots, key=len, reverse=True):
        yield from _below(text, root)
    if not of_target:
        for found in _FOREIGN.finditer(text):
            yield *found.span(), Kind.PATH
    for folder in sorted(machine.folders, key=len, reverse=True):
        yield from _below(text, folder)
    hosts = sorted(machine.hosts, key=len, reverse=True)
    for name, kind in ((machine.user, Kind.USER), *((host, Kind.HOST) for host in hosts)):
        if name and _tells(name) and (not of_target or _is_odd(name)):
            for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
                yield *found.span(), kind


def _below(text: str, given: str) -> Iterator[Place]:
    folder = given.rstrip("/\\")
    if len(folder) > 1:
        for start, end in occurrences(text, folder):
            if _ends(text, end):
                yield start, end, Kind.PATH


def _ends(text: str, end: int) -> bool:
    """Tell whether a path's name ends here: ``/home/al`` is none of ``/home/alice``."""
    return end == len(text) or not (text[end].isalnum() or text[end] in "_-")


def _tells(name: str) -> bool:
    return len(name) >= _LEAST and name.lower() not in _COMMON and not name.isdigit()


def _is_odd(name: str) -> bool:
    """Tell whether a name is hardly a word of somebody's program."""
    return len(name) > _LEAST and any(not c.isalpha() for c in name)
