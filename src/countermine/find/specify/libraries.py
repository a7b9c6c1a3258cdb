"""The code of a library that a target uses, read where it is installed; nothing of it is run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from countermine.core.spans import TreePath
from countermine.flow import ir
from countermine.flow.bounds import Bounds
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo, Project
from countermine.flow.lookups import absolute

MOST_FILES = 600
"""Files of one library that are looked at; names that a program imports stand in the upper ones."""
MAX_FILE_BYTES = 1 << 20
MOST_HOPS = 8
"""Re-exports that are followed from a public name to its definition."""
_NOT_PUBLIC = frozenset({"tests", "test", "testing", "__pycache__", "_vendor", "vendor"})
_NAME = re.compile(r"[A-Za-z_]\w*")

Definition = FunctionInfo | ClassInfo
"""What a public name means; modules and plain values are no subject of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One library as it is installed."""

    name: str
    """What is imported."""
    version: str
    """Of the distribution that brings it; empty where that cannot be told."""
    project: Project

    def defined(self, dotted: str) -> Definition | None:
        """Return what a dotted name means, ``None`` where the library has no such name."""
        return _defined(self.project, dotted, MOST_HOPS)


def located(name: str, folders: Iterable[Path]) -> Library | None:
    """Return a library that is installed in one of these folders, ``None`` where it is in none."""
    if not _NAME.fullmatch(name):
        return None
    for folder in folders:
        files = tuple(_files(folder, name))
        if files:
            project = Project(
                [(path, True) for path in files],
                lambda path, folder=folder: _text(folder / path),  # type: ignore[misc]  # bound
                Bounds().nesting,
            )
            return Library(name=name, version=_version(name, folder), project=project)
    return None


def _files(folder: Path, name: str) -> list[TreePath]:
    """Return the files of a library, the upper ones first."""
    single = folder / f"{name}.py"
    if single.is_file() and not single.is_symlink():
        return [TreePath(single.name)]
    base = folder / name
    found = [
        path.relative_to(folder)
        for path in (base.rglob("*.py") if base.is_dir() else ())
        if path.is_file() and path.resolve() == base.resolve() / path.relative_to(base)
    ]
    kept = [path for path in found if _NOT_PUBLIC.isdisjoint(path.parts[1:-1])]
    kept.sort(key=lambda path: (len(path.parts), path.as_posix()))
    return [TreePath(path.as_posix()) for path in kept[:MOST_FILES]]


def _text(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return None
    return None if len(text) > MAX_FILE_BYTES or b"\0" in text else text


def _version(name: str, folder: Path) -> str:
    for one in sorted(distributions(path=[str(folder)]), key=lambda one: str(one.metadata["Name"])):
        if name in _brings(one):
            return str(one.version)
    return ""


def _brings(one: Distribution) -> set[str]:
    """Return what can be imported of a distribution."""
    listed = one.read_text("top_level.txt")
    if listed:
        return set(listed.split())
    record = one.read_text("RECORD") or ""
    firsts = (line.partition(",")[0].partition("/")[0] for line in record.splitlines())
    return {first.removesuffix(".py") for first in firsts}


def _defined(project: Project, dotted: str, hops: int) -> Definition | None:
    parts = dotted.split(".")
    for size in range(len(parts), 0, -1):
        module = project.named(".".join(parts[:size]))
        if module is not None:
            return _below(project, module, parts[size:], hops)
    return None


def _below(project: Project, module: ModuleInfo, names: list[str], hops: int) -> Definition | None:
    if not names or hops == 0:
        return None
    for binding in reversed(module.bindings.get(names[0], [])):
        if isinstance(binding, ir.Imported):
            where = absolute(module, binding)
            whole = where if binding.attribute is None else f"{where}.{binding.attribute}"
            return _defined(project, ".".join([whole, *names[1:]]), hops - 1)
        if isinstance(binding, FunctionInfo):
            return binding if len(names) == 1 else None
        if isinstance(binding, ClassInfo):
            return _member(project, module, binding, names[1:], hops)
    for star in module.stars:
        found = _defined(project, ".".join([absolute(module, star), *names]), hops - 1)
        if found is not None:
            return found
    return None


def _member(
    project: Project, module: ModuleInfo, owner: ClassInfo, names: list[str], hops: int
) -> Definition | None:
    """Return a class, or a method of it or of one of its bases in the library."""
    if not names:
        return owner
    if len(names) > 1 or hops == 0:
        return None
    if names[0] in owner.methods:
        return owner.methods[names[0]]
    for base in owner.bases:
        dotted = _spelt(base)
        found = _below(project, module, dotted, hops - 1) if dotted else None
        if isinstance(found, ClassInfo):
            method = _member(project, found.module, found, names, hops - 1)
            if method is not None:
                return method
    return None


def _spelt(expression: ir.Expr) -> list[str]:
    if isinstance(expression, ir.Name):
        return [expression.name]
    if isinstance(expression, ir.Attr):
        before = _spelt(expression.target)
        return [*before, expression.name] if before else []
    return []
