"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.disabled_certificate_checks.facts import FACTS
from countermine.weaknesses.disabled_certificate_checks.regression import regressions
from countermine.weaknesses.disabled_certificate_checks.remedy import REMEDIES
from countermine.weaknesses.disabled_certificate_checks.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
