"""``--patches DIR``: one ``.patch`` file for each case that has a patch.

A proven fix lies in the folder itself, any other below ``unproven``: who applies all files of the
folder applies nothing that was not shown to hold.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from countermine.core.cases import Case
from countermine.core.errors import BadUsageError, EnvironmentLacksError
from countermine.core.patches import Patch
from countermine.core.spans import TreePath
from countermine.core.verdicts import Proven
from countermine.core.weakness import WeaknessFacts
from countermine.deliver.diffs import unified_diff
from countermine.deliver.wording import message

UNPROVEN = "unproven"
"""The folder, below the one that was asked for, of patches that are not proven."""

_MARK = b"Countermine-Case: "


def write_patches(
    cases: Sequence[Case],
    texts: Mapping[TreePath, bytes],
    folder: Path,
    facts: Sequence[WeaknessFacts],
) -> tuple[Path, ...]:
    """Write the patches and return their files, in the order of the cases.

    Each holds the fix and, where there is one, the regression test; the text before the diff says
    what the flaw is, what the fix does and what was run. Where the file of a case lay in the other
    of the two folders, from a run before, it is taken away there.

    Raises:
        BadUsageError: If a file of that name is there which is no patch of ours.
        EnvironmentLacksError: If the folder cannot be written.
        EditConflictError: If a patch does not apply to the texts.
    """
    written: list[Path] = []
    for case in cases:
        if case.patch is None:
            continue
        name = f"{case.id}.patch"
        places = folder / name, folder / UNPROVEN / name
        path, other = places if isinstance(case.verdict, Proven) else reversed(places)
        diff = unified_diff(with_test(case), texts)
        head = message(case, facts).encode("utf-8", "backslashreplace")
        _write(path, head + b"---\n\n" + diff)
        _take_away(other)
        written.append(path)
    return tuple(written)


def with_test(case: Case) -> Patch:
    """Return the fix and the regression test of a case as one patch.

    Raises:
        ValueError: If the case has no patch.
    """
    if case.patch is None:
        raise ValueError(case.id)
    if case.regression_test is None:
        return case.patch
    return Patch(
        edits=(*case.patch.edits, *case.regression_test.edits),
        new_files=(*case.patch.new_files, *case.regression_test.new_files),
        origin=case.patch.origin,
        author=case.patch.author,
        summary=case.patch.summary,
    )


def _take_away(path: Path) -> None:
    """Delete a patch of ours whose case has another verdict by now."""
    try:
        if path.is_file() and _MARK in path.read_bytes():
            path.unlink()
    except OSError as error:
        told = f"cannot delete {str(path)!r}: {error.strerror}"
        raise EnvironmentLacksError(told) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and _MARK not in path.read_bytes():
            told = f"{str(path)!r} is there and is no patch of Countermine's; nothing was written"
            raise BadUsageError(told)
        descriptor, draft = tempfile.mkstemp(prefix=".patch-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except OSError as error:
        told = f"cannot write {str(path)!r}: {error.strerror}"
        raise EnvironmentLacksError(told) from error
