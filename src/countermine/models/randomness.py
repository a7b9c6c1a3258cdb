"""Texts that a machine made up: keys and tokens without a shape or a name that tells."""

import re
import string
from collections.abc import Iterator

from countermine.secrets.words import entropy

_WHOLE = re.compile(r"[A-Za-z0-9+/_-]++={0,2}")
_LEAST, _MOST = 20, 4096
_TOKEN = re.compile(r"[A-Za-z0-9+_-]{20,}={0,2}")
_PARTED = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
"""Base64 with its slashes, which are few; paths have more."""
_ADDRESS = re.compile(r"://[^\s\"'?=]*\Z")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_LEAST_HEX = 32
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(
    r"(?i)sha|md5|hash|digest|checksum|integrity|commit|revision|\brev\b|etag|blake|crc|finger"
    r"|^index |\bid\b"
)
"""Before a number that a machine made up of something public."""
_BEFORE = 60
"""Characters of the same line that may say so."""
_LEAST_PART = 12
_PARTS = re.compile(r"[/_-]")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_KINDS = str.maketrans(
    string.ascii_lowercase + string.ascii_uppercase + string.digits + "+/_-",
    "a" * 26 + "A" * 26 + "0" * 10 + "-" * 4,
)
_RUN = re.compile(r"a+|A+|0+|-+")
_LEAST_ENTROPY = 3.5
"""Bits a character; 20 letters and digits by chance have 4.1, and as few once in a thousand."""
_LEAST_TURNS = 0.3
"""Share of neighbours of different kinds: by chance more than half are."""
_DIGITS = 3
"""From so many digits on, more of the characters may stand in what looks like words."""


def random_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield where texts stand that look made up by a machine.

    Digests of public things look the same; what stands before them on the line tells.
    """
    for whole in _WHOLE.finditer(text):
        if not _LEAST <= whole.end() - whole.start() <= _MOST:
            continue
        for shape in (_TOKEN, _PARTED):
            for found in shape.finditer(text, whole.start(), whole.end()):
                if _is_made_up(text, found, parted=shape is _PARTED):
                    yield found.span()


def _is_made_up(text: str, found: re.Match[str], *, parted: bool) -> bool:
    hexadecimal = _is_hex_key(found[0])
    if not hexadecimal and not _is_mixed(found[0]):
        return False
    line = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _BEFORE)
    before = text[line : found.start()]
    address = (hexadecimal or parted) and _ADDRESS.search(before) is not None
    return not address and _DIGEST.search(before) is None


def _is_hex_key(value: str) -> bool:
    return (
        len(value) >= _LEAST_HEX
        and _HEX.fullmatch(value) is not None
        and not value.isdigit()
        and not value.isalpha()
        and entropy(value) >= _LEAST_ENTROPY - 0.5
    )


def _is_mixed(value: str) -> bool:
    if _HEX.fullmatch(value) or _UUID.fullmatch(value):
        return False
    plain = value.rstrip("=")
    kinds = plain.translate(_KINDS)
    present = set(kinds) - {"-"}
    if len(present) < 2:  # noqa: PLR2004 - small letters, capitals, digits: two of them
        return False
    # Of a path or a dashed name the parts are many; what is made up has few, and long ones.
    if max(map(len, _PARTS.split(plain))) < _LEAST_PART:
        return False
    turns = len(_RUN.findall(kinds)) - 1
    in_words = sum(len(word) for word in _WORD.findall(plain))
    return (
        turns >= _LEAST_TURNS * len(plain)
        and in_words <= (0.8 if kinds.count("0") >= _DIGITS else 0.6) * len(plain)
        and entropy(plain) >= _LEAST_ENTROPY
    )
