"""The weakness as a whole; no remedy and no witness are known for it yet."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.credentials_sent_on.facts import FACTS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=None)
