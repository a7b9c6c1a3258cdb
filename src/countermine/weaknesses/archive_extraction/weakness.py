"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.archive_extraction.facts import FACTS
from countermine.weaknesses.archive_extraction.regression import regressions
from countermine.weaknesses.archive_extraction.remedy import REMEDIES
from countermine.weaknesses.archive_extraction.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
