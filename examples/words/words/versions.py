"""Versions: numbers with dots between them."""

import re


def is_version(text: str) -> bool:
    """Tell whether a text is a version."""
    return re.match(r"^([0-9]+\.?)+$", text) is not None
