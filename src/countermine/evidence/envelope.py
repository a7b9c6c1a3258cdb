"""The envelope around a statement: DSSE, as JSON.

Source: https://github.com/secure-systems-lab/dsse (envelope.md, protocol.md), v1.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key

from countermine.core.errors import BadUsageError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
"""Source: in-toto attestation framework v1, envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What an envelope holds, and who vouches for it."""

    payload: bytes
    claimed: tuple[str, ...]
    """Ids of the keys that its signatures name, sorted; anyone can write them."""
    held: tuple[str, ...]
    """Those of them whose signature was checked with a key at hand, and holds; sorted."""
    false: tuple[str, ...]
    """Those that name a key at hand which did not make the signature; sorted."""


def seal(payload: bytes, signer: CryptoSigner) -> str:
    """Return an envelope around a payload, with one signature, as JSON text."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=1) + "\n"


def unseal(text: bytes, keys: Sequence[Key]) -> Opened:
    """Return what an envelope holds; no signature is asked of it, those it has are checked.

    Raises:
        BadUsageError: If it is no envelope, or holds something else than an in-toto statement.
    """
    try:
        envelope = Envelope.from_dict(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "this is no evidence bundle: it is no DSSE envelope in JSON"
        raise BadUsageError(message) from error
    if envelope.payload_type != PAYLOAD_TYPE:
        message = f"this is no evidence bundle: the envelope holds {envelope.payload_type!r}"
        raise BadUsageError(message)
    at_hand = {key.keyid: key for key in keys}
    known = sorted(set(envelope.signatures) & set(at_hand))
    held = tuple(one for one in known if _holds(envelope, at_hand[one]))
    return Opened(
        payload=envelope.payload,
        claimed=tuple(sorted(envelope.signatures)),
        held=held,
        false=tuple(one for one in known if one not in held),
    )


def _holds(envelope: Envelope, key: Key) -> bool:
    try:
        envelope.verify([key], 1)
    except VerificationError:
        return False
    return True
