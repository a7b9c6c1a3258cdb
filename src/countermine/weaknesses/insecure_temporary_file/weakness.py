"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.insecure_temporary_file.facts import FACTS
from countermine.weaknesses.insecure_temporary_file.regression import regressions
from countermine.weaknesses.insecure_temporary_file.remedy import REMEDIES
from countermine.weaknesses.insecure_temporary_file.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
