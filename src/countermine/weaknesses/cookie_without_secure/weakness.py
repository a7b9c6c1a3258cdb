"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.cookie_without_secure.facts import FACTS
from countermine.weaknesses.cookie_without_secure.regression import regressions
from countermine.weaknesses.cookie_without_secure.remedy import REMEDIES
from countermine.weaknesses.cookie_without_secure.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
