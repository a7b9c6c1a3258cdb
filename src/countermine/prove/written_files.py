"""Whether a patch leaves the same files behind, where the flaw is in the rights of a file. Pure.

Nothing comes back from what writes a file, so that a patch that writes none, or an empty one, would
look like one that closes it.
"""

from collections.abc import Sequence

from countermine.core.witnesses import Observation

WEAKNESSES = frozenset({"loose-file-permissions"})
_LEFT = frozenset({"file-created", "file-changed"})


def left_behind(seen: Observation) -> dict[str, str]:
    """Return the content, as a digest, of each file that a drive made or changed."""
    return {
        path: content
        for event in seen.events
        if event.outside
        and event.name in _LEFT
        and (path := event.get("real")) is not None
        and (content := event.get("content")) is not None
    }


def otherwise(
    before: Sequence[Observation], again: Sequence[Observation], after: Sequence[Observation]
) -> str | None:
    """Return a file that holds something else with a patch, or is not there; ``None`` if none.

    Args:
        before: Drives without the patch.
        again: The same once more; what is not as before is not compared.
        after: The same with the patch.
    """
    for drives in zip(before, again, after, strict=True):
        was, same, now = map(left_behind, drives)
        for path in sorted(was.keys() & same.keys()):
            if was[path] == same[path] != now.get(path):
                return path
    return None
