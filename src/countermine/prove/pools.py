"""How many different values a generator can give, in bits. Pure.

Randomness from the kernel is no better than what is drawn of it: ten letters out of four are a
million values, however well they are chosen. And a value that can be written down in few ways is
guessed as soon, however much was drawn for it. The smaller of the two counts.
"""

import math
import re
from collections.abc import Sequence

from countermine.core.witnesses import Observation, Witness

ENOUGH_BITS = 64.0
"""Nobody tries so many out; a fix may give less than the flawed code did, but not less than this.

Source: NIST SP 800-63B asks 64 bits of a secret for a session, and less of codes that may be tried
a few times only, which is for the project to know: it is never asked for more than before.
"""

_SLACK = 0.9
"""``sample`` gives a little less than ``choice``, and a year or a sign may be left out."""

_DRAWS = frozenset({"secure-random", "weak-random"})
_WORD = re.compile(r"[\w+/=-]+", re.ASCII)
_ALPHABETS = (
    (re.compile(r"[0-9]*"), 10),
    (re.compile(r"[0-9a-f]*|[0-9A-F]*"), 16),
    (re.compile(r"[a-z]*|[A-Z]*"), 26),
    (re.compile(r"[0-9a-z]*|[0-9A-Z]*"), 36),
    (re.compile(r"[0-9A-Za-z]*"), 62),
)
_SIGNS = 64


def pool_bits(witness: Witness, driven: Sequence[Observation], other: str | None) -> float | None:
    """Return the bits of the values that drives gave, ``None`` where no draw was seen.

    Args:
        witness: Its sink's file is where draws count.
        driven: Drives of the same use; the one that can give most counts.
        other: The result of another drive: what is the same in both is no value that was drawn.
    """
    found = [
        min(sum(draws), written(seen.result, other))
        for seen in driven
        if (draws := _draws(witness, seen))
    ]
    return max(found, default=None)


def fewer(before: float | None, after: float | None) -> bool:
    """Tell whether a value became easier to guess; of what was not seen nothing is said."""
    if before is None or after is None:
        return False
    return after < _SLACK * min(before, ENOUGH_BITS)


def written(text: str | None, other: str | None) -> float:
    """Return the bits that the words of a result can express which another result has not."""
    words, others = (_WORD.findall(one or "") for one in (text, other))
    if len(words) != len(others):
        return math.inf
    differing = [word for word, known in zip(words, others, strict=True) if word != known]
    return sum(map(_bits, differing)) if differing else math.inf


def _bits(word: str) -> float:
    for signs, count in _ALPHABETS:
        if signs.fullmatch(word):
            return len(word) * math.log2(count)
    return len(word) * math.log2(_SIGNS)


def _draws(witness: Witness, seen: Observation) -> list[float]:
    return [
        float(event.get("bits") or 0)
        for event in seen.events
        if event.name in _DRAWS and event.get("file") == witness.sink_path
    ]
