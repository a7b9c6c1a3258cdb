"""Constants of libraries that are known by name."""

import re

from countermine.flow.values import MISSING, Constant

_KNOWN: dict[str, int] = {
    f"re.{name}": int(flag) for name, flag in re.RegexFlag.__members__.items() if name != "DEBUG"
}


def library_constant(ref: str) -> Constant:
    """Return the value of a library's name, ``MISSING`` where it is not known."""
    return _KNOWN.get(ref, MISSING)
