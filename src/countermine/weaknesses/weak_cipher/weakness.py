"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.weak_cipher.facts import FACTS
from countermine.weaknesses.weak_cipher.regression import regressions
from countermine.weaknesses.weak_cipher.remedy import REMEDIES
from countermine.weaknesses.weak_cipher.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
