"""Titles: words with single blanks between them."""

import re


def is_title(text: str) -> bool:
    """Tell whether a text is words alone."""
    return re.match(r"^(\w+\s?)*$", text) is not None


def is_name(text: str) -> bool:
    """Tell whether a text is one word in lower case."""
    return re.match(r"^[a-z][a-z0-9_]*$", text) is not None
