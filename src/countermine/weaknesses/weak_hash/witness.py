"""How a weak hash shows itself: it is seen to be called."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event
from countermine.prove.drive.structural import structural

BROKEN = frozenset({"md2", "md4", "md5", "sha1", "ripemd160", "sha"})
"""Hash functions for which collisions are known or within reach. Source: NIST SP 800-131A."""


def _dangerous(event: Event) -> str | None:
    algorithm = (event.get("algorithm") or "").lower()
    if algorithm in BROKEN and event.get("security") != "0":
        return f"{event.get('call')} hashed with {algorithm}"
    return None


WITNESS: WitnessMaker = structural("hash", _dangerous)
"""Calls the function that hashes."""
