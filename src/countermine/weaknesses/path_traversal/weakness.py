"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.path_traversal.facts import FACTS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=None)
