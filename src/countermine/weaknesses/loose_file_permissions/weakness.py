"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.loose_file_permissions.facts import FACTS
from countermine.weaknesses.loose_file_permissions.regression import regressions
from countermine.weaknesses.loose_file_permissions.remedy import REMEDIES
from countermine.weaknesses.loose_file_permissions.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
