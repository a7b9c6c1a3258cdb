"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.xml_external_entities.facts import FACTS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=None)
