"""``--branch NAME``: a branch with one commit for each case, made without touching the work tree.

Objects and one reference are written; no hook, filter or signer runs, the index and the files stay
as they are.
"""

import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from countermine.core.cases import Case
from countermine.core.errors import BadUsageError, CountermineError
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.deliver.merging import LeftOut, join
from countermine.deliver.repository import blob_at, head_commit, opened, prefix_of
from countermine.deliver.wording import message

_NAME = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9_./+@-]*(?<![/.])")
"""A safe part of what git allows (git help check-ref-format)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBranch:
    """What was made."""

    name: str
    commits: tuple[str, ...]
    """Ids, the first case's first."""
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who the commits are by, and when."""

    identity: str
    """``Name <address>``."""
    at_s: int
    """Seconds since 1970, UTC."""


def make_branch(
    cases: Sequence[Case],
    root: Path,
    name: str,
    facts: Sequence[WeaknessFacts],
    signature: Signature,
) -> MadeBranch:
    """Make a branch on top of HEAD with one commit for each case that has a patch.

    Raises:
        BadUsageError: If the name cannot be a branch, is taken, or there is nothing to commit.
        BadTargetError: If the folder is in no repository, or it has no commit.
        CountermineError: If a file of a patch is not as it was committed.
    """
    check_branch(root, name)
    with opened(root) as repository:
        reference = Ref(f"refs/heads/{name}".encode())
        parent = head_commit(repository)
        prefix = prefix_of(repository, root)
        texts = _committed_texts(repository, parent, cases, prefix, root)
        joined, left_out = join(cases, texts)
        if not joined:
            told = "there is no patch to commit"
            raise BadUsageError(told)
        commits: list[str] = []
        tip, tree = parent.id, parent.tree
        for step in joined:
            files = {f"{prefix}{path}": content for path, content in step.files.items()}
            tree = _with_files(repository, tree, files)
            tip = _commit(repository, tip, tree, message(step.case, facts), signature)
            commits.append(tip.decode())
        if not repository.refs.add_if_new(reference, tip):
            told = f"branch {name!r} was made by someone else meanwhile"
            raise CountermineError(told)
    return MadeBranch(name=name, commits=tuple(commits), left_out=left_out)


def check_branch(root: Path, name: str) -> None:
    """Refuse a name that cannot become a new branch of the repository.

    Raises:
        BadUsageError: If it cannot be the name of a branch, or is taken.
        BadTargetError: If the folder is in no repository, or it has no commit.
    """
    if not _NAME.fullmatch(name):
        told = f"{name!r} cannot be the name of a branch"
        raise BadUsageError(told)
    with opened(root) as repository:
        head_commit(repository)
        if Ref(f"refs/heads/{name}".encode()) in repository.refs:
            told = f"branch {name!r} is there already; choose another name, or delete it"
            raise BadUsageError(told)


def _committed_texts(
    repository: Repo, parent: Commit, cases: Sequence[Case], prefix: str, root: Path
) -> dict[TreePath, bytes]:
    tree = repository.object_store[parent.tree]
    if not isinstance(tree, Tree):
        told = "the commit at HEAD has no tree"
        raise CountermineError(told)
    wanted = sorted({edit.span.path for case in cases if case.patch for edit in case.patch.edits})
    texts: dict[TreePath, bytes] = {}
    for path in wanted:
        committed = blob_at(repository, tree, f"{prefix}{path}")
        place = root / path
        if committed is None or not place.is_file() or committed != place.read_bytes():
            told = f"{path} is not as it was committed; commit or stash your changes first"
            raise CountermineError(told)
        texts[path] = committed
    return texts


def _with_files(repository: Repo, tree: ObjectID, files: Mapping[str, bytes]) -> ObjectID:
    """Return the tree with the content of some files changed or added."""
    for path, content in sorted(files.items()):
        blob = Blob.from_string(content)
        repository.object_store.add_object(blob)
        tree = _put(repository, tree, path.encode("utf-8", "surrogateescape").split(b"/"), blob.id)
    return tree


def _put(
    repository: Repo, tree: ObjectID | None, parts: Sequence[bytes], blob: ObjectID
) -> ObjectID:
    known = repository.object_store[tree] if tree is not None else Tree()
    if not isinstance(known, Tree):
        told = f"{parts[0]!r} is a file where a folder is due"
        raise CountermineError(told)
    copy = Tree()
    for item in known.items():
        copy.add(item.path, item.mode, item.sha)
    name = parts[0]
    found = (item for item in known.items() if item.path == name)
    mode, below = next(((item.mode, item.sha) for item in found), (None, None))
    if len(parts) == 1:
        executable = mode if mode is not None and stat.S_ISREG(mode) else 0o100644
        copy.add(name, executable, blob)
    else:
        copy.add(name, stat.S_IFDIR, _put(repository, below, parts[1:], blob))
    repository.object_store.add_object(copy)
    return copy.id


def _commit(
    repository: Repo, parent: ObjectID, tree: ObjectID, text: str, signature: Signature
) -> ObjectID:
    commit = Commit()
    commit.tree = tree
    commit.parents = [parent]
    commit.author = commit.committer = signature.identity.encode()
    commit.author_time = commit.commit_time = signature.at_s
    commit.author_timezone = commit.commit_timezone = 0
    commit.encoding = b"UTF-8"
    commit.message = text.encode("utf-8", "backslashreplace")
    repository.object_store.add_object(commit)
    return commit.id
