"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.code_injection.facts import FACTS
from countermine.weaknesses.code_injection.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
