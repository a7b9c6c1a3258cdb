"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.predictable_randomness.facts import FACTS
from countermine.weaknesses.predictable_randomness.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
