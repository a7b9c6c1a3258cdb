"""Drives what the next gates will ask for along with the first batch on a tree.

A batch costs as much to start as several stimuli: the interpreter, the framework. What is driven
ahead is only kept; each gate still asks for its own, in its own turn, and a gate that is never
reached never looks. An equal stimulus on the same tree is not driven twice.
"""

from collections.abc import Sequence
from pathlib import Path

from countermine.core.witnesses import Observation, Stimulus, Witness
from countermine.prove.setting import Drive


def read_ahead(drive: Drive, tree: Path, witness: Witness, later: Sequence[Stimulus]) -> Drive:
    """Return a drive that takes the later stimuli along with the first that are asked for.

    Args:
        drive: What drives.
        tree: The tree that the later stimuli are for; others are driven as they are asked for.
        witness: Names among its controls every stimulus that is no attack.
        later: What will be asked for.
    """
    kept: dict[Stimulus, Observation] = {}
    waiting = list(later)

    def driven(at: Path, asked: Witness, stimuli: tuple[Stimulus, ...]) -> Sequence[Observation]:
        if at != tree:
            return drive(at, asked, stimuli)
        missing = [one for one in stimuli if one not in kept]
        if missing:
            names = {one.name for one in missing}
            along = [one for one in waiting if one not in kept and one.name not in names]
            waiting.clear()
            batch = (*missing, *along)
            by_name = {one.name: one for one in batch}
            for seen in drive(at, witness, batch):
                if seen.stimulus in by_name:
                    kept[by_name[seen.stimulus]] = seen
        return [kept[one] for one in stimuli if one in kept]

    return driven
