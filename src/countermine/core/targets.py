"""A target: a tree to work on, and where it came from."""

from dataclasses import dataclass
from enum import StrEnum


class TargetKind(StrEnum):
    """What the user named."""

    DIRECTORY = "directory"
    GIT = "git"
    PYPI = "pypi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A tree on this machine that is only read."""

    kind: TargetKind
    spec: str
    """As the user wrote it, without credentials."""
    name: str
    """Short name for people: the folder, repository or package."""
    root: str
    """Absolute path of the tree."""
    revision: str | None
    """Commit or version, where there is one."""
    digest: str
    """SHA-256 over the relative paths and contents of the Python files, in hex."""
    released: str | None = None
    """UTC date (ISO 8601) of the release or commit, where one is known."""
