"""Whether a value that is put into a command would be part of a program that another one runs.

Quotes keep it one word, and that word is code: ``awk "$value"`` runs what the value says.
"""

import posixpath
import re
from itertools import pairwise

from countermine.core.stream_editors import STREAM_EDITORS
from countermine.fix.pieces import Hole, Piece, Text
from countermine.fix.shell_text import Command, Quoted

_SEPARATORS = re.compile(r"[|;&\n`()]")
_HOLE = "\0"


def is_in_script(command: Command) -> bool:
    """Tell whether what is computed stands in the script of an editor of streams."""
    text = "".join(map(_shown, command.parts))
    return any(_has_computed_script(one.split()) for one in _SEPARATORS.split(text))


def _shown(part: Text | Hole | Quoted) -> str:
    if isinstance(part, Quoted):
        inside = "".join(map(_piece, part.parts))
        return re.sub(rf"[^\w{_HOLE}/=-]", "_", inside)
    return _piece(part)


def _piece(piece: Piece) -> str:
    return piece.value if isinstance(piece, Text) else _HOLE


def _has_computed_script(words: list[str]) -> bool:
    if not words or posixpath.basename(words[0]) not in STREAM_EDITORS:
        return False
    script = next((word for word in words[1:] if not word.startswith("-")), "")
    behind = [word for option, word in pairwise(words) if option in {"-e", "--expression"}]
    return any(_HOLE in word for word in (script, *behind))
