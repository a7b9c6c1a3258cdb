"""All characters that a class of Python's expressions reads, asked of Python's own matcher."""

import re
from functools import lru_cache

from countermine.regexes.charsets import LAST, CharSet

_CODES = {"digit": "\\d", "word": "\\w", "space": "\\s"}


@lru_cache(maxsize=1)
def _every_character() -> str:
    return "".join(map(chr, range(LAST + 1)))


@lru_cache(maxsize=8)
def category(name: str, *, ascii_only: bool) -> CharSet:
    """Return the characters of ``digit``, ``word`` or ``space``."""
    return _found(_CODES[name], re.ASCII if ascii_only else 0)


@lru_cache(maxsize=512)
def every_case(chars: CharSet, *, ascii_only: bool) -> CharSet:
    """Return some characters with those that are the same but for their case."""
    if not chars.ranges:
        return chars
    pieces = (f"\\U{low:08x}-\\U{high:08x}" for low, high in chars.ranges)
    return _found(f"[{''.join(pieces)}]", re.IGNORECASE | (re.ASCII if ascii_only else 0))


def _found(text: str, flags: int) -> CharSet:
    runs = re.finditer(f"{text}+", _every_character(), flags)
    return CharSet(tuple((run.start(), run.end() - 1) for run in runs))
