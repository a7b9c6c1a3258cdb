"""Remedies: the same expression, written so that each text is read in one way."""

from countermine.fix.expressions import UNAMBIGUOUS

REMEDIES = (UNAMBIGUOUS,)
