"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.xml_entity_expansion.facts import FACTS
from countermine.weaknesses.xml_entity_expansion.regression import regressions
from countermine.weaknesses.xml_entity_expansion.remedy import REMEDIES
from countermine.weaknesses.xml_entity_expansion.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
