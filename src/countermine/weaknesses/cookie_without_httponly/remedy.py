"""Remedies: cookies with the attribute HttpOnly."""

from countermine.fix.cookies import set_attribute
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site

_SETTINGS = ("SESSION_COOKIE_HTTPONLY",)


def _httponly(site: Site, draft: Draft) -> str:
    return set_attribute(site, draft, "httponly", _SETTINGS)


REMEDIES = (remedy("httponly-cookie", _httponly),)
