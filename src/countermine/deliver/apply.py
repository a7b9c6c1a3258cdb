"""``--apply``: edits the target in place, all of it or nothing, so that it can be taken back."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from countermine.core.cases import Case
from countermine.core.errors import BadTargetError, CountermineError, EnvironmentLacksError
from countermine.core.spans import TreePath
from countermine.deliver.diffs import file_diff
from countermine.deliver.merging import LeftOut, join
from countermine.deliver.repository import dirty_files, is_repository, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was changed."""

    files: tuple[TreePath, ...]
    undo: Path
    """A patch file; ``patch -R -p1`` with it takes everything back."""
    left_out: tuple[LeftOut, ...]


def apply_in_place(
    cases: Sequence[Case], root: Path, texts: Mapping[TreePath, bytes], undo: Path
) -> Applied:
    """Write the patched files of all cases into the tree.

    The patch that was applied is written to ``undo`` before anything is changed.

    Args:
        cases: Those with a patch; others are passed over.
        root: The target's tree.
        texts: Content of every file the patches edit, as it is now.
        undo: Where to keep what takes the change back.

    Raises:
        BadTargetError: If the tree has changes that are not committed, a new file is there, or a
            file is below a link.
        EnvironmentLacksError: If a file cannot be written; everything is as it was before.
    """
    check_clean(root)
    joined, left_out = join(cases, texts)
    after: dict[TreePath, bytes] = {}
    for step in joined:
        after |= step.files
    for path in after:
        place = root / path
        if any((root / folder).is_symlink() for folder in PurePosixPath(path).parents):
            message = f"{path} is below a link, which may lead out of the tree; nothing was changed"
            raise BadTargetError(message)
        if path not in texts and (place.exists() or place.is_symlink()):
            message = f"{path} is there already; nothing was changed"
            raise BadTargetError(message)
        if path in texts and (place.is_symlink() or place.read_bytes() != texts[path]):
            message = f"{path} changed while the run went on; nothing was changed"
            raise BadTargetError(message)
    patch = b"".join(file_diff(path, texts.get(path), after[path]) for path in sorted(after))
    _write_undo(undo, patch)
    _write_all(root, after, texts)
    return Applied(files=tuple(sorted(after)), undo=undo, left_out=left_out)


def check_clean(root: Path) -> None:
    """Refuse a tree with changes that are not committed; a folder outside git is always clean.

    Raises:
        BadTargetError: If there are such changes.
    """
    if not is_repository(root):
        return
    with opened(root) as repository:
        dirty = dirty_files(repository)
    if dirty:
        more = f" and {len(dirty) - 1} more" if len(dirty) > 1 else ""
        message = (
            f"the tree has changes that are not committed ({dirty[0]}{more}); "
            "commit or stash them, or use --patches or --branch"
        )
        raise BadTargetError(message)


def _write_undo(undo: Path, patch: bytes) -> None:
    try:
        undo.parent.mkdir(parents=True, exist_ok=True)
        undo.write_bytes(patch)
    except OSError as error:
        message = f"cannot write {str(undo)!r}: {error.strerror}; nothing was changed"
        raise EnvironmentLacksError(message) from error


def _write_all(
    root: Path, after: Mapping[TreePath, bytes], before: Mapping[TreePath, bytes]
) -> None:
    """Write every draft beside its file first, then move them all into place."""
    drafts: dict[TreePath, Path] = {}
    placed: list[TreePath] = []
    try:
        for path, content in sorted(after.items()):
            drafts[path] = _draft(root / path, content)
        for path, draft in drafts.items():
            draft.replace(root / path)
            placed.append(path)
    except OSError as error:
        for path in placed:
            _restore(root / path, before.get(path))
        message = f"cannot change the tree: {error.strerror}; everything is as it was"
        raise EnvironmentLacksError(message) from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _draft(place: Path, content: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".countermine-", dir=place.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft = Path(name)
    if place.exists():
        shutil.copymode(place, draft)
    else:
        draft.chmod(0o644)
    return draft


def _restore(place: Path, content: bytes | None) -> None:
    try:
        if content is None:
            place.unlink(missing_ok=True)
        else:
            place.write_bytes(content)
    except OSError as error:
        message = f"{place} could not be restored: {error.strerror}; its undo patch was kept"
        raise CountermineError(message) from error
