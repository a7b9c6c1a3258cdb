"""Hides the values of secrets in whatever a report shows.

A secret keeps its length and its line breaks, so that places in the text stay what they are.
Known shapes only: a report must not hide the code that it is about.
"""

import re
from collections.abc import Iterator

from countermine.secrets.values import SHAPES, named_values

MASK = "*"
_KEPT = re.compile(r"[^\r\n]")


def redact(text: str) -> str:
    """Return ``text`` with every character of a secret's value as ``*``."""
    for literal, shape in SHAPES:
        if literal in text:
            text = _masked(text, (found.span("value") for found in shape.finditer(text)))
    return _masked(text, named_values(text))


def redact_bytes(text: bytes) -> bytes:
    """Return ``text`` with every byte of a secret's value as ``*``: offsets stay."""
    # Latin-1 maps each byte to one character and back, whatever the text's encoding is.
    return redact(text.decode("latin-1")).encode("latin-1")


def _masked(text: str, places: Iterator[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in places:
        parts += [text[at:start], _KEPT.sub(MASK, text[start:end])]
        at = end
    return "".join([*parts, text[at:]]) if parts else text
