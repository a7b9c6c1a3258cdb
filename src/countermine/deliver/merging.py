"""Patches of several cases joined into one series, each on top of those before.

Every patch was made against the same tree, and its byte ranges are of that tree. Patches that touch
different places join by themselves, and so do edits that several patches make alike, such as an
import that two fixes need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countermine.core.cases import Case
from countermine.core.errors import EditConflictError
from countermine.core.patches import Edit, NewFile, Patch, apply
from countermine.core.spans import TreePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One case of the series, and the content of its files after it."""

    case: Case
    files: Mapping[TreePath, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A case whose patch meets one before it."""

    case: Case
    reason: str


def join(
    cases: Sequence[Case], texts: Mapping[TreePath, bytes]
) -> tuple[tuple[Joined, ...], tuple[LeftOut, ...]]:
    """Put the patches of cases on top of each other, in their order.

    Args:
        cases: Those with a patch; others are passed over.
        texts: Content of every file the patches edit, as the patches expect it.
    """
    joined: list[Joined] = []
    left_out: list[LeftOut] = []
    edits: list[Edit] = []
    new_files: list[NewFile] = []
    for case in cases:
        if case.patch is None:
            continue
        added = [*case.patch.new_files]
        if case.regression_test is not None:
            added += case.regression_test.new_files
        try:
            edits_now = _with(edits, case.patch.edits)
            files_now = _with_files(new_files, added, texts)
            series = Patch(
                edits=tuple(edits_now),
                new_files=tuple(files_now),
                origin=case.patch.origin,
                author=case.patch.author,
                summary=case.patch.summary,
            )
            content = apply(series, texts)
        except EditConflictError as error:
            left_out.append(LeftOut(case=case, reason=str(error)))
            continue
        edits, new_files = edits_now, files_now
        paths = {edit.span.path for edit in case.patch.edits} | {new.path for new in added}
        joined.append(Joined(case=case, files={path: content[path] for path in sorted(paths)}))
    return tuple(joined), tuple(left_out)


def _with(edits: Sequence[Edit], more: Sequence[Edit]) -> list[Edit]:
    """Return the edits with more of them; whole lines put in at one place follow each other."""
    out = list(edits)
    for edit in more:
        if edit in out:
            continue
        same = next((known for known in out if known.span == edit.span), None)
        if same is not None and _whole_lines(same) and _whole_lines(edit):
            if edit.after in same.after:
                continue
            both = Edit(span=same.span, before=same.before, after=same.after + edit.after)
            out[out.index(same)] = both
            continue
        out.append(edit)
    return out


def _whole_lines(edit: Edit) -> bool:
    inserted = edit.span.start_byte == edit.span.end_byte
    return inserted and (edit.after.endswith("\n") or edit.after.startswith("\n"))


def _with_files(
    known: Sequence[NewFile], more: Sequence[NewFile], texts: Mapping[TreePath, bytes]
) -> list[NewFile]:
    out = list(known)
    for new in more:
        if new in out:
            continue
        if new.path in texts or any(other.path == new.path for other in out):
            message = f"another case adds {new.path} with other content"
            raise EditConflictError(message)
        out.append(new)
    return out
