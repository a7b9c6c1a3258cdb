"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.timing_unsafe_comparison.facts import FACTS
from countermine.weaknesses.timing_unsafe_comparison.regression import regressions
from countermine.weaknesses.timing_unsafe_comparison.remedy import REMEDIES
from countermine.weaknesses.timing_unsafe_comparison.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
