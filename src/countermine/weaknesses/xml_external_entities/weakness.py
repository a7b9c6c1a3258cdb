"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.xml_external_entities.facts import FACTS
from countermine.weaknesses.xml_external_entities.remedy import REMEDIES

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=None)
