"""What each piece of a function does to its variables, and to the attributes of its receiver."""

import re
from dataclasses import dataclass, field

from countermine.flow import ir
from countermine.flow.index import MODULE_BODY

_WORD = re.compile(rb"\w+")
_METHODS = re.compile(
    rb"(?<![.\w])([A-Za-z_]\w*)((?:[ \t]*(?:\.[ \t]*\w+|\[[^\[\]\n]*\]))+)[ \t]*\("
)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
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


@dataclass(slots=True, eq=False)
class Pieces:
    """Those of one function."""

    receiver: bytes | None
    """The name of the first parameter, for a method."""
    by_place: dict[tuple[int, int], Piece] = field(default_factory=dict)
    functions: set[bytes] = field(default_factory=set)
    """Functions and classes defined inside: they see every variable."""
    variables: set[bytes] = field(default_factory=set)
    """Names of the function's own; methods of modules change nothing that is followed."""
    matches: bool = False
    """It holds a statement whose parts cannot be told apart."""


def pieces_of(function: ir.Function, text: bytes, *, method: bool) -> Pieces:
    """Return what each piece of a function does; ``text`` is its file."""
    first = function.parameters[0].name.encode() if function.parameters else b""
    found = Pieces(first if method else None)
    found.variables.update(p.name.encode() for p in function.parameters)
    _Collector(text, found, function.name == MODULE_BODY).collect(function.body)
    return found


class _Collector:
    def __init__(self, text: bytes, found: Pieces, top: bool) -> None:  # noqa: FBT001 - private
        self.text = text
        self.found = found
        self.top = top

    def collect(self, body: list[ir.Stmt]) -> None:
        for node in body:
            for expression, target in heads(node):
                self._head(expression, target)
            if self.top and isinstance(node, (ir.Define, ir.DefineClass)):
                continue
            if isinstance(node, ir.Define):
                self.found.functions.add(node.function.name.encode())
            elif isinstance(node, ir.DefineClass):
                self.found.functions.add(node.name.encode())
            elif isinstance(node, ir.Match):
                self.found.matches = True
            elif not isinstance(node, COMPOUND):
                self._simple(node)
            for inner in bodies(node):
                self.collect(inner)

    def _head(self, expression: ir.Expr, target: ir.Expr | None = None) -> None:
        changed = _Changed(self.found.receiver)
        if target is not None:
            changed.target(target)
        self._put(expression.start, expression.end, changed)

    def _simple(self, node: ir.Stmt) -> None:
        changed = _Changed(self.found.receiver)
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
        known = self.found.by_place.get((start, end))
        self.found.by_place[(start, end)] = Piece(
            start,
            end,
            frozenset(changed.names) | (known.targets if known else frozenset()),
            frozenset(changed.changed) | (known.changed if known else frozenset()),
            frozenset(changed.attributes) | (known.attributes if known else frozenset()),
            changed.calls_receiver or (known is not None and known.calls_receiver),
        )
        self.found.variables.update(changed.names)


COMPOUND = (ir.Branch, ir.Loop, ir.With, ir.Try)


def heads(node: ir.Stmt) -> list[tuple[ir.Expr, ir.Expr | None]]:
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


def bodies(node: ir.Stmt) -> list[list[ir.Stmt]]:
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
