"""How a cookie without the attribute shows itself: by the header that it makes."""

from countermine.core.knowledge import WitnessMaker
from countermine.prove.drive.cookies import CookieMaker

WITNESS: WitnessMaker = CookieMaker(attribute="secure")
"""Calls the function that gives the cookie out."""
