"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.weak_cipher.facts import FACTS
from countermine.weaknesses.weak_cipher.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
