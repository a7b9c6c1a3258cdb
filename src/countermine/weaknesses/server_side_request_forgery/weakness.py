"""The weakness as a whole; which hosts may be called is for the project to say."""

from countermine.core.knowledge import Weakness
from countermine.weaknesses.server_side_request_forgery.facts import FACTS
from countermine.weaknesses.server_side_request_forgery.regression import regressions
from countermine.weaknesses.server_side_request_forgery.witness import WITNESS

WEAKNESS = Weakness(facts=FACTS, remedies=(), witness=WITNESS, regression=regressions)
