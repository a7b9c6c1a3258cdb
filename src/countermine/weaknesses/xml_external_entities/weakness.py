"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.xml_external_entities.facts import FACTS
from countermine.weaknesses.xml_external_entities.regression import regressions
from countermine.weaknesses.xml_external_entities.remedy import REMEDIES
from countermine.weaknesses.xml_external_entities.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
