"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.xpath_injection.facts import FACTS
from countermine.weaknesses.xpath_injection.regression import regressions
from countermine.weaknesses.xpath_injection.remedy import REMEDIES
from countermine.weaknesses.xpath_injection.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
