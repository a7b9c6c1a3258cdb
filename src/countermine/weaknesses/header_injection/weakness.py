"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.header_injection.facts import FACTS
from countermine.weaknesses.header_injection.regression import regressions
from countermine.weaknesses.header_injection.remedy import REMEDIES
from countermine.weaknesses.header_injection.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
