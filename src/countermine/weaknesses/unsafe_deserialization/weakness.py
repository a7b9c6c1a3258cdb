"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.unsafe_deserialization.facts import FACTS
from countermine.weaknesses.unsafe_deserialization.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
