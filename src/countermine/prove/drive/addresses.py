"""Addresses as browsers read them, who read more as the name of a host than most libraries.

Source: the URL standard of the WHATWG, basic URL parser, for the schemes that browsers follow.
"""

import re
import unicodedata
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_FOLLOWED = frozenset({"http", "https", "ftp", "ws", "wss"})
_DROPPED = re.compile(r"[\t\n\r]")
_BLANKS = "".join(map(chr, range(0x21)))
_SLASHES = "/\\"


def foreign_host(address: str, base: str = "http") -> str | None:
    """Return the host that an address leads to, ``None`` where it stays on the site.

    Args:
        address: As it stands in ``Location`` or a link.
        base: Scheme of the page that leads there.
    """
    rest = _DROPPED.sub("", address.strip(_BLANKS))
    scheme = _SCHEME.match(rest)
    absolute = scheme is not None and scheme[1].lower() != base
    if scheme is not None:
        if scheme[1].lower() not in _FOLLOWED:
            return None
        rest = rest[scheme.end() :]
    # ``https:host`` is a path on a page of the same scheme, and a host on any other.
    if not absolute and not (rest[:1] in _SLASHES and rest[1:2] in _SLASHES and len(rest) > 1):
        return None
    authority = re.split(r"[/\\?#]", rest.lstrip(_SLASHES), maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    if not host.startswith("["):
        host = host.partition(":")[0]
    return unicodedata.normalize("NFKC", unquote(host)).lower() or None


def leads_away(address: str) -> str | None:
    """Return the host that an address leads to from a page with or without encryption."""
    return foreign_host(address, "http") or foreign_host(address, "https")
