"""How the work of a search is shared out: files that one engine works on together."""

from collections.abc import Mapping, Sequence

from countermine.core.spans import TreePath
from countermine.find.answers import Unit
from countermine.find.neighbours import Neighbours


def shared_out(
    named: Sequence[tuple[TreePath, tuple[int, ...]]],
    neighbours: Neighbours,
    texts: Mapping[TreePath, bytes],
    unit_bytes: int,
) -> list[Unit]:
    """Return the units of a search: neighbourhoods, of which small ones share a unit.

    A neighbourhood is parted only where it is larger than a unit: what its parts have in common is
    worked out for each of them.

    Args:
        named: Files with the offsets at which sinks may be named, in path order.
        neighbours: Tells which files can know of each other.
        texts: Of all files.
        unit_bytes: Text from which on a unit takes no further file.
    """
    around: dict[TreePath, list[tuple[TreePath, tuple[int, ...]]]] = {}
    for path, offsets in named:
        around.setdefault(neighbours.of(path), []).append((path, offsets))
    units: list[Unit] = []
    files: list[tuple[TreePath, tuple[int, ...]]] = []
    size = 0
    for home in sorted(around):
        whole = sum(len(texts[path]) for path, _ in around[home])
        if files and size + whole > unit_bytes:
            units.append(_unit(files, neighbours))
            files, size = [], 0
        for path, offsets in around[home]:
            files.append((path, offsets))
            size += len(texts[path])
            if size >= unit_bytes:
                units.append(_unit(files, neighbours))
                files, size = [], 0
    if files:
        units.append(_unit(files, neighbours))
    return units


def _unit(files: Sequence[tuple[TreePath, tuple[int, ...]]], neighbours: Neighbours) -> Unit:
    homes = sorted({neighbours.of(path) for path, _ in files})
    return Unit(files=tuple(files), around=tuple(neighbours.around(home) for home in homes))
