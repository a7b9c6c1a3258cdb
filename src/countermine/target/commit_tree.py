"""Lays the files of one commit out in a folder: no links, no submodules, no filters, no hooks."""

import errno
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from dulwich.object_store import BaseObjectStore
from dulwich.objects import Blob, Commit, ObjectID, Tag, Tree

from countermine.core.errors import BadTargetError
from countermine.target.archives import MAX_MEMBERS, MAX_UNPACKED_BYTES
from countermine.target.display import one_line
from countermine.target.fetched import LeftOut

MAX_TAG_DEPTH = 10
"""Tags may point to tags; nobody stacks more than two."""


def peel(store: BaseObjectStore, wanted: ObjectID) -> Commit:
    """Return the commit that an object id names, through tags.

    Raises:
        BadTargetError: If it names no commit.
    """
    for _ in range(MAX_TAG_DEPTH):
        try:
            found = store[wanted]
        except KeyError as error:
            message = f"the repository does not give commit {wanted.decode()}"
            raise BadTargetError(message) from error
        if isinstance(found, Commit):
            return found
        if not isinstance(found, Tag):
            break
        wanted = found.object[1]
    message = f"{wanted.decode()} is no commit"
    raise BadTargetError(message)


def day_of(commit: Commit) -> str:
    """Return the UTC date (ISO 8601) at which a commit was made."""
    return datetime.fromtimestamp(commit.commit_time, UTC).date().isoformat()


def lay_out(store: BaseObjectStore, commit: Commit, into: Path) -> tuple[LeftOut, ...]:
    """Write the plain files of a commit into an empty folder; return what was left out.

    Raises:
        BadTargetError: If it holds a path that leaves the folder, or more than the bounds.
    """
    left_out: list[LeftOut] = []
    total = 0
    for count, (parts, mode, blob_id) in enumerate(_entries(store, commit.tree), start=1):
        shown = "/".join(parts)
        if count > MAX_MEMBERS:
            message = f"the commit holds more than {MAX_MEMBERS:,} files"
            raise BadTargetError(message)
        if not stat.S_ISREG(mode):
            reason = "a link" if stat.S_ISLNK(mode) else "a submodule"
            left_out.append(LeftOut(path=shown, reason=reason))
            continue
        blob = store[blob_id]
        if not isinstance(blob, Blob):
            message = f"the commit is broken at {one_line(shown)!r}"
            raise BadTargetError(message)
        total += blob.raw_length()
        if total > MAX_UNPACKED_BYTES:
            message = f"the commit holds more than {MAX_UNPACKED_BYTES:,} bytes"
            raise BadTargetError(message)
        _write(into.joinpath(*parts), blob, executable=bool(mode & 0o100))
    return tuple(sorted(left_out))


def _entries(
    store: BaseObjectStore, root: ObjectID
) -> Iterator[tuple[tuple[str, ...], int, ObjectID]]:
    pending: list[tuple[tuple[str, ...], ObjectID]] = [((), root)]
    while pending:
        parents, tree_id = pending.pop()
        tree = store[tree_id]
        if not isinstance(tree, Tree):
            message = f"the commit is broken at {one_line('/'.join(parents))!r}"
            raise BadTargetError(message)
        for entry in tree.items():
            parts = (*parents, _checked_name(entry.path))
            if stat.S_ISDIR(entry.mode):
                pending.append((parts, entry.sha))
            else:
                yield parts, entry.mode, entry.sha


def _checked_name(raw: bytes) -> str:
    name = os.fsdecode(raw)
    foreign = os.sep == "\\" and ("\\" in name or ":" in name)
    if name in {"", ".", ".."} or "/" in name or "\0" in name or foreign:
        message = f"the commit holds a path that leaves the folder: {one_line(name)!r}"
        raise BadTargetError(message)
    return name


def _write(path: Path, blob: Blob, *, executable: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.writelines(blob.as_raw_chunks())
    except OSError as error:
        if error.errno not in {errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EINVAL}:
            raise
        message = f"the commit holds a name that cannot be stored: {one_line(path.name)!r}"
        raise BadTargetError(message) from error
    path.chmod(0o755 if executable else 0o644)
