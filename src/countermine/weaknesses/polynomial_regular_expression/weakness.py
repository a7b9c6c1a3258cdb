"""The weakness as a whole; how else to write an expression is for people to say."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.polynomial_regular_expression.facts import FACTS
from countermine.weaknesses.polynomial_regular_expression.regression import regressions
from countermine.weaknesses.polynomial_regular_expression.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=WITNESS, regression=regressions)
