"""The part of a function that some of its expressions depend on.

A first look at a function runs only that part: most places where a sink may be named turn out to
be something else, and what else the function calls need not be followed to see that. So does a
look for what a method keeps in one attribute. Whatever is left out could only make more of the
paths impossible or of the values harmless; where that is not certain there is no part, and the
whole function has to be run.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from countermine.flow import ir
from countermine.flow.pieces import Piece, Pieces

_NAMES = re.compile(rb"(?<![.\w])([A-Za-z_]\w*)(?:[ \t]*\.[ \t]*([A-Za-z_]\w*))?")
_FUNCTIONS_INSIDE = re.compile(rb"\blambda\b|\byield\b")
_EVERYTHING = b"*"
_TURNS = 24
"""Times the statements are gone through; what loops hand on backwards takes more than one."""


@dataclass(frozen=True, slots=True)
class Seed:
    """An expression that matters, and what of it is run."""

    start: int
    end: int
    """Of the text that names what it depends on."""
    run: ir.Expr | None
    """What takes the place of the statement around it; ``None`` for that statement itself."""


def part_of(
    function: ir.Function,
    text: bytes,
    pieces: Pieces,
    seeds: Sequence[Seed],
    is_stored: Callable[[str], bool],
) -> ir.Function | None:
    """Return the part of a function that runs some expressions, and what they depend on.

    Args:
        function: A function in the intermediate form.
        text: The file that its offsets count in.
        pieces: What each piece of it does.
        seeds: Expressions within its statements, none within a function inside it.
        is_stored: Tells whether other methods than the constructor set an attribute of the
            receiver.

    Returns:
        A function with some of the statements, or ``None`` if the whole one has to be looked at.
    """
    slicer = _Slicer(function, text, pieces, seeds, is_stored)
    return slicer.result() if slicer.mark() else None


def storing_part(
    function: ir.Function, text: bytes, pieces: Pieces, name: str, is_stored: Callable[[str], bool]
) -> ir.Function | None:
    """Return the part of a method that sets one attribute of its receiver, as ``part_of``.

    What it has other methods set is left out.
    """
    slicer = _Slicer(function, text, pieces, (), lambda n: n != name and is_stored(n))
    slicer.attributes.add(name.encode())
    return slicer.result() if slicer.mark() else None


class _Slicer:
    def __init__(
        self,
        function: ir.Function,
        text: bytes,
        pieces: Pieces,
        seeds: Sequence[Seed],
        is_stored: Callable[[str], bool],
    ) -> None:
        self.function = function
        self.text = text
        self.pieces = pieces
        self.seeds = sorted(seeds, key=lambda seed: (seed.start, seed.end))
        self.starts = [seed.start for seed in self.seeds]
        self.is_stored = is_stored
        self.kept: set[tuple[int, int]] = set()
        """Places of the pieces that are needed."""
        self.needed: set[bytes] = set()
        """Variables that are."""
        self.attributes: set[bytes] = set()
        """Attributes of the receiver that are."""
        self.whole = pieces.matches

    def mark(self) -> bool:
        """Mark what is needed; return whether less than the whole function will do."""
        by_place = self.pieces.by_place
        for seed in self.seeds:
            self._depend(self.text[seed.start : seed.end])
            if seed.run is None:
                if (seed.start, seed.end) not in by_place:
                    return False
                self.kept.add((seed.start, seed.end))
        # What is needed was made further up: from the end few turns are enough.
        pieces = list(reversed(by_place.items()))
        changed = True
        turns = 0
        while changed and not self.whole:
            changed = False
            turns += 1
            if turns > _TURNS:
                return False
            for place, piece in pieces:
                if place not in self.kept and self._matters(piece):
                    self.kept.add(place)
                    changed = True
                    self._depend(self.text[piece.start : piece.end])
        return not self.whole and self.pieces.functions.isdisjoint(self.needed)

    def _run(self, start: int, end: int) -> list[ir.Expr]:
        """Return what is to be run of the seeds between two offsets."""
        if not self.seeds:
            return []
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [seed.run for seed in self.seeds[first:last] if seed.run is not None]

    def _matters(self, piece: Piece) -> bool:
        if not piece.targets.isdisjoint(self.needed):
            return True
        if self._run(piece.start, piece.end):
            # What it does to its own receiver comes after the look at it.
            return False
        if not piece.changed.isdisjoint(self.needed):
            variables = self.pieces.variables
            if any(name in self.needed and name in variables for name in piece.changed):
                return True
        return bool(self.attributes) and self._changes_receiver(piece)

    def _changes_receiver(self, piece: Piece) -> bool:
        """Tell whether attributes of the receiver that are needed may change."""
        everything = _EVERYTHING in self.attributes
        if piece.attributes and (everything or not piece.attributes.isdisjoint(self.attributes)):
            return True
        if not piece.calls_receiver:
            return False
        return everything or any(self.is_stored(name.decode()) for name in sorted(self.attributes))

    def _depend(self, text: bytes) -> None:
        """Need what a piece of text names."""
        if _FUNCTIONS_INSIDE.search(text):
            self.whole = True
        for name, attribute in _NAMES.findall(text):
            if name == self.pieces.receiver:
                self.attributes.add(attribute or _EVERYTHING)
            else:
                self.needed.add(name)

    # what is left of it

    def result(self) -> ir.Function:
        whole = self.function
        return ir.Function(
            whole.start, whole.end, whole.name, whole.line, whole.parameters,
            self._body(whole.body), whole.decorators, whole.generator, whole.returns,
        )  # fmt: skip

    def _is_needed(self, node: ir.Node) -> bool:
        return (node.start, node.end) in self.kept

    def _kept(self, expression: ir.Expr) -> ir.Expr:
        if self._is_needed(expression):
            return expression
        start, end = expression.start, expression.end
        return ir.Opaque(start, end, self._run(start, end))

    def _body(self, body: list[ir.Stmt]) -> list[ir.Stmt]:
        found: list[ir.Stmt] = []
        for node in body:
            found.extend(self._statement(node))
        return found

    def _statement(self, node: ir.Stmt) -> list[ir.Stmt]:
        found: list[ir.Stmt]
        match node:
            case ir.Branch():
                found = self._branch(node)
            case ir.Loop():
                found = self._loop(node)
            case ir.With():
                found = [self._with(node)]
            case ir.Try():
                found = [self._try(node)]
            case ir.Jump() | ir.Import() | ir.Global():
                found = [node]
            case ir.Define() | ir.DefineClass():
                found = []
            case _:
                found = self._plain(node)
        return found

    def _with(self, node: ir.With) -> ir.With:
        items = [
            (self._kept(manager), target if self._is_needed(manager) else None)
            for manager, target in node.items
        ]
        return ir.With(node.start, node.end, items, self._body(node.body))

    def _try(self, node: ir.Try) -> ir.Try:
        handlers = [replace(h, body=self._body(h.body)) for h in node.handlers]
        body, otherwise = self._body(node.body), self._body(node.otherwise)
        last = self._body(node.finally_body)
        if len(body) < len(node.body):
            # What was left out may be what fails.
            body.insert(0, ir.Evaluate(node.start, node.end, ir.Opaque(node.start, node.end, [])))
        return ir.Try(node.start, node.end, body, handlers, otherwise, last)

    def _plain(self, node: ir.Stmt) -> list[ir.Stmt]:
        start, end = node.start, node.end
        run = self._run(start, end)
        found: list[ir.Stmt] = []
        if run:
            found.append(ir.Evaluate(start, end, ir.Opaque(start, end, run)))
        if self._is_needed(node):
            found.append(node)
        elif isinstance(node, ir.Return):
            found.append(ir.Return(start, end, None))
        elif isinstance(node, ir.Raise):
            found.append(ir.Raise(start, end, []))
        return found

    def _branch(self, node: ir.Branch) -> list[ir.Stmt]:
        arms = [(self._kept(test), self._body(inner)) for test, inner in node.arms]
        otherwise = self._body(node.otherwise)
        if not otherwise and not any(inner or _says(test) for test, inner in arms):
            return []
        return [ir.Branch(node.start, node.end, arms, otherwise)]

    def _loop(self, node: ir.Loop) -> list[ir.Stmt]:
        body, otherwise = self._body(node.body), self._body(node.otherwise)
        iterable = None if node.iterable is None else self._kept(node.iterable)
        test = None if node.test is None else self._kept(node.test)
        heads = [e for e in (iterable, test) if e is not None]
        if not body and not otherwise and not any(map(_says, heads)):
            return []
        needed = node.iterable is not None and self._is_needed(node.iterable)
        target = node.target if needed else None
        return [ir.Loop(node.start, node.end, target, iterable, test, body, otherwise)]


def _says(expression: ir.Expr) -> bool:
    """Tell whether there is anything to run in an expression."""
    return not isinstance(expression, ir.Opaque) or bool(expression.operands)
