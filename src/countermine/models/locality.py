"""Whether a model is on this machine: by address, since names can be made to lead anywhere."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from countermine.models.options import ProviderKind, RosterEntry

Resolving = Callable[[str], Sequence[str]]
"""Gives the addresses of a name; an empty sequence where there are none."""

_BY_URL = frozenset({ProviderKind.OPENAI_COMPATIBLE, ProviderKind.OPENAI, ProviderKind.ANTHROPIC})
"""Kinds whose URL says all about where a question goes."""
_PLAIN = re.compile(r"(?i)https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?(?:/[\w./~-]*)?")
"""No user, no escape, no backslash, no second reading of where the host ends."""


def addresses_of(name: str) -> Sequence[str]:
    """Return the addresses that this machine has for a name."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return sorted({str(one[4][0]) for one in found})


def is_local(entry: RosterEntry, resolve: Resolving = addresses_of) -> bool:
    """Tell whether a question to an entry stays on this machine's loopback."""
    return entry.provider in _BY_URL and entry.url is not None and is_loopback(entry.url, resolve)


def is_loopback(url: str, resolve: Resolving = addresses_of) -> bool:
    """Tell whether a URL leads to the loopback: 127.0.0.0/8, ``::1``, or ``localhost``.

    ``localhost`` counts where every address that it has is of these (RFC 6761 wants that, and
    a file of hosts can say otherwise). No other name does, nor any odd spelling of an address.
    """
    found = _PLAIN.fullmatch(url)
    if found is None:
        return False
    host = found[1].lower().strip("[]")
    if host == "localhost":
        addresses = resolve(host)
        return bool(addresses) and all(map(_is_loopback_address, addresses))
    return _is_loopback_address(host)


def host_of(entry: RosterEntry) -> str:
    """Return what is known of where an entry is, for the record: the host, or the provider."""
    try:
        host = urlsplit(entry.url or "").hostname
    except ValueError:
        host = None
    return host or f"{entry.provider}" + (f" ({entry.region})" if entry.region else "")


def _is_loopback_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address == ipaddress.IPv6Address("::1")
    return address.is_loopback
