"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.cross_site_scripting.facts import FACTS
from countermine.weaknesses.cross_site_scripting.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
