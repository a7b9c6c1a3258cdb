"""Upstream's fix of an item, as edits that a model could have answered with.

Two releases differ in more than the fix. The manifest names the lines that the fix changes; the
hunks at these lines are taken, and those of the same file that define what the taken ones need.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[^\W\d]\w*")
_DEFINED = re.compile(r"^\s*(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*(?::[^=]+)?=[^=]")
_IMPORTED = re.compile(r"^\s*(?:from\s+\S+\s+)?import\s+(.+)|^\s+(\w+(?:\s+as\s+\w+)?),?\s*$")
_NEAR = 1
"""Lines by which a hunk may miss the lines that the manifest names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One replacement in a file; ``search`` stands in it exactly once."""

    path: str
    search: str
    replace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hunk:
    start: int
    """First line that is taken away, from 0."""
    end: int
    added: tuple[str, ...]


def edits_of(item: Mapping[str, Any], vulnerable: Path, fixed: Path) -> tuple[Edit, ...]:
    """Return upstream's fix; empty where it is none of edits to the files that the item names.

    Args:
        item: An item of the manifest; its ``locations`` name files and changed lines.
        vulnerable: The tree with the flaw.
        fixed: The tree of the release with the fix.
    """
    changed: dict[str, list[tuple[int, int]]] = {}
    for place in item["locations"]:
        lines = place.get("changed") or [[place["start"], place["end"]]]
        changed.setdefault(place["file"], []).extend((first, last) for first, last in lines)
    edits: list[Edit] = []
    for path, lines in changed.items():
        before, after = vulnerable / path, fixed / path
        if before.is_file() and after.is_file():
            old, new = (
                file.read_text("utf-8").splitlines(keepends=True) for file in (before, after)
            )
            edits += _anchored(path, old, _taken(old, new, lines))
    return tuple(edits)


def _taken(
    old: Sequence[str], new: Sequence[str], changed: Iterable[tuple[int, int]]
) -> list[_Hunk]:
    """Return the hunks at the changed lines, and those which define what they need."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    hunks = [
        _Hunk(start=start, end=end, added=tuple(new[first:last]))
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]
    lines = list(changed)
    taken = [hunk for hunk in hunks if any(_meets(hunk, *one) for one in lines)]
    known = set(_NAME.findall("".join(old)))
    while True:
        wanted = {name for hunk in taken for name in _NAME.findall("".join(hunk.added))} - known
        more = [
            hunk for hunk in hunks if hunk not in taken and wanted & set(_definitions(hunk.added))
        ]
        if not more:
            return [hunk for hunk in hunks if hunk in taken]
        taken += more


def _meets(hunk: _Hunk, first: int, last: int) -> bool:
    return hunk.start + 1 <= last + _NEAR and first - _NEAR <= max(hunk.end, hunk.start + 1)


def _definitions(added: Iterable[str]) -> Iterator[str]:
    for line in added:
        if found := _DEFINED.match(line):
            yield found[1] or found[2]
        elif found := _IMPORTED.match(line):
            for part in (found[1] or found[2]).strip("()\n").split(","):
                if names := _NAME.findall(part):
                    yield names[-1]


def _anchored(path: str, old: Sequence[str], hunks: Sequence[_Hunk]) -> Iterator[Edit]:
    """Yield hunks with as many lines around them as make each stand in the file once."""
    text = "".join(old)
    spans: list[tuple[int, int, list[_Hunk]]] = []
    for hunk in hunks:
        start, end = hunk.start, hunk.end
        while start == end or text.count("".join(old[start:end])) != 1:
            start, end = max(0, start - 1), min(len(old), end + 1)
            if (start, end) == (0, len(old)):
                break
        inside = [hunk]
        while spans and spans[-1][1] >= start:
            first, last, others = spans.pop()
            start, end, inside = min(first, start), max(last, end), [*others, *inside]
        spans.append((start, end, inside))
    for start, end, inside in spans:
        yield Edit(
            path=path, search="".join(old[start:end]), replace=_changed(old, start, end, inside)
        )


def _changed(old: Sequence[str], start: int, end: int, hunks: Iterable[_Hunk]) -> str:
    parts: list[str] = []
    for hunk in hunks:
        parts += [*old[start : hunk.start], *hunk.added]
        start = hunk.end
    return "".join([*parts, *old[start:end]])
