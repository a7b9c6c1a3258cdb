"""Where the model of an entry is: on this machine, or somewhere else."""

import ipaddress
from urllib.parse import urlsplit

from countermine.models.options import RosterEntry


def is_local(entry: RosterEntry) -> bool:
    """Tell whether a model is asked on this machine's loopback, so that nothing leaves it."""
    return entry.url is not None and is_loopback(entry.url)


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine's loopback, by its host alone."""
    host = host_of(url)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return the host of a URL in lower case; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
