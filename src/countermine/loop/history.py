"""What a tree was at another commit of its repository; git itself is never run."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.objects import Commit, Tree
from dulwich.objectspec import parse_commit
from dulwich.repo import Repo

from countermine.core.errors import BadUsageError
from countermine.core.inventory import Inventory
from countermine.core.spans import TreePath
from countermine.deliver.repository import opened, prefix_of
from countermine.target.commit_tree import lay_out


@contextmanager
def _at(root: Path, revision: str, option: str) -> Iterator[tuple[Repo, Commit]]:
    with opened(root) as repository:
        try:
            commit = parse_commit(repository, revision)
        except (KeyError, ValueError, AssertionError, NotGitRepository) as error:
            message = f"{option}: {revision!r} names no commit of the repository of {str(root)!r}"
            raise BadUsageError(message) from error
        yield repository, commit


def changed_since(root: Path, revision: str, inventory: Inventory) -> frozenset[TreePath]:
    """Return the files of a tree that are not as a commit has them, new ones included.

    What is not committed counts. A checkout with CRLF for LF is the same file.

    Raises:
        BadTargetError: If the tree is in no repository.
        BadUsageError: If the revision names no commit of it.
    """
    with _at(root, revision, "--since") as (repository, commit):
        prefix = prefix_of(repository, root)
        tree = repository[commit.tree]
        listed = [file.path for file in (*inventory.files, *inventory.templates)]
        return frozenset(
            path for path in listed if not _is_same(repository, tree, prefix, root, path)
        )


def _is_same(repository: Repo, tree: object, prefix: str, root: Path, path: TreePath) -> bool:
    if not isinstance(tree, Tree):
        return False
    try:
        _mode, identity = tree.lookup_path(
            repository.object_store.__getitem__, (prefix + path).encode()
        )
        data = (root / path).read_bytes()
    except (KeyError, NotADirectoryError, OSError):
        return False
    return identity in (_blob_id(data), _blob_id(data.replace(b"\r\n", b"\n")))


def _blob_id(data: bytes) -> bytes:
    """Return the id that git gives a file of this content, as it writes it.

    Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    head = b"blob %d\0" % len(data)
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest().encode()


def lay_out_at(root: Path, revision: str, into: Path) -> Path:
    """Write the files of a commit into an empty folder; return what ``root`` is in it.

    Raises:
        BadTargetError: If the tree is in no repository, or the commit goes beyond the bounds.
        BadUsageError: If the revision names no commit, or one that has no such folder.
    """
    with _at(root, revision, "--baseline") as (repository, commit):
        lay_out(repository.object_store, commit, into)
        found = into / prefix_of(repository, root)
    if not found.is_dir():
        message = f"--baseline: the commit {revision!r} has no folder {found.name!r}"
        raise BadUsageError(message)
    return found
