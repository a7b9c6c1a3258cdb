"""The files of a target, as the stages see them."""

from dataclasses import dataclass
from enum import StrEnum

from countermine.core.coverage import CoverageEntry
from countermine.core.spans import TreePath


class FileRole(StrEnum):
    """What a file is for. Only ``SOURCE`` is searched for sinks unless asked otherwise."""

    SOURCE = "source"
    TEST = "test"
    VENDORED = "vendored"
    GENERATED = "generated"
    EXAMPLE = "example"
    BUILD = "build"
    """``setup.py``, ``conf.py`` of documentation, task files: run by the project's own people."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SourceFile:
    """One file of the target."""

    path: TreePath
    size_bytes: int
    role: FileRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Every Python file of a target in path order, and what was left out and why."""

    root: str
    """Absolute path of the tree on this machine."""
    files: tuple[SourceFile, ...]
    skipped: tuple[CoverageEntry, ...]
    templates: tuple[SourceFile, ...] = ()
    """Files that may be templates of pages, in path order; read only where code renders them."""
