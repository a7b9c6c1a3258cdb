"""What an XPath expression is made of: its words by the standard, constants all alike."""

import json
import re
from functools import lru_cache

from countermine.core.witnesses import CANARY
from countermine.prove.drive.payloads import PROBE

Words = tuple[str, ...]

CONSTANT = "constant"
_WORDS = re.compile(
    r"""(?P<blank>\s+)|(?P<constant>"[^"]*"|'[^']*'|\d+(?:\.\d*)?|\.\d+)"""
    r"""|\$(?P<variable>[\w.-]+(?::[\w.-]+)?)|(?P<name>[^\W\d][\w.-]*(?::(?!:)(?:[^\W\d][\w.-]*|\*))?)"""
    r"""|(?P<sign>//|::|\.\.|!=|<=|>=|\|\||[/@,()\[\]|+*=<>.-])"""
)
"""Source: XPath 1.0, section 3.7."""


@lru_cache(maxsize=512)
def words(expression: str) -> Words | None:
    """Return the kinds of an expression's words, ``None`` where it is none.

    A variable counts as a constant, as it is one for the expression; a name that holds what was
    handed in is a name like any other.
    """
    found: list[str] = []
    at = 0
    while at < len(expression):
        word = _WORDS.match(expression, at)
        if word is None:
            return None
        at = word.end()
        if word["constant"] is not None or word["variable"] is not None:
            found.append(CONSTANT)
        elif word["name"] is not None:
            handed_in = PROBE in word["name"] or CANARY in word["name"]
            found.append("name" if handed_in else word["name"])
        elif word["blank"] is None:
            found.append(word[0])
    return tuple(found)


def selected(expression: str, variables: str) -> str | None:
    """Return what an expression selects, its variables put in; ``?`` for the program's own values.

    Args:
        expression: The expression.
        variables: A document of JSON: names, and what they stand for.
    """
    if words(expression) is None:
        return None
    try:
        given = json.loads(variables)
    except ValueError:
        given = {}
    found: list[str] = []
    for word in _WORDS.finditer(expression):
        if word["blank"] is not None:
            continue
        known = word["constant"]
        if word["variable"] is not None:
            known = str(given.get(word["variable"], ""))
        if known is None:
            found.append(word[0])
        else:
            found.append(known.strip("\"'") if PROBE in known else "?")
    return " ".join(found)
