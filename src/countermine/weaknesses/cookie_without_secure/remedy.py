"""Remedies: cookies with the attribute Secure."""

from countermine.fix.cookies import set_attribute
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site

_SETTINGS = ("SESSION_COOKIE_SECURE", "https_only")


def _secure(site: Site, draft: Draft) -> str:
    return set_attribute(site, draft, "secure", _SETTINGS)


REMEDIES = (remedy("secure-cookie", _secure),)
