"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.archive_extraction.facts import FACTS
from countermine.weaknesses.archive_extraction.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
