"""Titles: words with single blanks between them."""

import re


def last_word(text: str) -> str | None:
    """Return the last word of a title, ``None`` where a text is none."""
    found = re.match(r"^(\w+\s?)*$", text)
    return found[1].rstrip() if found and found[1] else None


def first_word(text: str) -> str | None:
    """Return the first word of a text, ``None`` where it begins with none."""
    found = re.match(r"^(\w+)\s", text)
    return found[1] if found else None
