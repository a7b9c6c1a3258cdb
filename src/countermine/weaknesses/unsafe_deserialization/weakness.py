"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.unsafe_deserialization.facts import FACTS
from countermine.weaknesses.unsafe_deserialization.regression import regressions
from countermine.weaknesses.unsafe_deserialization.remedy import REMEDIES
from countermine.weaknesses.unsafe_deserialization.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
