"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.predictable_randomness.facts import FACTS
from countermine.weaknesses.predictable_randomness.regression import regressions
from countermine.weaknesses.predictable_randomness.remedy import REMEDIES
from countermine.weaknesses.predictable_randomness.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
