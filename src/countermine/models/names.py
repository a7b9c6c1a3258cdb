"""Whether the model that answered is the one that was asked for."""

import re

from countermine.models.options import RosterEntry

_DATED = re.compile(r"(?:[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{3,4})|-latest|:latest|-v\d+:\d+)?")
"""What providers add to a name to say which edition of the same model answered."""


def is_served(entry: RosterEntry, serving: str | None) -> bool:
    """Tell whether an answer under this name is one of the model that the entry asks for.

    A name that is not given is no answer of that model: what is not said cannot be checked.
    """
    if not serving:
        return False
    for name in (entry.model, *entry.serves):
        if serving.startswith(name) and _DATED.fullmatch(serving, len(name)):
            return True
    return False
