"""Texts that a machine made up: keys and tokens without a shape or a name that tells."""

import re
from collections.abc import Iterator
from itertools import pairwise

from countermine.secrets.words import entropy

_TOKEN = re.compile(r"(?<![\w+=-])[A-Za-z0-9+_-]{20,4096}={0,2}(?![\w+=-])")
_PARTED = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{24,4096}={0,2}(?![\w+/=-])")
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
_PARTS = re.compile(r"[/_-]")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
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
    for shape in (_TOKEN, _PARTED):
        for found in shape.finditer(text):
            value = found[0]
            hexadecimal = _is_hex_key(value)
            if not hexadecimal and not _is_mixed(value):
                continue
            line = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _BEFORE)
            before = text[line : found.start()]
            plain = hexadecimal or shape is _PARTED
            address = plain and _ADDRESS.search(before) is not None
            if not address and _DIGEST.search(before) is None:
                yield found.span()


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
    kinds = [_kind(character) for character in plain]
    if not ({"lower", "upper"} <= set(kinds) or {"digit"} < set(kinds) - {"other"}):
        return False
    # Of a path or a dashed name the parts are many; what is made up has few, and long ones.
    if max(map(len, _PARTS.split(plain))) < len(plain) / 4:
        return False
    turns = sum(one != other for one, other in pairwise(kinds))
    in_words = sum(len(word) for word in _WORD.findall(plain))
    return (
        turns >= _LEAST_TURNS * len(plain)
        and in_words <= (0.8 if kinds.count("digit") >= _DIGITS else 0.6) * len(plain)
        and entropy(plain) >= _LEAST_ENTROPY
    )


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "other"
