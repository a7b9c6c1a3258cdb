"""Versions: numbers with dots between them."""

import re


def last_number(text: str) -> str | None:
    """Return the last number of a version, ``None`` where a text is none."""
    found = re.match(r"^([0-9]+\.?)+$", text)
    return found[1].rstrip(".") if found else None
