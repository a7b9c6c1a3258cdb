"""Whether two expressions match the same, in the same places and with the same groups.

Two looks, and both must agree. As automata both must accept the same texts, which holds for texts
of any length. And Python's own matcher must give the same places and groups for every text up to
some length over the characters that the two can tell apart, and for longer ones that they match
or nearly match: by that the order in which ways are tried is compared, which automata do not know.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from countermine.regexes.acceptance import same_language
from countermine.regexes.charsets import EVERYTHING, char, words
from countermine.regexes.matcher import steps
from countermine.regexes.program import Instruction, program
from countermine.regexes.samples import samples
from countermine.regexes.tree import (
    At,
    Atomic,
    Chars,
    Node,
    Sequence,
    UnreadableError,
    nodes,
    read,
)

MOST_SHORT = 4000
"""Short texts that are compared."""
MOST_LONG = 150
MOST_CLASSES = 24
_LONGEST = 9
_MOST_STEPS = 10_000
"""A text that takes the old expression longer is no text to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of an expression."""

    anywhere: bool = True
    """Whether a match may be asked for behind the start of the text."""
    groups: bool = True
    """Whether anyone looks at its groups."""


EVERY = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An expression, with what is compared of any other."""

    pattern: str
    flags: int
    asked: "Asked"
    tree: Node
    compiled: "re.Pattern[str]"
    texts: tuple[str, ...]
    """What is compared, the shortest first."""
    matched: tuple[object, ...]
    """What the expression makes of each."""


def original(pattern: str, flags: int, asked: Asked = EVERY) -> Original:
    """Return an expression with the texts to compare others by.

    Args:
        pattern: The expression.
        flags: Of ``re``.
        asked: What else than the places of its matches is asked for.

    Raises:
        UnreadableError: If it cannot be compared at all.
    """
    tree = read(pattern, flags, exact=True)
    compiled = _compiled(pattern, flags)
    if compiled is None or any(isinstance(one, Atomic) for one in nodes(tree)):
        raise UnreadableError
    code = _whole(tree)
    texts = [*_short(tree), *(one for one in samples(tree, MOST_LONG) if _is_quick(code, one))]
    texts = list(dict.fromkeys(texts))
    matched = tuple(_all(compiled, text, asked) for text in texts)
    return Original(
        pattern=pattern,
        flags=flags,
        asked=asked,
        tree=tree,
        compiled=compiled,
        texts=tuple(texts),
        matched=matched,
    )


def is_same(one: Original, pattern: str) -> bool:
    """Tell whether a pattern matches the same as another with the same flags."""
    try:
        return _is_same(one, pattern)
    except UnreadableError:
        return False


def _is_same(one: Original, pattern: str) -> bool:
    compiled = _compiled(pattern, one.flags)
    if compiled is None or compiled.flags != one.compiled.flags:
        return False
    groups = (compiled.groups, dict(compiled.groupindex))
    if one.asked.groups and groups != (one.compiled.groups, dict(one.compiled.groupindex)):
        return False
    code: tuple[Instruction, ...] | None = None
    for text, known in zip(one.texts, one.matched, strict=True):
        if len(text) > _LONGEST:
            # It may be far slower than the first one.
            code = code or _whole(read(pattern, one.flags, exact=True))
            if not _is_quick(code, text):
                return False
        if _all(compiled, text, one.asked) != known:
            return False
    tree = read(pattern, one.flags, exact=True)
    return same_language(one.tree, tree) and _holds_for(one, tree, compiled)


def _holds_for(one: Original, tree: Node, compiled: "re.Pattern[str]") -> bool:
    """Compare by texts that the other one matches, too."""
    old, new = _whole(one.tree), _whole(tree)
    return all(
        _all(compiled, text, one.asked) == _all(one.compiled, text, one.asked)
        for text in samples(tree, MOST_LONG)
        if _is_quick(old, text) and _is_quick(new, text)
    )


def _whole(tree: Node) -> tuple[Instruction, ...]:
    """Return the program that must match up to the end: of all methods that costs most."""
    return program(Sequence((tree, At("last-end"))))


def _is_quick(code: tuple[Instruction, ...], text: str) -> bool:
    return steps(code, text, searches=True, bound=_MOST_STEPS) < _MOST_STEPS


def _compiled(pattern: str, flags: int) -> "re.Pattern[str] | None":
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError, Warning, ValueError):
        return None


def _all(compiled: "re.Pattern[str]", text: str, asked: Asked) -> object:
    """Return the places and groups of all matches that can be asked for."""
    places = range(len(text) + 1) if asked.anywhere and len(text) <= _LONGEST else (0,)
    found: list[re.Match[str] | None] = []
    for at in places:
        found += (compiled.match(text, at), compiled.fullmatch(text, at))
    found += compiled.finditer(text)
    if asked.groups:
        return [one and (one.regs, one.lastindex) for one in found]
    return [one and one.span() for one in found]


def _short(tree: Node) -> Iterator[str]:
    signs = alphabet(tree)
    length = 1
    while len(signs) ** (length + 1) <= MOST_SHORT and length < _LONGEST:
        length += 1
    for size in range(length + 1):
        for chosen in product(signs, repeat=size):
            yield "".join(chosen)


def alphabet(tree: Node) -> list[str]:
    """Return one character of each kind that an expression can tell from others.

    Raises:
        UnreadableError: If there are too many.
    """
    kinds = [EVERYTHING]
    sets = {node.chars for node in nodes(tree) if isinstance(node, Chars)}
    places = {node.place for node in nodes(tree) if isinstance(node, At)}
    if places - {"start", "last-end"}:
        sets.add(char(0x0A))
    if places & {"boundary", "inside"}:
        sets.add(words(ascii_only=False))
    for one in sorted(sets, key=lambda each: each.ranges):
        kinds = [part for kind in kinds for part in (kind & one, kind & one.complement())]
        kinds = [kind for kind in kinds if kind.ranges]
        if len(kinds) > MOST_CLASSES:
            raise UnreadableError
    return [kind.sample for kind in kinds if kind.sample is not None]
