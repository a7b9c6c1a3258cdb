"""The files that a run's findings go through, kept as they were searched.

Places are byte offsets, so that they mean something only in the text that was searched. Reports of
an old run read the copies, never a target that has been patched, changed or removed since.
"""

import os
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.loop.folder import RunFolder
from countermine.loop.records import Opened, OpenedTarget
from countermine.target.open import tree_digest
from countermine.target.texts import read_texts

MAX_KEPT_BYTES = 64 << 20
"""Most that is kept for one run, before it is packed."""

CHANGED = (
    "the target was changed or removed since this run searched it: where the searched text was "
    "not kept, lines and code are left out"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run, and the texts that its reports show parts of."""

    run: Run
    texts: dict[TreePath, bytes]


def paths_of(findings: Iterable[Finding]) -> set[TreePath]:
    """Return every file that a report of findings shows a part of."""
    paths: set[TreePath] = set()
    for finding in findings:
        paths.add(finding.location.path)
        paths.update(step.span.path for trace in finding.traces for step in trace)
    return paths


def shown_paths(run: Run) -> list[TreePath]:
    """Return every file that a report of a run shows a part of, in order."""
    paths = paths_of((*run.findings, *(entry.finding for entry in run.suppressed)))
    for case in run.cases:
        if case.patch is not None:
            paths.update(edit.span.path for edit in case.patch.edits)
    return sorted(paths)


def keep(place: Path, root: str, findings: Iterable[Finding], most: int = MAX_KEPT_BYTES) -> None:
    """Keep the files that findings go through, in the order of their names as far as they fit.

    Args:
        place: The file to write.
        root: Of the tree.
        findings: All that reports show.
        most: How many bytes are kept.

    Raises:
        EnvironmentLacksError: If the file cannot be written.
    """
    draft = place.with_suffix(".draft")
    left = most
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with (
            os.fdopen(descriptor, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        ):
            for path in sorted(paths_of(findings)):
                text = read_texts(root, [path]).get(path)
                if text is not None and len(text) <= left:
                    left -= len(text)
                    packed.writestr(_member(path), text)
        draft.replace(place)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        message = f"cannot write {str(place)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error


def kept(place: Path, paths: Iterable[TreePath]) -> dict[TreePath, bytes]:
    """Return those of the files that were kept; none for a run that is older than this.

    Raises:
        CountermineError: If the copies cannot be read.
    """
    try:
        with zipfile.ZipFile(place) as packed:
            names = set(packed.namelist())
            return {path: packed.read(path) for path in paths if path in names}
    except FileNotFoundError:
        return {}
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        message = f"cannot read the kept files {str(place)!r}: {error}"
        raise CountermineError(message) from error


def as_searched(run: Run, opened: OpenedTarget | None, folder: RunFolder) -> Shown:
    """Return the texts that a run searched; the run says so where they are not to be had.

    A file of which there is no copy is read from the target as long as that is what it was.
    """
    paths = shown_paths(run)
    texts = kept(folder.sources, paths)
    absent = [path for path in paths if path not in texts]
    if not absent:
        return Shown(run=run, texts=texts)
    if isinstance(opened, Opened) and tree_digest(opened.inventory) == opened.target.digest:
        return Shown(run=run, texts=texts | read_texts(opened.target.root, absent))
    return Shown(run=replace(run, notes=(*run.notes, CHANGED)), texts=texts)


def _member(path: TreePath) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(path)  # With a date that is always the same.
    member.compress_type = zipfile.ZIP_DEFLATED
    return member
