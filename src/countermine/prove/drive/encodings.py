"""How a value must be written so that the code near its sink gets it as it was meant."""

from collections.abc import Iterable

from countermine.core.witnesses import Encoding

_DECODERS = (
    (b"urlsafe_b64decode", Encoding.BASE64_URL),
    (b"b64decode", Encoding.BASE64),
    (b"fromhex", Encoding.HEX),
    (b"unhexlify", Encoding.HEX),
)


def encoding_of(near: Iterable[bytes]) -> Encoding:
    """Return the encoding that stretches of code take off a value."""
    parts = list(near)
    for word, encoding in _DECODERS:
        if any(word in part for part in parts):
            return encoding
    return Encoding.PLAIN
