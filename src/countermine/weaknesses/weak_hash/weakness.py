"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.weak_hash.facts import FACTS
from countermine.weaknesses.weak_hash.regression import regressions
from countermine.weaknesses.weak_hash.remedy import REMEDIES
from countermine.weaknesses.weak_hash.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
