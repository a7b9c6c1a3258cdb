"""The weakness as a whole."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.polynomial_regular_expression.facts import FACTS
from countermine.weaknesses.polynomial_regular_expression.regression import regressions
from countermine.weaknesses.polynomial_regular_expression.remedy import REMEDIES
from countermine.weaknesses.polynomial_regular_expression.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=REMEDIES, witness=WITNESS, regression=regressions)
