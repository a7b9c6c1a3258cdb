"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.cross_site_scripting.facts import FACTS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=None)
