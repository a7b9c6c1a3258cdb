"""Constants of libraries that are known by name."""

import re
import stat
import string

from countermine.flow.values import MISSING, Constant

_ALPHABETS = (
    "ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "octdigits",
    "punctuation", "printable", "whitespace",
)  # fmt: skip
_KNOWN: dict[str, int | str] = {
    "os.sep": "/",
    "os.path.sep": "/",
    "os.pardir": "..",
    "os.path.pardir": "..",
    "os.curdir": ".",
    "os.path.curdir": ".",
    "os.extsep": ".",
    **{f"string.{name}": getattr(string, name) for name in _ALPHABETS},
    **{
        f"re.{name}": int(flag)
        for name, flag in re.RegexFlag.__members__.items()
        if name != "DEBUG"
    },
    **{
        f"stat.{name}": mode
        for name, mode in vars(stat).items()
        if name.startswith("S_I") and isinstance(mode, int)
    },
}


def library_constant(ref: str) -> Constant:
    """Return the value of a library's name, ``MISSING`` where it is not known."""
    return _KNOWN.get(ref, MISSING)
