"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.path_traversal.facts import FACTS
from countermine.weaknesses.path_traversal.regression import regressions
from countermine.weaknesses.path_traversal.remedy import REMEDIES
from countermine.weaknesses.path_traversal.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
