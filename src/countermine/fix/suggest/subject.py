"""The subject of a commit from the words of a model, which may repeat an attacker's."""

import re
import unicodedata

MOST_CHARACTERS = 69

_COMMANDS = re.compile(r"\[[^\]]*\]|[\[\]#@<>`]")
"""What hosts and runners act on: ``[skip ci]``, ``#12`` closes an issue, ``@all`` calls people."""


def subject_of(said: str) -> str:
    """Return one short line that nobody acts on."""
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in said[:2_000])
    words = " ".join(_COMMANDS.sub(" ", shown).split())
    return words[:MOST_CHARACTERS].rstrip() or "Fix a weakness"
