"""The part of a function that some of its expressions depend on.

A first look at a function runs only that part: most places where a sink may be named turn out to
be something else, and what else the function calls need not be followed to see that. Whatever is
left out could only make more of the paths impossible or of the values harmless; where that is
not certain there is no part, and the whole function has to be run.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from countermine.flow import ir
from countermine.flow.index import MODULE_BODY

_NAMES = re.compile(rb"(?<![.\w])([A-Za-z_]\w*)(?:[ \t]*\.[ \t]*([A-Za-z_]\w*))?")
_WORD = re.compile(rb"\w+")
_METHODS = re.compile(
    rb"(?<![.\w])([A-Za-z_]\w*)((?:[ \t]*(?:\.[ \t]*\w+|\[[^\[\]\n]*\]))+)[ \t]*\("
)
_FUNCTIONS_INSIDE = re.compile(rb"\blambda\b|\byield\b")
_EVERYTHING = b"*"
_TURNS = 24
"""Times the statements are gone through; what loops hand on backwards takes more than one."""


@dataclass(slots=True, eq=False)
class _Piece:
    """A statement without those inside it, or one expression of its head."""

    start: int
    end: int
    targets: frozenset[bytes]
    """Variables that it sets."""
    changed: frozenset[bytes]
    """Variables whose values it may change, by a method."""
    attributes: frozenset[bytes]
    """Attributes of the receiver that it may change."""
    calls_receiver: bool = False
    """It may change further attributes of the receiver, by a method."""
    needed: bool = False


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
    seeds: Sequence[Seed],
    is_stored: Callable[[str], bool] | None,
) -> ir.Function | None:
    """Return the part of a function that runs some expressions, and what they depend on.

    Args:
        function: A function in the intermediate form.
        text: The file that its offsets count in.
        seeds: Expressions within its statements, none within a function inside it.
        is_stored: For a method: tells whether other methods than the constructor set an
            attribute of the receiver.

    Returns:
        A function with some of the statements, or ``None`` if the whole one has to be looked at.
    """
    slicer = _Slicer(function, text, seeds, is_stored)
    return slicer.result() if slicer.mark() else None


class _Slicer:
    def __init__(
        self,
        function: ir.Function,
        text: bytes,
        seeds: Sequence[Seed],
        is_stored: Callable[[str], bool] | None,
    ) -> None:
        self.function = function
        self.text = text
        self.seeds = sorted(seeds, key=lambda seed: (seed.start, seed.end))
        self.starts = [seed.start for seed in self.seeds]
        self.is_stored = is_stored
        first = function.parameters[0].name.encode() if function.parameters else b""
        self.receiver = first if is_stored is not None else None
        self.pieces: dict[tuple[int, int], _Piece] = {}
        self.functions: set[bytes] = set()
        """Functions and classes defined inside: they see every variable."""
        self.needed: set[bytes] = set()
        self.variables = {p.name.encode() for p in function.parameters}
        """Names of the function's own; methods of modules change nothing that is followed."""
        self.attributes: set[bytes] = set()
        self.whole = False

    # what each statement does

    def mark(self) -> bool:
        """Mark what is needed; return whether less than the whole function will do."""
        self._collect(self.function.body)
        for seed in self.seeds:
            self._depend(self.text[seed.start : seed.end])
            if seed.run is None:
                piece = self.pieces.get((seed.start, seed.end))
                if piece is None:
                    return False
                piece.needed = True
        # What is needed was made further up: from the end few turns are enough.
        pieces = list(reversed(self.pieces.values()))
        changed = True
        turns = 0
        while changed and not self.whole:
            changed = False
            turns += 1
            if turns > _TURNS:
                return False
            for piece in pieces:
                if not piece.needed and self._matters(piece):
                    piece.needed = changed = True
                    self._depend(self.text[piece.start : piece.end])
        return not self.whole and self.functions.isdisjoint(self.needed)

    def _run(self, start: int, end: int) -> list[ir.Expr]:
        """Return what is to be run of the seeds between two offsets."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [seed.run for seed in self.seeds[first:last] if seed.run is not None]

    def _matters(self, piece: _Piece) -> bool:
        if not piece.targets.isdisjoint(self.needed):
            return True
        if self._run(piece.start, piece.end):
            # What it does to its own receiver comes after the look at it.
            return False
        changed = any(name in self.needed and name in self.variables for name in piece.changed)
        return changed or (bool(self.attributes) and self._changes_receiver(piece))

    def _changes_receiver(self, piece: _Piece) -> bool:
        """Tell whether attributes of the receiver that are needed may change."""
        everything = _EVERYTHING in self.attributes
        if piece.attributes and (everything or not piece.attributes.isdisjoint(self.attributes)):
            return True
        if not piece.calls_receiver or self.is_stored is None:
            return False
        return everything or any(self.is_stored(name.decode()) for name in sorted(self.attributes))

    def _depend(self, text: bytes) -> None:
        """Need what a piece of text names."""
        if _FUNCTIONS_INSIDE.search(text):
            self.whole = True
        for name, attribute in _NAMES.findall(text):
            if name == self.receiver:
                self.attributes.add(attribute or _EVERYTHING)
            else:
                self.needed.add(name)

    def _collect(self, body: list[ir.Stmt]) -> None:
        for node in body:
            for expression, target in _heads(node):
                self._head(expression, target)
            if self.function.name == MODULE_BODY and isinstance(node, (ir.Define, ir.DefineClass)):
                continue
            if isinstance(node, ir.Define):
                self.functions.add(node.function.name.encode())
            elif isinstance(node, ir.DefineClass):
                self.functions.add(node.name.encode())
            elif isinstance(node, ir.Match):
                self.whole = True
            elif not isinstance(node, _COMPOUND):
                self._simple(node)
            for inner in _bodies(node):
                self._collect(inner)

    def _head(self, expression: ir.Expr, target: ir.Expr | None = None) -> None:
        changed = _Changed(self.receiver)
        if target is not None:
            changed.target(target)
        self._put(expression.start, expression.end, changed)

    def _simple(self, node: ir.Stmt) -> None:
        changed = _Changed(self.receiver)
        if isinstance(node, (ir.Assign, ir.Delete)):
            for target in node.targets:
                changed.target(target)
        self._put(node.start, node.end, changed)

    def _put(self, start: int, end: int, changed: "_Changed") -> None:
        text = self.text[start:end]
        if b"(" in text:
            changed.calls(text)
        if b":=" in text:
            changed.names.update(_WORD.findall(text))
        known = self.pieces.get((start, end))
        piece = _Piece(
            start,
            end,
            frozenset(changed.names) | (known.targets if known else frozenset()),
            frozenset(changed.changed) | (known.changed if known else frozenset()),
            frozenset(changed.attributes) | (known.attributes if known else frozenset()),
            changed.calls_receiver or (known is not None and known.calls_receiver),
        )
        self.pieces[(start, end)] = piece
        self.variables.update(changed.names)

    # what is left of it

    def result(self) -> ir.Function:
        whole = self.function
        return ir.Function(
            whole.start, whole.end, whole.name, whole.line, whole.parameters,
            self._body(whole.body), whole.decorators, whole.generator, whole.returns,
        )  # fmt: skip

    def _is_needed(self, node: ir.Node) -> bool:
        piece = self.pieces.get((node.start, node.end))
        return piece is not None and piece.needed

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


_COMPOUND = (ir.Branch, ir.Loop, ir.With, ir.Try)


def _heads(node: ir.Stmt) -> list[tuple[ir.Expr, ir.Expr | None]]:
    """Return the expressions before the statements inside, each with what it is assigned to."""
    match node:
        case ir.Branch():
            return [(test, None) for test, _ in node.arms]
        case ir.Loop():
            head = node.iterable if node.iterable is not None else node.test
            return [] if head is None else [(head, node.target)]
        case ir.With():
            return list(node.items)
        case _:
            return []


def _bodies(node: ir.Stmt) -> list[list[ir.Stmt]]:
    """Return the statements inside a statement that are of the same function."""
    match node:
        case ir.Branch():
            return [*(inner for _, inner in node.arms), node.otherwise]
        case ir.Loop():
            return [node.body, node.otherwise]
        case ir.With():
            return [node.body]
        case ir.Try():
            handled = (handler.body for handler in node.handlers)
            return [node.body, *handled, node.otherwise, node.finally_body]
        case _:
            return []


def _says(expression: ir.Expr) -> bool:
    """Tell whether there is anything to run in an expression."""
    return not isinstance(expression, ir.Opaque) or bool(expression.operands)


class _Changed:
    """What a statement may change."""

    def __init__(self, receiver: bytes | None) -> None:
        self.receiver = receiver
        self.names: set[bytes] = set()
        self.changed: set[bytes] = set()
        self.attributes: set[bytes] = set()
        self.calls_receiver = False

    def target(self, target: ir.Expr) -> None:
        """Note what an assignment to a target changes."""
        if isinstance(target, ir.Sequence):
            for item in target.items:
                self.target(item)
        elif isinstance(target, ir.Spread):
            self.target(target.value)
        else:
            self._root(target)

    def _root(self, node: ir.Expr) -> None:
        """Note the variable, or the receiver's attribute, that an expression is a part of."""
        attribute = b""
        while isinstance(node, (ir.Attr, ir.Item, ir.Call)):
            if isinstance(node, ir.Attr):
                attribute = node.name.encode()
                node = node.target
            elif isinstance(node, ir.Item):
                node = node.target
            else:
                node = node.function
        if not isinstance(node, ir.Name):
            return
        name = node.name.encode()
        if name == self.receiver and attribute:
            self.attributes.add(attribute)
        else:
            self.names.add(name)

    def calls(self, text: bytes) -> None:
        """Note that a method may change what it is called on."""
        for name, chain in _METHODS.findall(text):
            if name != self.receiver:
                self.changed.add(name)
            elif b"." in chain.strip()[1:] or b"[" in chain:
                self.attributes.add(_WORD.search(chain)[0])  # type: ignore[index]
            else:
                self.calls_receiver = True
