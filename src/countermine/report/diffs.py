"""Patches as diffs to look at. What ``git apply`` takes is made by ``deliver/``."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from countermine.core.errors import EditConflictError
from countermine.core.patches import NewFile, Patch, apply
from countermine.core.spans import TreePath
from countermine.report.escape import printable
from countermine.report.places import lines_of
from countermine.report.redact import redact, redact_bytes
from countermine.report.sources import Sources

CONTEXT_LINES = 3
MAX_LINE_CHARACTERS = 1000
"""Of a line that is shown: a patch to minified code must not make a report of megabytes."""
_HEADER = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


class Change(StrEnum):
    """What a line of a diff is; the values are the signs before it."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line of a diff, secrets hidden and harmless to look at."""

    change: Change
    old: int | None
    """Its number in the old file, ``None`` for an added line."""
    new: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """What a patch does to one file, hunk by hunk."""

    path: TreePath
    is_new: bool
    hunks: tuple[tuple[DiffLine, ...], ...]
    old_lines: tuple[str, ...] = ()
    """The whole file before and after, as its lines are shown; empty where it is not at hand."""
    new_lines: tuple[str, ...] = ()

    @property
    def added(self) -> int:
        """Return how many lines are added."""
        return sum(line.change is Change.ADDED for hunk in self.hunks for line in hunk)

    @property
    def removed(self) -> int:
        """Return how many lines are removed."""
        return sum(line.change is Change.REMOVED for hunk in self.hunks for line in hunk)


def file_diffs(patch: Patch, sources: Sources) -> tuple[FileDiff, ...]:
    """Return what a patch does, file by file in path order.

    Where the text of an edited file is not at hand, or is not what the patch expects, the hunks
    are the bare edits, without numbers or context.
    """
    new_files = {new.path: new for new in patch.new_files}
    return tuple(
        _new_file(new_files[path]) if path in new_files else _edited(patch, path, sources)
        for path in patch.paths
    )


def diff_text(patch: Patch, sources: Sources) -> str:
    """Return a patch as the text of a unified diff, secrets hidden: to read, not to apply."""
    return "".join(_file_text(diff) for diff in file_diffs(patch, sources))


def _file_text(diff: FileDiff) -> str:
    old = "/dev/null" if diff.is_new else f"a/{printable(diff.path)}"
    lines = [f"--- {old}", f"+++ b/{printable(diff.path)}"]
    for hunk in diff.hunks:
        lines += [_hunk_header(hunk), *(f"{line.change}{line.text}" for line in hunk)]
    return "".join(f"{line}\n" for line in lines)


def _hunk_header(hunk: Sequence[DiffLine]) -> str:
    old = [line.old for line in hunk if line.old is not None]
    new = [line.new for line in hunk if line.new is not None]
    if not old and not new:
        return "@@"
    old_at, new_at = (old[0] if old else 0), (new[0] if new else 0)
    return f"@@ -{old_at},{len(old)} +{new_at},{len(new)} @@"


def _new_file(new: NewFile) -> FileDiff:
    lines = redact(new.text).removesuffix("\n").split("\n")
    added = (
        DiffLine(change=Change.ADDED, old=None, new=number, text=_cut(_shown(line)))
        for number, line in enumerate(lines, 1)
    )
    hunk = tuple(added)
    shown = tuple(line.text for line in hunk)
    return FileDiff(path=new.path, is_new=True, hunks=(hunk,), new_lines=shown)


def _edited(patch: Patch, path: TreePath, sources: Sources) -> FileDiff:
    edits = tuple(edit for edit in patch.edits if edit.span.path == path)
    lines = sources.lines(path)
    if lines is not None:
        alone = Patch(edits=edits, origin=patch.origin, author=patch.author, summary=patch.summary)
        try:
            after = apply(alone, {path: lines.text})[path]
        except EditConflictError:
            pass  # the text has changed since: the bare edits below are still true
        else:
            old, new = _texts(lines.text), _texts(after)
            return FileDiff(
                path=path,
                is_new=False,
                hunks=tuple(_hunks(old, new)),
                old_lines=tuple(old),
                new_lines=tuple(new),
            )
    bare = tuple(tuple(_bare(edit.before, edit.after)) for edit in edits)
    return FileDiff(path=path, is_new=False, hunks=bare)


def _texts(content: bytes) -> list[str]:
    lines = lines_of(redact_bytes(content))
    last = len(lines.starts)
    if lines.starts[-1] == len(content):
        last -= 1
    return [_shown(lines.line(number)) for number in range(1, last + 1)]


def _bare(before: str, after: str) -> Iterator[DiffLine]:
    for change, text in ((Change.REMOVED, before), (Change.ADDED, after)):
        for line in redact(text).removesuffix("\n").split("\n") if text else ():
            yield DiffLine(change=change, old=None, new=None, text=_cut(_shown(line)))


def _hunks(old: list[str], new: list[str]) -> Iterator[tuple[DiffLine, ...]]:
    hunk: list[DiffLine] = []
    at_old = at_new = 0
    for line in list(difflib.unified_diff(old, new, n=CONTEXT_LINES, lineterm=""))[2:]:
        header = _HEADER.match(line)
        if header is not None:
            if hunk:
                yield tuple(hunk)
            hunk, at_old, at_new = [], int(header[1]), int(header[2])
            continue
        change = Change(line[0])
        hunk.append(
            DiffLine(
                change=change,
                old=None if change is Change.ADDED else at_old,
                new=None if change is Change.REMOVED else at_new,
                text=_cut(line[1:]),
            )
        )
        at_old += change is not Change.ADDED
        at_new += change is not Change.REMOVED
    if hunk:
        yield tuple(hunk)


def _shown(line: str) -> str:
    return printable(line.removesuffix("\r").replace("\t", "    "))


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE_CHARACTERS else line[:MAX_LINE_CHARACTERS] + "…"
