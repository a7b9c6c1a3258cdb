"""How a weak cipher shows itself: it is seen to be made."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event
from countermine.prove.drive.structural import structural

BROKEN = frozenset(
    {"DES", "DES3", "TRIPLEDES", "ARC2", "RC2", "ARC4", "BLOWFISH", "CAST", "CAST5", "IDEA", "SEED"}
)
"""Ciphers with a key or block that is too short. Source: NIST SP 800-131A, RFC 7465."""


def _dangerous(event: Event) -> str | None:
    algorithm, mode = event.get("algorithm") or "", event.get("mode") or ""
    if mode == "ECB":
        return f"{event.get('call')} encrypts block by block (ECB)"
    if algorithm.upper() in BROKEN:
        return f"{event.get('call')} encrypts with {algorithm}"
    return None


WITNESS: WitnessMaker = structural("cipher", _dangerous)
"""Calls the function that encrypts."""
