"""What a regular expression says of a text that it matches: for what that text is harmless."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from countermine.flow.values import EVERY_KIND, NO_KINDS
from countermine.regexes.charsets import CharSet, charset
from countermine.regexes.tree import (
    At,
    Atomic,
    Chars,
    Choice,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
    UnreadableError,
    group_names,
    read,
)

FULL, MATCH, SEARCH = "full", "match", "search"
CHARACTERS_KEPT = 2
"""Characters that one place of a fixed beginning may have, such as both cases of a letter."""
BEGINNINGS_KEPT = 12
"""Ways in which a pattern may begin; more say that it is no fixed address."""


def _of(text: str) -> CharSet:
    return charset((ord(c), ord(c)) for c in text)


_LETTERS = charset(((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0x80, 0x10FFFF)))
_PLAIN = _LETTERS | _of(".,:+-=@")
_HARMFUL: dict[str, CharSet] = {
    "command": _of(";&|`$()<>\n\r'\"\\!{}*?[]#~\0"),
    "option": _of("-"),
    "code": _PLAIN.complement(),
    "sql": _PLAIN.complement(),
    "path": _of("/\\"),
    "archive": _of("/\\"),
    "html": _of("<>\"'"),
    "xml": _of("<&"),
    "xml-growth": _of("<&"),
    "header": _of("\r\n"),
    "log": _of("\r\n"),
    "ldap": _PLAIN.complement() | _of("=,+"),
    "xpath": _PLAIN.complement(),
    "nosql": _PLAIN.complement(),
    "template": _of("{}%<$#"),
    "deserialization": _PLAIN.complement(),
    "regex": _LETTERS.complement(),
    "url": (_LETTERS | _of("- ")).complement(),
    "redirect": _of("/\\:"),
}
"""Characters with which a text can do harm, by kind of sink."""
_LINE_KINDS = frozenset({"header", "log"})
_BACKSLASH = Chars(_of("\\"))


def kinds_of_alphabet(chars: CharSet) -> frozenset[str]:
    """Return the kinds for which a text of these characters is harmless."""
    if not chars.ranges or not (chars & _LETTERS.complement()).ranges:
        return frozenset({EVERY_KIND})
    return frozenset(kind for kind, bad in _HARMFUL.items() if not (chars & bad).ranges)


def kinds_of_text(text: str) -> frozenset[str]:
    """Return the kinds for which the characters of a text are harmless, every one by name."""
    found = kinds_of_alphabet(_of(text))
    return found | frozenset(_HARMFUL) if EVERY_KIND in found else found


@lru_cache(maxsize=1024)
def kinds_when_matched(pattern: str, flags: int, use: str) -> frozenset[str]:
    """Return the kinds for which a text is harmless that a pattern matches.

    Args:
        pattern: The expression.
        flags: Its flags as a number.
        use: ``full``, ``match`` or ``search``: where a match may begin and end.
    """
    try:
        tree = read(pattern, flags)
    except UnreadableError:
        return NO_KINDS
    found = NO_KINDS
    ends = _covers(tree, begins=use != SEARCH, ends=use == FULL)
    if ends is not None:
        kinds = kinds_of_alphabet(_alphabet(tree))
        if {"code", EVERY_KIND} & kinds_of_alphabet(_alphabet(_without_escapes(tree))):
            kinds |= {"code"}
        if ends == "end":
            every = frozenset(_HARMFUL) if EVERY_KIND in kinds else kinds
            kinds = every - _LINE_KINDS
        found = kinds
    return found


@lru_cache(maxsize=1024)
def kinds_when_missed(pattern: str, flags: int) -> frozenset[str]:
    """Return the kinds for which a text is harmless in which a pattern is found nowhere."""
    try:
        tree = read(pattern, flags)
    except UnreadableError:
        return NO_KINDS
    refused = _single(tree)
    if refused is None:
        return NO_KINDS
    found = kinds_of_alphabet(refused.complement())
    return found | frozenset(_HARMFUL) if EVERY_KIND in found else found


@lru_cache(maxsize=1024)
def beginnings(pattern: str, flags: int, use: str) -> tuple[str, ...]:
    r"""Return the texts with one of which a match begins; none if they are not known.

    A character that is no slash ends a text as ``\1`` where it may be one of many.
    """
    try:
        tree = read(pattern, flags)
    except UnreadableError:
        return ()
    items = tree.items if isinstance(tree, Sequence) else (tree,)
    if use == SEARCH and not (items and items[0] == At("start")):
        return ()
    found = [text for text, _ in _texts(items)]
    return tuple(found) if len(found) <= BEGINNINGS_KEPT else ()


@lru_cache(maxsize=1024)
def kinds_of_groups(pattern: str, flags: int) -> dict[int, frozenset[str]]:
    """Return the kinds for which the text of each group is harmless; 0 is the whole match."""
    try:
        tree = read(pattern, flags)
    except UnreadableError:
        return {}
    found = {0: kinds_of_alphabet(_alphabet(tree))}
    for group in _groups(tree):
        found[group.number] = kinds_of_alphabet(_alphabet(group.item))
    return found


@lru_cache(maxsize=1024)
def names_of_groups(pattern: str, flags: int) -> dict[str, int]:
    """Return the numbers of the groups that have names."""
    try:
        return group_names(pattern, flags)
    except UnreadableError:
        return {}


def _covers(node: Node, *, begins: bool, ends: bool) -> str | None:
    """Return how a match is sure to end with the text (``all``, or ``end`` before a line break).

    ``None`` if the text may go on before or behind it.
    """
    match node:
        case Choice(items=items):
            every = [_covers(item, begins=begins, ends=ends) for item in items]
            if None in every:
                return None
            return "end" if "end" in every else "all"
        case Group(item=item) | Atomic(item=item):
            return _covers(item, begins=begins, ends=ends)
        case Sequence(items=items) if items:
            begins = begins or items[0] == At("start")
            last = items[-1].place if isinstance(items[-1], At) else ""
            ends = ends or last == "last-end"
            if not begins or not (ends or last == "end"):
                return None
            return "all" if ends else "end"
        case _:
            return "all" if begins and ends else None


def _alphabet(node: Node) -> CharSet:
    return charset(piece for chars in _chars(node) for piece in chars.ranges)


def _without_escapes(node: Node) -> Node:
    """Return an expression without each backslash that a letter or digit is sure to follow.

    In a literal such a pair is one character, which does not end it; outside it is no code.
    """
    if not isinstance(node, Sequence):
        return node
    pairs = zip(node.items, (*node.items[1:], None), strict=True)
    return Sequence(tuple(i for i, after in pairs if i != _BACKSLASH or not _is_letter(after)))


def _is_letter(node: Node | None) -> bool:
    """Tell whether what matches begins with a letter or digit."""
    match node:
        case Chars(chars=chars):
            return bool(chars.ranges) and not (chars & _LETTERS.complement()).ranges
        case Repeat(item=item, least=least):
            return least > 0 and _is_letter(item)
        case Group(item=item) | Atomic(item=item):
            return _is_letter(item)
        case _:
            return False


def _chars(node: Node) -> Iterator[CharSet]:
    match node:
        case Chars(chars=chars):
            yield chars
        case Sequence(items=items) | Choice(items=items):
            for item in items:
                yield from _chars(item)
        case Repeat(item=item) | Group(item=item) | Atomic(item=item):
            yield from _chars(item)
        case _:
            return


def _single(node: Node) -> CharSet | None:
    """Return the characters of which each one alone is a match."""
    match node:
        case Chars(chars=chars):
            return chars
        case Repeat(item=item, least=0 | 1 as least):
            return _single(item) if least else None
        case Group(item=item):
            return _single(item)
        case Choice(items=items):
            known = [one for item in items if (one := _single(item)) is not None]
            return charset(piece for chars in known for piece in chars.ranges) if known else None
        case _:
            return None


def _groups(node: Node) -> Iterator[Group]:
    match node:
        case Group(item=item):
            yield node
            yield from _groups(item)
        case Sequence(items=items) | Choice(items=items):
            for item in items:
                yield from _groups(item)
        case Repeat(item=item) | Atomic(item=item) | Look(item=item):
            yield from _groups(item)
        case _:
            return


def _texts(items: Iterable[Node]) -> list[tuple[str, bool]]:
    """Return the texts that items begin with, each with whether it is all of them."""
    found = [("", True)]
    for item in items:
        if not any(whole for _, whole in found) or len(found) > BEGINNINGS_KEPT:
            break
        following = _text(item)
        found = [
            (text + more, whole and on)
            for text, whole in found
            for more, on in (following if whole else [("", False)])
        ]
    return found


def _text(node: Node) -> list[tuple[str, bool]]:
    found = [("", False)]
    match node:
        case Chars(chars=chars):
            few = sum(high - low + 1 for low, high in chars.ranges) <= CHARACTERS_KEPT
            codes = [c for low, high in chars.ranges for c in range(low, high + 1)] if few else []
            other = found if (chars & _of("/\\")).ranges else [("\1", False)]
            found = [(chr(c), True) for c in codes] or other
        case Group(item=item) | Atomic(item=item):
            found = _text(item)
        case Sequence(items=items):
            found = _texts(items)
        case Choice(items=items):
            found = [text for item in items for text in _text(item)]
        case Repeat(item=item, least=0, most=1):
            found = [("", True), *_text(item)]
        case Repeat(item=item, least=least) if least:
            found = [(text, False) for text, _ in _text(item)]
        case At(place="start"):
            found = [("", True)]
        case _:
            pass
    return found
