"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.archive_extraction.facts import FACTS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=None)
