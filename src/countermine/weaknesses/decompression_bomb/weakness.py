"""The weakness as a whole; how much may come out is for the project to say."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.decompression_bomb.facts import FACTS
from countermine.weaknesses.decompression_bomb.witness import WITNESS

WEAKNESS = Weakness(
    facts=FACTS,
    remedies=(),
    witness=WITNESS,
    unseen="bombs of many members, bounds that the data names and what is written to files",
)
