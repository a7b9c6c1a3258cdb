"""The intermediate form: a small, language-neutral tree of expressions and statements.

Plain slotted classes, made once by a lowering and never changed afterwards. Every node knows
its byte range. Expressions have no effects but through ``Call``, ``Assigned`` and ``Yield``.
"""

from dataclasses import dataclass, field, fields
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Node:
    """Anything with a place."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class Const(Node):
    """A literal."""

    value: Scalar


@dataclass(slots=True, eq=False)
class Name(Node):
    """A variable."""

    name: str


@dataclass(slots=True, eq=False)
class Attr(Node):
    """``target.name``."""

    target: "Expr"
    name: str


@dataclass(slots=True, eq=False)
class Slice(Node):
    """``lower:upper:step`` as an index."""

    lower: "Expr | None"
    upper: "Expr | None"
    step: "Expr | None"


@dataclass(slots=True, eq=False)
class Item(Node):
    """``target[index]``; the index is ``None`` for a part that is not known."""

    target: "Expr"
    index: "Expr | None"


@dataclass(slots=True, eq=False)
class Argument(Node):
    """One argument of a call: ``stars`` is 1 for a sequence spread, 2 for a mapping spread."""

    value: "Expr"
    name: str | None = None
    stars: int = 0


@dataclass(slots=True, eq=False)
class Call(Node):
    """A call."""

    function: "Expr"
    arguments: list[Argument]


@dataclass(slots=True, eq=False)
class Binary(Node):
    """Operands joined by one operator from left to right."""

    operator: str
    operands: list["Expr"]


@dataclass(slots=True, eq=False)
class Sign(Node):
    """``-``, ``+`` or ``~`` before an operand."""

    operator: str
    operand: "Expr"


@dataclass(slots=True, eq=False)
class Not(Node):
    """Logical negation."""

    operand: "Expr"


@dataclass(slots=True, eq=False)
class Compare(Node):
    """A comparison of two operands."""

    operator: str
    left: "Expr"
    right: "Expr"


@dataclass(slots=True, eq=False)
class Logic(Node):
    """``and`` or ``or`` over operands."""

    conjunction: bool
    operands: list["Expr"]


@dataclass(slots=True, eq=False)
class Choice(Node):
    """A conditional expression."""

    test: "Expr"
    yes: "Expr"
    no: "Expr"


@dataclass(slots=True, eq=False)
class Format(Node):
    """A text put together from parts."""

    parts: list["Expr"]


@dataclass(slots=True, eq=False)
class Field(Node):
    """A part of a formatted text with a conversion (``r``, ``s``, ``a``) or a format."""

    value: "Expr"
    conversion: str
    spec: "Expr | None"


@dataclass(slots=True, eq=False)
class Spread(Node):
    """An element of a sequence that stands for many."""

    value: "Expr"


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list, tuple or set."""

    kind: str
    items: list["Expr"]


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """A dictionary; a key of ``None`` spreads its value."""

    pairs: list[tuple["Expr | None", "Expr"]]


@dataclass(slots=True, eq=False)
class Lambda(Node):
    """A function without a name."""

    function: "Function"


@dataclass(slots=True, eq=False)
class Clause(Node):
    """One ``for`` of a comprehension with its conditions."""

    target: "Expr"
    iterable: "Expr"
    conditions: list["Expr"]


@dataclass(slots=True, eq=False)
class Comprehension(Node):
    """A collection built by loops; ``key`` only for dictionaries."""

    kind: str
    key: "Expr | None"
    element: "Expr"
    clauses: list[Clause]


@dataclass(slots=True, eq=False)
class Yield(Node):
    """A value handed out by a generator; ``spread`` for ``yield from``."""

    value: "Expr | None"
    spread: bool


@dataclass(slots=True, eq=False)
class Assigned(Node):
    """An assignment that is an expression."""

    target: "Expr"
    value: "Expr"


@dataclass(slots=True, eq=False)
class Opaque(Node):
    """Something whose value is not modelled; the operands are still evaluated."""

    operands: list["Expr"]


@dataclass(slots=True, eq=False)
class Lookup(Node):
    """``target.name`` of a template: an item, an attribute, or what calling it gives."""

    target: "Expr"
    name: str


@dataclass(slots=True, eq=False)
class Look(Node):
    """A call of which only what is called is evaluated; no lowering makes one."""

    call: Call
    hit: bool | None = None
    """It may be a sink; ``None`` while it was not looked at."""


Expr: TypeAlias = (
    Const | Name | Attr | Item | Slice | Call | Binary | Sign | Not | Compare | Logic | Choice
    | Format | Field | Spread | Sequence | Mapping | Lambda | Comprehension | Yield | Assigned
    | Opaque | Lookup | Look
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Assign(Node):
    """An assignment to each of the targets."""

    targets: list[Expr]
    value: Expr
    annotation: Expr | None = None


@dataclass(slots=True, eq=False)
class Evaluate(Node):
    """An expression for its effects."""

    value: Expr


@dataclass(slots=True, eq=False)
class Branch(Node):
    """Conditions tried in order, each with its body; the last body without one may be empty."""

    arms: list[tuple[Expr, list["Stmt"]]]
    otherwise: list["Stmt"]


@dataclass(slots=True, eq=False)
class Loop(Node):
    """A loop over an iterable, or while a test holds."""

    target: Expr | None
    iterable: Expr | None
    test: Expr | None
    body: list["Stmt"]
    otherwise: list["Stmt"]


@dataclass(slots=True, eq=False)
class Anything(Node):
    """Fits every value; a ``name`` is bound to it."""

    name: str | None


@dataclass(slots=True, eq=False)
class Literal(Node):
    """Fits what is equal to a value."""

    value: Expr


@dataclass(slots=True, eq=False)
class AnyOf(Node):
    """Fits what one of the options fits."""

    options: list["Pattern"]


@dataclass(slots=True, eq=False)
class Kept(Node):
    """``inner as name``."""

    inner: "Pattern"
    name: str


@dataclass(slots=True, eq=False)
class InOrder(Node):
    """Fits a sequence; ``rest`` is the place of the pattern for any further elements."""

    items: list["Pattern"]
    rest: int | None


@dataclass(slots=True, eq=False)
class WithKeys(Node):
    """Fits a mapping that has these keys; ``rest`` is bound to it."""

    pairs: list[tuple[Expr, "Pattern"]]
    rest: str | None


@dataclass(slots=True, eq=False)
class OfClass(Node):
    """Fits an instance with such attributes."""

    of: Expr
    positional: list["Pattern"]
    named: list[tuple[str, "Pattern"]]


Pattern: TypeAlias = Anything | Literal | AnyOf | Kept | InOrder | WithKeys | OfClass


@dataclass(slots=True, eq=False)
class Case(Node):
    """One arm of a ``match``."""

    pattern: Pattern
    guard: Expr | None


@dataclass(slots=True, eq=False)
class Match(Node):
    """Patterns tried in order, each with its body."""

    subject: Expr
    arms: list[tuple[Case, list["Stmt"]]]


@dataclass(slots=True, eq=False)
class Return(Node):
    """End of the function."""

    value: Expr | None


@dataclass(slots=True, eq=False)
class Raise(Node):
    """An exception."""

    operands: list[Expr]


@dataclass(slots=True, eq=False)
class Jump(Node):
    """``break`` or ``continue``."""

    leaves: bool


@dataclass(slots=True, eq=False)
class With(Node):
    """Context managers, each with the target it binds, around a body."""

    items: list[tuple[Expr, Expr | None]]
    body: list["Stmt"]


@dataclass(slots=True, eq=False)
class Handler(Node):
    """An exception handler; ``classes`` is ``None`` where it takes every exception."""

    classes: Expr | None
    name: str | None
    body: list["Stmt"]


@dataclass(slots=True, eq=False)
class Try(Node):
    """A body whose exceptions are handled."""

    body: list["Stmt"]
    handlers: list[Handler]
    otherwise: list["Stmt"]
    finally_body: list["Stmt"]


@dataclass(slots=True, eq=False)
class Define(Node):
    """A function defined inside a body."""

    function: "Function"


@dataclass(slots=True, eq=False)
class DefineClass(Node):
    """A class defined inside a body; its methods are analysed with the body."""

    name: str
    bases: list[Expr]
    body: list["Stmt"]


@dataclass(slots=True, eq=False)
class Imported:
    """A name bound by an import: ``attribute`` is ``None`` for a module, ``*`` for all of it."""

    name: str
    module: str
    attribute: str | None
    level: int


@dataclass(slots=True, eq=False)
class Import(Node):
    """An import inside a body."""

    names: list[Imported]


@dataclass(slots=True, eq=False)
class Delete(Node):
    """Removal of variables."""

    targets: list[Expr]


@dataclass(slots=True, eq=False)
class Assert(Node):
    """A condition that must hold to go on."""

    test: Expr


@dataclass(slots=True, eq=False)
class Global(Node):
    """Names that belong to an outer scope: the ``nearest`` function around, or the module."""

    names: list[str]
    nearest: bool


@dataclass(slots=True, eq=False)
class Output(Node):
    """A value that a template puts into a page, where it is dangerous for these kinds."""

    value: Expr
    shown: str
    """As it is written."""
    kinds: tuple[str, ...]
    note: str
    likely: bool


Stmt: TypeAlias = (
    Assign | Evaluate | Branch | Loop | Match | Return | Raise | Jump | With | Try | Define
    | DefineClass | Import | Delete | Assert | Global | Output
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Parameter(Node):
    """A parameter; ``stars`` is 1 for the rest of the positions, 2 for the rest of the names."""

    name: str
    default: Expr | None = None
    annotation: Expr | None = None
    stars: int = 0


@dataclass(slots=True, eq=False)
class Function(Node):
    """A function in the intermediate form."""

    name: str
    line: int
    parameters: list[Parameter]
    body: list[Stmt]
    decorators: list[Expr] = field(default_factory=list)
    generator: bool = False
    returns: Expr | None = None


_PARTS: dict[type[Node], tuple[str, ...]] = {}
_PLAIN = (int, str, bool, str | None, Scalar)
"""Types of fields that hold no nodes."""


def part_names(kind: type[Node]) -> tuple[str, ...]:
    """Return the names of what nodes of a class are made of, place and plain values left out."""
    found = _PARTS.get(kind)
    if found is None:
        found = tuple(one.name for one in fields(kind) if one.type not in _PLAIN)
        _PARTS[kind] = found
    return found
