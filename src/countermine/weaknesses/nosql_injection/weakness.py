"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.nosql_injection.facts import FACTS
from countermine.weaknesses.nosql_injection.regression import regressions
from countermine.weaknesses.nosql_injection.remedy import REMEDIES
from countermine.weaknesses.nosql_injection.witness import WITNESS

WEAKNESS = Weakness(
    facts=FACTS,
    remedies=REMEDIES,
    witness=WITNESS,
    regression=regressions,
    unseen="a database that finds nothing stands in for the real one",
)
