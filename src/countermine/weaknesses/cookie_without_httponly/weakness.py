"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.cookie_without_httponly.facts import FACTS
from countermine.weaknesses.cookie_without_httponly.regression import regressions
from countermine.weaknesses.cookie_without_httponly.remedy import REMEDIES
from countermine.weaknesses.cookie_without_httponly.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
