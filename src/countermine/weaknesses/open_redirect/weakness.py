"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.open_redirect.facts import FACTS
from countermine.weaknesses.open_redirect.regression import regressions
from countermine.weaknesses.open_redirect.remedy import REMEDIES
from countermine.weaknesses.open_redirect.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
