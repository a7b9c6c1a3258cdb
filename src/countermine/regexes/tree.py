"""A regular expression as a tree, read by Python's own parser of them."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]  # the parser has no public name
from re import _parser as parser  # type: ignore[attr-defined]  # likewise
from typing import Any, TypeAlias

from countermine.regexes.categories import category, every_case
from countermine.regexes.charsets import (
    EVERYTHING,
    NOT_NEWLINE,
    CharSet,
    any_case,
    char,
    charset,
    digits,
    spaces,
    words,
)

MAX_PATTERN = 4000
"""Characters of a pattern; longer ones are mostly generated tables of words."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set."""

    chars: CharSet


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; empty for the empty text."""

    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them, the first that leads on."""

    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item again and again."""

    item: "Node"
    least: int
    most: int | None
    """``None`` without a bound."""
    greedy: bool = True
    possessive: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A part that a reference can name."""

    item: "Node"
    number: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The same text as a group has matched."""

    number: int


@dataclass(frozen=True, slots=True)
class Atomic:
    """A part that is not entered again once it has matched."""

    item: "Node"


@dataclass(frozen=True, slots=True)
class Look:
    """A look ahead or behind."""

    item: "Node"
    negated: bool
    behind: bool


@dataclass(frozen=True, slots=True)
class At:
    """A place between two characters."""

    place: str
    """``start``, ``line-start``, ``end``, ``line-end``, ``last-end``, ``boundary``, ``inside``."""


Node: TypeAlias = Chars | Sequence | Choice | Repeat | Group | Reference | Atomic | Look | At


class UnreadableError(ValueError):
    """The text is no regular expression, or one of a kind that is not read here."""


def read(pattern: str, flags: int = 0, *, exact: bool = False) -> Node:
    """Return the tree of a pattern.

    Args:
        pattern: A regular expression of Python.
        flags: Of ``re``.
        exact: Whether classes hold all of their characters, not a part that stands for them.

    Raises:
        UnreadableError: If it is no pattern, too long, or nested too deeply.
    """
    parsed = _parsed(pattern, flags)
    return _Reader(parsed.state.flags, exact).sequence(parsed)


def group_names(pattern: str, flags: int = 0) -> dict[str, int]:
    """Return the numbers of the groups that a pattern names.

    Raises:
        UnreadableError: As ``read`` does.
    """
    names = _parsed(pattern, flags).state.groupdict
    return {str(name): int(number) for name, number in names.items()}


def _parsed(pattern: str, flags: int) -> Any:  # noqa: ANN401 - the parser's own
    if len(pattern) > MAX_PATTERN:
        raise UnreadableError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parser.parse(pattern, flags)
    except (re.error, RecursionError, OverflowError, ValueError) as error:
        raise UnreadableError(str(error)) from error


_PLACES = {
    codes.AT_BEGINNING: ("start", "line-start"),
    codes.AT_BEGINNING_STRING: ("start", "start"),
    codes.AT_END: ("end", "line-end"),
    codes.AT_END_STRING: ("last-end", "last-end"),
    codes.AT_BOUNDARY: ("boundary", "boundary"),
    codes.AT_NON_BOUNDARY: ("inside", "inside"),
}


@dataclass(frozen=True, slots=True)
class _Reader:
    flags: int
    exact: bool

    def sequence(self, items: Any) -> Node:  # noqa: ANN401 - the parser's own
        read_items = tuple(self._node(code, value) for code, value in items)
        return read_items[0] if len(read_items) == 1 else Sequence(read_items)

    def _node(self, code: Any, value: Any) -> Node:  # noqa: ANN401 - likewise
        if code in {codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN}:
            return Chars(self._chars(code, value))
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            least, most, item = value
            return Repeat(
                item=self.sequence(item),
                least=int(least),
                most=None if most == codes.MAXREPEAT else int(most),
                greedy=code != codes.MIN_REPEAT,
                possessive=code == codes.POSSESSIVE_REPEAT,
            )
        if code == codes.BRANCH:
            return Choice(tuple(self.sequence(one) for one in value[1]))
        if code == codes.SUBPATTERN:
            return self._group(value)
        if code == codes.AT:
            return At(_PLACES[value][bool(self.flags & re.MULTILINE)])
        return self._rare(code, value)

    def _rare(self, code: Any, value: Any) -> Node:  # noqa: ANN401 - likewise
        if code in {codes.ASSERT, codes.ASSERT_NOT}:
            direction, item = value
            return Look(self.sequence(item), code == codes.ASSERT_NOT, direction < 0)
        if code == codes.ATOMIC_GROUP:
            return Atomic(self.sequence(value))
        if code == codes.GROUPREF:
            return Reference(int(value))
        if code == codes.GROUPREF_EXISTS:
            _, there, missing = value
            empty: Node = Sequence(())
            return Choice((self.sequence(there), self.sequence(missing) if missing else empty))
        if code == codes.FAILURE:
            return Chars(CharSet(()))
        raise UnreadableError(str(code))

    def _group(self, value: Any) -> Node:  # noqa: ANN401 - likewise
        number, added, removed, item = value
        inner = _Reader((self.flags | added) & ~removed, self.exact).sequence(item)
        return inner if number is None else Group(inner, int(number))

    def _chars(self, code: Any, value: Any) -> CharSet:  # noqa: ANN401 - likewise
        if code == codes.ANY:
            return EVERYTHING if self.flags & re.DOTALL else NOT_NEWLINE
        if code == codes.IN:
            negated = bool(value) and value[0][0] == codes.NEGATE
            found = charset(
                one for part in value if part[0] != codes.NEGATE for one in self._part(*part).ranges
            )
        else:
            negated = code == codes.NOT_LITERAL
            found = char(int(value))
        if self.flags & re.IGNORECASE:
            ascii_only = bool(self.flags & re.ASCII)
            found = every_case(found, ascii_only=ascii_only) if self.exact else any_case(found)
        return found.complement() if negated else found

    def _part(self, code: Any, value: Any) -> CharSet:  # noqa: ANN401 - likewise
        if code == codes.LITERAL:
            return char(int(value))
        if code == codes.RANGE:
            return charset([(int(value[0]), int(value[1]))])
        if code == codes.CATEGORY:
            return self._category(value)
        raise UnreadableError(str(code))

    def _category(self, value: Any) -> CharSet:  # noqa: ANN401 - likewise
        ascii_only = bool(self.flags & re.ASCII)
        name = str(value).rpartition("CATEGORY_")[2].lower()
        make = {"digit": digits, "word": words, "space": spaces}.get(name.removeprefix("not_"))
        if make is None:
            raise UnreadableError(name)
        found = (
            category(name.removeprefix("not_"), ascii_only=ascii_only)
            if self.exact
            else make(ascii_only=ascii_only)
        )
        return found.complement() if name.startswith("not_") else found


def repeats(node: Node) -> Iterator[Repeat]:
    """Yield every repetition of a tree, the outer before those inside it."""
    match node:
        case Sequence(items=items) | Choice(items=items):
            for item in items:
                yield from repeats(item)
        case Repeat(item=item):
            yield node
            yield from repeats(item)
        case Group(item=item) | Atomic(item=item) | Look(item=item):
            yield from repeats(item)
        case _:
            return


def nodes(tree: Node) -> Iterator[Node]:
    """Yield a tree and all below it."""
    yield tree
    match tree:
        case Sequence(items=items) | Choice(items=items):
            for item in items:
                yield from nodes(item)
        case Repeat(item=item):
            if tree.possessive:
                yield Atomic(item)
            yield from nodes(item)
        case Group(item=item) | Atomic(item=item) | Look(item=item):
            yield from nodes(item)
        case _:
            return
