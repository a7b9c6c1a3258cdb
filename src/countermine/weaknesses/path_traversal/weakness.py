"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.path_traversal.facts import FACTS
from countermine.weaknesses.path_traversal.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
