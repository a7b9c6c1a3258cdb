"""Which parameter names the folder that a path was held to: who chooses it chooses the path.

Inside a function that holds one parameter to another nothing is known of either. A mark beside
what was found says which parameter the folder was, and calls look at what they give it.
"""

from functools import lru_cache

from countermine.core.levels import SourceLevel
from countermine.flow.marks import FILE_KINDS, WITHIN
from countermine.flow.values import EVERY_KIND, NO_FACTS, Facts, Taint, Value, all_taints

MARKS_KEPT = 4096
_BY = ":held-to\n"
"""Begins the mark; the position of the parameter, and its parts of interest, stand behind it."""
_HARMLESS = frozenset({FILE_KINDS[0], EVERY_KIND})
_LOST = frozenset({*FILE_KINDS, WITHIN})


def is_chosen(taint: Taint) -> bool:
    """Tell whether who sends a request names what this is a part of, and nothing made it safe."""
    return taint.origin.level is SourceLevel.REMOTE and taint.neutral.isdisjoint(_HARMLESS)


def held_to(folders: list[Value], facts: Facts) -> Facts:
    """Return what a test says that holds paths to folders, ``facts`` if those hold anything."""
    taints = [taint for folder in folders for taint in all_taints(folder)]
    if any(is_chosen(taint) for taint in taints):
        return NO_FACTS
    marks = {mark for taint in taints if (mark := mark_of(taint))}
    return facts | {(key, mark) for key, _ in facts for mark in marks}


def mark_of(taint: Taint) -> str | None:
    """Return the mark for a folder that is a parameter or a part of one."""
    origin = taint.origin
    if origin.owner is None:
        return None
    return _BY + "\n".join((str(origin.index), *origin.trail))


def place_of(mark: str) -> tuple[int, tuple[str, ...]] | None:
    """Return position and trail of the parameter that a mark is about; ``None`` for others."""
    if not mark.startswith(_BY):
        return None
    index, *trail = mark.removeprefix(_BY).split("\n")
    return int(index), tuple(trail)


@lru_cache(maxsize=MARKS_KEPT)
def places_of(marks: frozenset[str]) -> tuple[tuple[str, tuple[int, tuple[str, ...]]], ...]:
    """Return those of some marks that are about parameters, each with which it is."""
    found = ((mark, place_of(mark)) for mark in marks)
    return tuple((mark, place) for mark, place in found if place is not None)


def without(marks: frozenset[str]) -> frozenset[str]:
    """Return marks without those that a folder which anybody names takes away."""
    return marks - _LOST
