"""The files of a tree: which are Python, what they are for, and what was left out and why."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from countermine.core.coverage import Coverage, CoverageEntry
from countermine.core.errors import BadTargetError, BadUsageError
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.spans import PYTHON_SUFFIXES, TreePath, tree_path
from countermine.target.bundled import is_bundled
from countermine.target.display import escaped, one_line, showable
from countermine.target.roles import role_of_path, says_generated
from countermine.target.texts import MAX_FILE_BYTES, not_python_text, read_head, too_large

_NOTEBOOK_SUFFIX = ".ipynb"
TEMPLATE_SUFFIXES = (
    ".html", ".htm", ".xhtml", ".svg", ".jinja", ".jinja2", ".j2", ".djhtml", ".tmpl", ".tpl",
    ".mako", ".mak",
)  # fmt: skip
_TEMPLATE_FOLDERS = frozenset({"templates", "template", "jinja2", "views"})
_TEXT_TEMPLATE_SUFFIXES = (".txt", ".xml")
"""Templates only in folders of that name."""

_HEAD_BYTES = 1024

_SILENT_FOLDERS = frozenset({".git", ".hg", ".svn", ".bzr", "__pycache__"})
"""Never descended into: they hold copies and by-products of the tree, no source of their own."""

_CACHE_FOLDERS = frozenset(
    {".tox", ".nox", ".eggs", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    | {"node_modules", ".countermine"}
)
"""Made by tools out of other packages; an entry says that they were left out."""

_ENVIRONMENT_MARK = "pyvenv.cfg"

_EXCLUDED = "excluded by the configuration"

Exclusion = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryOptions:
    """What of a tree counts."""

    paths: tuple[str, ...] = ()
    """Files and folders below the root to look at; empty for the whole tree."""
    exclude: tuple[str, ...] = ()
    """Patterns in the manner of ``.gitignore``, relative to the root."""
    max_file_bytes: int = MAX_FILE_BYTES


def take_inventory(root: str | Path, options: InventoryOptions | None = None) -> Inventory:
    """List the Python files of a tree in path order, and what was left out and why.

    Follows no link, descends into no ``.git``, and opens nothing but plain files. The result
    depends on the contents of the tree alone.

    Raises:
        BadTargetError: If the tree is not there, is empty, or holds no Python.
        BadUsageError: If a path or pattern of the options cannot be used.
    """
    chosen = options or InventoryOptions()
    base = resolve_root(root)
    walk = _Walk(
        root=base, max_file_bytes=chosen.max_file_bytes, excluded=_exclusion(chosen.exclude)
    )
    for start in _starts(base, chosen.paths):
        if start and Path(base, start).is_file():
            walk.take_file(start)
        else:
            walk.take(start)
    if not walk.files and not any(not entry.expected for entry in walk.skipped):
        message = f"no Python files in {one_line(str(root))!r}"
        if any(entry.reason == _EXCLUDED for entry in walk.skipped):
            message += ": everything was excluded, by --exclude or by the settings"
        elif not walk.seen:
            message = f"{one_line(str(root))!r} is empty"
        raise BadTargetError(message)
    return Inventory(
        root=base,
        files=tuple(walk.files[path] for path in sorted(walk.files)),
        templates=tuple(walk.templates[path] for path in sorted(walk.templates)),
        skipped=tuple(sorted(set(walk.skipped), key=_entry_key)),
    )


def resolve_root(root: str | Path) -> str:
    """Return the absolute path of a directory, links in it resolved.

    Raises:
        BadTargetError: If it is not there, is no directory, or cannot be read.
    """
    shown = one_line(str(root))
    try:
        resolved = os.path.realpath(root, strict=True)
        if not Path(resolved).is_dir():
            message = f"{shown!r} is not a directory"
            raise BadTargetError(message)
        with os.scandir(resolved):
            pass
    except FileNotFoundError as error:
        message = f"{shown!r} is not there"
        raise BadTargetError(message) from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        message = f"{shown!r} cannot be read: {why}"
        raise BadTargetError(message) from error
    return resolved


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One walk over a tree; collects in the order of the file system, sorted at the end."""

    root: str
    max_file_bytes: int
    excluded: Exclusion | None
    files: dict[TreePath, SourceFile] = field(default_factory=dict)
    templates: dict[TreePath, SourceFile] = field(default_factory=dict)
    skipped: list[CoverageEntry] = field(default_factory=list)
    bundled: list[str] = field(default_factory=list)
    """Folders of libraries that the target carries along."""
    seen: bool = False

    def take(self, start: str) -> None:
        """Take in a folder (``""`` for the root) and all below it."""
        pending = [start]
        # A stack of our own, not recursion: a tree can be deeper than Python's stack.
        while pending:
            folder = pending.pop()
            entries = self._entries(folder)
            if any(entry.name == _ENVIRONMENT_MARK for entry in entries) and folder:
                self._skip(folder, "a virtual environment", expected=True)
                continue
            prefix = f"{folder}/" if folder else ""
            for entry in entries:
                self.seen = True
                path = prefix + entry.name
                if self._is_folder(entry, path):
                    pending.append(path)

    def take_file(self, path: str) -> None:
        """Take in one file."""
        folder, _, name = path.rpartition("/")
        for entry in self._entries(folder):
            if entry.name == name:
                self.seen = True
                self._is_folder(entry, path)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(f"{self.root}/{folder}" if folder else self.root) as found:
                return list(found)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            self._skip(folder or ".", f"folder cannot be read: {why}")
            return []

    def _is_folder(self, entry: os.DirEntry[str], path: str) -> bool:
        """Take in a file; tell whether the entry is a folder to descend into."""
        try:
            if entry.is_symlink():
                self._take_link(path)
                return False
            if entry.is_dir(follow_symlinks=False):
                return self._wants_folder(entry.name, path)
            if entry.is_file(follow_symlinks=False):
                self._take_plain(entry, path)
            else:
                self._skip(path, "a socket, fifo or device", expected=True)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            self._skip(path, f"cannot be read: {why}")
        return False

    def _wants_folder(self, name: str, path: str) -> bool:
        if name in _SILENT_FOLDERS:
            return False
        if name in _CACHE_FOLDERS:
            self._skip(path, "packages or by-products of a tool", expected=True)
            return False
        if self.excluded and self.excluded(path + "/"):
            self._skip(path, _EXCLUDED, expected=True)
            return False
        if is_bundled(self.root, path):
            self.bundled.append(f"{path}/")
        return True

    def _take_plain(self, entry: os.DirEntry[str], path: str) -> None:
        name = entry.name
        lowered = name.lower()
        if lowered.endswith(_NOTEBOOK_SUFFIX):
            self._skip(path, "a notebook", expected=True)
            return
        python = lowered.endswith(PYTHON_SUFFIXES)
        if not python and "." in name.lstrip("."):
            if _may_be_template(lowered, path):
                self._take_template(entry, path)
            return
        if self.excluded and self.excluded(path):
            if python:
                self._skip(path, _EXCLUDED, expected=True)
            return
        size = entry.stat(follow_symlinks=False).st_size
        head = read_head(f"{self.root}/{path}", _HEAD_BYTES) if size else b""
        if isinstance(head, str):
            self._skip(path, head)
        elif python or _has_python_shebang(head):
            self._take_python(path, size, head)

    def _take_python(self, path: str, size: int, head: bytes) -> None:
        if not showable(path):
            self._skip(path, "its name holds control characters or undecodable bytes")
            return
        place = TreePath(path)
        role = self._role(place)
        if role is FileRole.SOURCE and says_generated(head):
            role = FileRole.GENERATED
        why = not_python_text(head)
        if size > self.max_file_bytes:
            why = too_large(size, self.max_file_bytes)
        if why:
            self._skip(path, why, expected=role is not FileRole.SOURCE)
            return
        self.files[place] = SourceFile(path=place, size_bytes=size, role=role)

    def _role(self, path: TreePath) -> FileRole:
        role = role_of_path(path)
        if role is FileRole.SOURCE and path.startswith(tuple(self.bundled)):
            return FileRole.VENDORED
        return role

    def _take_template(self, entry: os.DirEntry[str], path: str) -> None:
        if not showable(path) or (self.excluded and self.excluded(path)):
            return
        place = TreePath(path)
        size = entry.stat(follow_symlinks=False).st_size
        if size <= self.max_file_bytes:
            role = self._role(place)
            self.templates[place] = SourceFile(path=place, size_bytes=size, role=role)

    def _take_link(self, path: str) -> None:
        if self.excluded and self.excluded(path):
            return
        try:
            end = os.path.realpath(f"{self.root}/{path}", strict=True)
            is_folder = Path(end).is_dir()
        except OSError:
            self._skip(path, "a link that leads nowhere, or to itself", expected=True)
            return
        if end != self.root and not end.startswith(self.root + os.sep):
            python = path.lower().endswith(PYTHON_SUFFIXES)
            self._skip(path, "a link that leaves the tree", expected=not (is_folder or python))
        elif is_folder or end.lower().endswith(PYTHON_SUFFIXES):
            self._skip(path, "a link to a place in the tree", expected=True)
        elif path.lower().endswith(PYTHON_SUFFIXES):
            self._skip(path, "a link to a file that is not named as Python")

    def _skip(self, path: str, reason: str, *, expected: bool = False) -> None:
        self.skipped.append(
            CoverageEntry(
                path=TreePath(escaped(path)),
                outcome=Coverage.SKIPPED,
                reason=reason,
                expected=expected,
            )
        )


def _may_be_template(name: str, path: str) -> bool:
    if name.endswith(TEMPLATE_SUFFIXES):
        return True
    folders = path.lower().split("/")[:-1]
    return name.endswith(_TEXT_TEMPLATE_SUFFIXES) and not _TEMPLATE_FOLDERS.isdisjoint(folders)


def _has_python_shebang(head: bytes) -> bool:
    if not head.startswith(b"#!"):
        return False
    words = head.split(b"\n", 1)[0][2:].split()
    names = [word.rsplit(b"/", 1)[-1] for word in words[:3]]
    return any(name.startswith((b"python", b"pypy")) for name in names)


def _exclusion(patterns: tuple[str, ...]) -> Exclusion | None:
    if not patterns:
        return None
    import pathspec  # noqa: PLC0415 - a tenth of a second that most starts do not need

    try:
        spec = pathspec.GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        message = f"a pattern of the excluded paths cannot be used: {one_line(str(error))}"
        raise BadUsageError(message) from error
    return spec.match_file


def _starts(root: str, paths: tuple[str, ...]) -> list[str]:
    if not paths:
        return [""]
    starts: list[str] = []
    for text in paths:
        if text in {".", "./", ""}:
            return [""]
        try:
            path = tree_path(text)
        except ValueError as error:
            message = f"path {one_line(text)!r} is not below the target"
            raise BadUsageError(message) from error
        full = os.path.normpath(f"{root}/{path}")
        if os.path.realpath(full) != full or not Path(full).exists():
            message = f"path {one_line(text)!r} is not in the target, or is a link"
            raise BadUsageError(message)
        starts.append(path)
    return starts


def _entry_key(entry: CoverageEntry) -> tuple[str, str]:
    return (entry.path or "", entry.reason)
