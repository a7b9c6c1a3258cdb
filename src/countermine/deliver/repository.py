"""A git repository read by a library: nothing of its configuration is run.

Git itself would run the repository's own ``core.fsmonitor``, filters, hooks and signers; see
docs/threat-model.md. Files are compared byte for byte, and with CRLF read as LF, which is what a
checkout may have made of them.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.index import Index, IndexEntry
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo

from countermine.core.errors import BadTargetError, CountermineError


@contextmanager
def opened(folder: Path) -> Iterator[Repo]:
    """Open the repository that a folder is in.

    Raises:
        BadTargetError: If it is in none, or has no commit yet.
    """
    try:
        repository = Repo.discover(str(folder))
    except NotGitRepository as error:
        message = f"{str(folder)!r} is in no git repository"
        raise BadTargetError(message) from error
    _refuse_foreign(repository)
    try:
        yield repository
    finally:
        repository.close()


def _refuse_foreign(repository: Repo) -> None:
    """Refuse a work tree whose ``.git`` leads to the store of another repository.

    A hostile tree can hold such a file; what is written would land in the other repository. A
    real linked work tree or submodule is led back to from there.
    """
    work, control = Path(repository.path).resolve(), Path(repository.controldir())
    pointer = work / ".git"
    if control.resolve().is_relative_to(work) and not pointer.is_symlink():
        return
    back = control / "gitdir"
    if pointer.is_file() and not pointer.is_symlink() and back.is_file():
        named = Path(back.read_text(encoding="utf-8", errors="replace").strip())
        if (named if named.is_absolute() else control / named).resolve() == pointer.resolve():
            return
    repository.close()
    message = f"{pointer} leads to a repository elsewhere that does not know of this work tree"
    raise BadTargetError(message)


def is_repository(folder: Path) -> bool:
    """Tell whether a folder is in a git repository."""
    try:
        Repo.discover(str(folder)).close()
    except NotGitRepository:
        return False
    return True


def head_commit(repository: Repo) -> Commit:
    """Return the commit that HEAD names.

    Raises:
        BadTargetError: If there is none yet.
    """
    try:
        commit = repository[repository.head()]
    except KeyError as error:
        message = "the repository has no commit yet; commit your work first"
        raise BadTargetError(message) from error
    if not isinstance(commit, Commit):
        message = "HEAD of the repository is no commit"
        raise CountermineError(message)
    return commit


def prefix_of(repository: Repo, folder: Path) -> str:
    """Return where a folder lies below the root of its work tree; empty for the root."""
    relative = folder.resolve().relative_to(Path(repository.path).resolve())
    return "" if str(relative) == "." else f"{relative.as_posix()}/"


def blob_at(repository: Repo, tree: Tree, path: str) -> bytes | None:
    """Return the content of a file of a commit's tree, or ``None`` where it has none."""
    try:
        _mode, identity = tree.lookup_path(repository.object_store.__getitem__, path.encode())
        found = repository.object_store[identity]
    except (KeyError, NotADirectoryError):
        return None
    return found.data if isinstance(found, Blob) else None


def dirty_files(repository: Repo) -> list[str]:
    """Return the tracked files that differ from HEAD, in the index or in the work tree, sorted."""
    root = Path(repository.path)
    committed = _committed(repository)
    index = repository.open_index()
    staged = {path for path, _ in _entries(index)}
    dirty = set(committed) - staged
    for path, entry in _entries(index):
        staged_alike = entry is not None and committed.get(path) == entry.sha
        if not staged_alike or _changed(repository, root / os.fsdecode(path), entry):
            dirty.add(path)
    return sorted(os.fsdecode(path) for path in dirty)


def _committed(repository: Repo) -> dict[bytes, bytes]:
    tree = head_commit(repository).tree
    return {entry.path: entry.sha for entry in repository.object_store.iter_tree_contents(tree)}


def _entries(index: Index) -> Iterator[tuple[bytes, IndexEntry | None]]:
    for path, entry in index.iteritems():
        yield path, entry if isinstance(entry, IndexEntry) else None


def _changed(repository: Repo, path: Path, entry: IndexEntry | None) -> bool:
    if entry is None:
        return True
    try:
        status = path.lstat()
    except OSError:
        return True
    if stat.S_ISLNK(entry.mode) or not stat.S_ISREG(status.st_mode):
        return stat.S_ISREG(entry.mode) != stat.S_ISREG(status.st_mode)
    content = path.read_bytes()
    if Blob.from_string(content).id == entry.sha:
        return False
    stored = repository.object_store[entry.sha]
    return not isinstance(stored, Blob) or content.replace(b"\r\n", b"\n") != stored.data
