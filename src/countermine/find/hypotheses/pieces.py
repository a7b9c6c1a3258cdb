"""Cuts code into pieces that fit into a question: whole functions, with what their file imports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countermine.core.spans import TreePath
from countermine.find.hypotheses.ranking import WORTH, Candidate
from countermine.syntax.python import parse

PIECE_TOKENS = 12_000
"""Bound on the code of one question. No token is shorter than a byte, so that bytes are counted;
code of 12,000 bytes is some 3,500 tokens, which leaves room in the smallest contexts in use."""
MOST_PIECES = 40
"""Questions of one search; beyond, code was ranked below all that is asked about."""
MAX_IMPORT_BYTES = 2_000
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Functions of one file that are asked about together."""

    path: TreePath
    candidates: tuple[Candidate, ...]
    """In the order in which they stand in the file."""
    text: str
    """What is shown: imports, then each function behind a line that names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What will be asked about, and what will not."""

    pieces: tuple[Piece, ...]
    """The likeliest first."""
    too_long: int = 0
    """Functions that do not fit into a question."""
    beyond: int = 0
    """Functions for which there are no questions left."""


def cut(
    candidates: Iterable[Candidate],
    texts: Mapping[TreePath, bytes],
    *,
    piece_tokens: int = PIECE_TOKENS,
    most: int = MOST_PIECES,
) -> Cut:
    """Put functions together to pieces: the likeliest one, and with it others of its file.

    Where there is room left, the shortest of those follow that are not worth a question by
    themselves: what is done there is often done in a helper.

    Args:
        candidates: The likeliest first.
        texts: At least the files of the candidates.
        piece_tokens: Bound on the code of a piece.
        most: Bound on the number of pieces.
    """
    every = tuple(candidates)
    candidates = [one for one in every if one.points >= WORTH]
    heads = {path: _imports(texts[path]) for path in sorted({one.path for one in candidates})}
    piles: list[list[Candidate]] = []
    rooms: list[int] = []
    open_pile: dict[TreePath, int] = {}
    too_long = beyond = 0
    for one in candidates:
        size = len(_shown(one, texts[one.path]).encode())
        space = piece_tokens - len(heads[one.path].encode())
        if size > space:
            too_long += 1
            continue
        at = open_pile.get(one.path)
        if at is not None and size <= rooms[at]:
            piles[at].append(one)
            rooms[at] -= size
        elif len(piles) < most:
            open_pile[one.path] = len(piles)
            piles.append([one])
            rooms.append(space - size)
        else:
            beyond += 1
    for one in sorted(every, key=lambda one: (one.end - one.start, one.path, one.start)):
        at = open_pile.get(one.path)
        size = len(_shown(one, texts[one.path]).encode()) if at is not None else 0
        if one.points < WORTH and at is not None and size <= rooms[at]:
            piles[at].append(one)
            rooms[at] -= size
    pieces = tuple(_piece(pile, heads, texts) for pile in piles)
    return Cut(pieces=pieces, too_long=too_long, beyond=beyond)


def _piece(
    pile: list[Candidate], heads: Mapping[TreePath, str], texts: Mapping[TreePath, bytes]
) -> Piece:
    path = pile[0].path
    placed = tuple(sorted(pile, key=lambda one: one.start))
    shown = "".join(_shown(one, texts[path]) for one in placed)
    return Piece(path=path, candidates=placed, text=heads[path] + shown)


def _shown(one: Candidate, text: bytes) -> str:
    code = text[one.start : one.end].decode("utf-8", "replace")
    how = ", called by the framework" if one.routed else ""
    return f"\n--- function {one.qualname}{how}\n{code}\n"


def _imports(text: bytes) -> str:
    """Return the import statements at the top level of a file, as far as there is room for them."""
    kept: list[str] = []
    size = 0
    for node in parse(text).root.named_children:
        if node.type in _IMPORTS:
            line = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
            size += len(line.encode()) + 1
            if size > MAX_IMPORT_BYTES:
                break
            kept.append(f"{line}\n")
    return "".join(kept)
