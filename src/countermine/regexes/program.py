"""A regular expression as the program of a matcher that tries one way after the other."""

from dataclasses import dataclass, field
from enum import IntEnum

from countermine.regexes.charsets import CharSet
from countermine.regexes.tree import (
    At,
    Atomic,
    Chars,
    Choice,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
    UnreadableError,
)

MAX_INSTRUCTIONS = 20_000


class Op(IntEnum):
    """What an instruction does."""

    READ = 0
    """Reads a character of a set."""
    SPLIT = 1
    """Goes on at the first place, and when that leads nowhere at the second."""
    JUMP = 2
    SAVE = 3
    """Keeps the place in the text under a number."""
    PLACE = 4
    """Asks for a place between two characters."""
    REFERENCE = 5
    PROGRESS = 6
    """Goes on only if something was read since the place kept under a number."""
    LOOK = 7
    ATOMIC = 8
    MATCH = 9


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; what its operands mean depends on ``op``."""

    op: Op
    first: int = 0
    second: int = 0
    chars: CharSet | None = None
    place: str = ""
    negated: bool = False


@dataclass(slots=True)
class _Writer:
    code: list[Instruction] = field(default_factory=list)
    marks: int = 10_000
    """Numbers of kept places beyond those of groups."""

    def add(self, instruction: Instruction) -> int:
        if len(self.code) >= MAX_INSTRUCTIONS:
            raise UnreadableError
        self.code.append(instruction)
        return len(self.code) - 1

    def write(self, tree: Node) -> None:
        match tree:
            case Chars(chars=chars):
                self.add(Instruction(Op.READ, chars=chars))
            case Sequence(items=items):
                for item in items:
                    self.write(item)
            case Choice(items=items):
                self._choice(items)
            case Repeat():
                self._repeat(tree)
            case Group(item=item, number=number):
                self.add(Instruction(Op.SAVE, 2 * number))
                self.write(item)
                self.add(Instruction(Op.SAVE, 2 * number + 1))
            case _:
                self._rest(tree)

    def _rest(self, tree: Node) -> None:
        match tree:
            case Reference(number=number):
                self.add(Instruction(Op.REFERENCE, number))
            case At(place=place):
                self.add(Instruction(Op.PLACE, place=place))
            case Atomic(item=item):
                self._apart(Op.ATOMIC, item, Instruction(Op.ATOMIC))
            case Look(item=item, negated=negated, behind=behind):
                width = _width(item) if behind else 0
                self._apart(Op.LOOK, item, Instruction(Op.LOOK, 0, width, negated=negated))
            case _:  # pragma: no cover - the others are written before
                raise AssertionError(tree)

    def _apart(self, op: Op, item: Node, how: Instruction) -> None:
        """Write an item as a program of its own, behind a jump over it."""
        over = self.add(Instruction(Op.JUMP))
        self.write(item)
        self.add(Instruction(Op.MATCH))
        self.code[over] = Instruction(Op.JUMP, len(self.code))
        self.add(Instruction(op, over + 1, how.second, negated=how.negated))

    def _choice(self, items: tuple[Node, ...]) -> None:
        jumps = []
        for item in items[:-1]:
            split = self.add(Instruction(Op.SPLIT))
            self.write(item)
            jumps.append(self.add(Instruction(Op.JUMP)))
            self.code[split] = Instruction(Op.SPLIT, split + 1, len(self.code))
        self.write(items[-1])
        for jump in jumps:
            self.code[jump] = Instruction(Op.JUMP, len(self.code))

    def _repeat(self, tree: Repeat) -> None:
        if tree.possessive:
            plain = Repeat(tree.item, tree.least, tree.most)
            self._apart(Op.ATOMIC, plain, Instruction(Op.ATOMIC))
            return
        for _ in range(tree.least):
            self.write(tree.item)
        if tree.most is None:
            self._loop(tree)
            return
        splits = []
        for _ in range(tree.most - tree.least):
            splits.append(self.add(Instruction(Op.SPLIT)))
            self.write(tree.item)
        for split in splits:
            self.code[split] = self._split(split + 1, len(self.code), greedy=tree.greedy)

    def _loop(self, tree: Repeat) -> None:
        self.marks += 1
        mark = self.marks
        split = self.add(Instruction(Op.SPLIT))
        self.add(Instruction(Op.SAVE, mark))
        self.write(tree.item)
        self.add(Instruction(Op.PROGRESS, mark))
        self.add(Instruction(Op.JUMP, split))
        self.code[split] = self._split(split + 1, len(self.code), greedy=tree.greedy)

    @staticmethod
    def _split(inside: int, behind: int, *, greedy: bool) -> Instruction:
        one, two = (inside, behind) if greedy else (behind, inside)
        return Instruction(Op.SPLIT, one, two)


def _width(tree: Node) -> int:
    """Return how many characters a look behind goes back; the language wants it fixed."""
    match tree:
        case Chars():
            return 1
        case Sequence(items=items):
            return sum(_width(item) for item in items)
        case Choice(items=items):
            return _width(items[0])
        case Repeat(item=item, least=least):
            return least * _width(item)
        case Group(item=item) | Atomic(item=item):
            return _width(item)
        case _:
            return 0


def program(tree: Node) -> tuple[Instruction, ...]:
    """Return the program of a tree.

    Raises:
        UnreadableError: If it is too long.
    """
    writer = _Writer()
    writer.write(tree)
    writer.add(Instruction(Op.MATCH))
    return tuple(writer.code)
