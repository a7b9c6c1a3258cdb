"""How extraction outside the folder shows itself: a member is written beside where others are."""

from countermine.core.knowledge import WitnessMaker
from countermine.prove.drive.archive_plan import archive_plan, written_outside
from countermine.prove.drive.maker import PlannedMaker

WITNESS: WitnessMaker = PlannedMaker(plan=archive_plan, shown=written_outside)
"""Packs members named to lie outside, and looks where they are written."""
