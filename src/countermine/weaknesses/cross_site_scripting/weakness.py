"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.cross_site_scripting.facts import FACTS
from countermine.weaknesses.cross_site_scripting.regression import regressions
from countermine.weaknesses.cross_site_scripting.remedy import REMEDIES
from countermine.weaknesses.cross_site_scripting.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
