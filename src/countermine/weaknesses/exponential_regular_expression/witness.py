"""How an exponential expression shows itself: in the steps of a match that the target tries."""

from countermine.core.knowledge import WitnessMaker
from countermine.prove.drive.pumping import PumpedMaker

WITNESS: WitnessMaker = PumpedMaker()
"""Hands in what the expression can read in many ways, and counts the steps of each match."""
