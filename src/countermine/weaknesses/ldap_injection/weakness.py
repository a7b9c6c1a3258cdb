"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.ldap_injection.facts import FACTS
from countermine.weaknesses.ldap_injection.regression import regressions
from countermine.weaknesses.ldap_injection.remedy import REMEDIES
from countermine.weaknesses.ldap_injection.witness import WITNESS

WEAKNESS = Weakness(
    facts=FACTS,
    remedies=REMEDIES,
    witness=WITNESS,
    regression=regressions,
    unseen="a directory that finds nothing stands in for the real one",
)
