"""One activation of a function under analysis, and what it leaves behind."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from countermine.catalogue.schema import Catalogue, Escapes, Handler, Sink
from countermine.core.findings import StepKind
from countermine.flow import ir
from countermine.flow.bounds import Bounds
from countermine.flow.index import MODULE_BODY, ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.origins import Step
from countermine.flow.state import State
from countermine.flow.values import (
    NO_FACTS,
    UNKNOWN,
    Callee,
    Closure,
    Facts,
    Scope,
    Taint,
    Value,
)

if TYPE_CHECKING:
    from countermine.flow.declarations import Declarations
    from countermine.flow.hierarchy import Hierarchy
    from countermine.flow.request_context import RequestContext


@dataclass(slots=True, eq=False)
class Site:
    """A call or store that is a sink."""

    path: str
    start: int
    end: int
    name: str
    """Resolved name of what is called."""
    qualname: str
    """Of the function around it."""
    counts: bool
    """It stands in a file whose sinks count."""
    told: str = ""
    """What it is called in a sentence, where that is not its name."""


@dataclass(slots=True, eq=False)
class Flow:
    """That taint reaches a sink: within a function, or from one of its parameters onwards."""

    site: Site
    sink: Sink
    taint: Taint | None
    """``None`` for a call that is dangerous by itself."""
    pending: str
    """Where in the value at the origin taint is dangerous: a ``Part``, or ``elements``."""
    start: int
    end: int
    """The argument."""


@dataclass(slots=True, eq=False)
class CallSite:
    """A call of one of the target's own functions, with its arguments by parameter."""

    caller: str
    callee: str
    arguments: list[Value]
    facts: Facts
    path: str
    start: int
    end: int
    qualname: str


@dataclass(slots=True, eq=False)
class Summary:
    """What a function does, in terms of its parameters."""

    key: str
    result: Value = UNKNOWN
    returns: bool = True
    """False when it never comes back."""
    facts: Facts = NO_FACTS
    """What holds of the parameters when it comes back."""
    stores: dict[str, Value] = field(default_factory=dict)
    """Attributes of the receiver that it sets."""
    changes: dict[int, Value] = field(default_factory=dict)
    """What it makes of the parameters that it changes."""
    outer: dict[str, Value] = field(default_factory=dict)
    """What it makes of variables of the functions around it."""
    shared: dict[str, Value] = field(default_factory=dict)
    """What it makes of names of its module."""


@dataclass(slots=True, eq=False)
class Analysed:
    """A function that was interpreted: its summary, flows and calls."""

    key: str
    info: FunctionInfo
    function: ir.Function
    qualname: str
    parameters: list[Value]
    generic: bool
    """Nothing was assumed of the arguments."""
    summary: Summary
    own: ClassInfo | None = None
    """The class of the receiver."""
    flows: list[Flow] = field(default_factory=list)
    calls: list[CallSite] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Arguments:
    """Evaluated arguments of a call."""

    positional: list[Value]
    keywords: dict[str, Value]
    rest: Value | None = None
    """Elements of a spread sequence of unknown length."""
    mapping: Value | None = None
    """Values of a spread mapping of unknown keys."""
    places: list[tuple[int, int]] = field(default_factory=list)
    named_places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def everything(self) -> list[Value]:
        """Return every value that is passed."""
        found = [*self.positional, *self.keywords.values()]
        if self.rest is not None:
            found.append(self.rest)
        if self.mapping is not None:
            found.append(self.mapping)
        return found

    def at(self, position: int | None, keyword: str | None) -> Value | None:
        """Return the argument for a parameter, ``None`` if there is none."""
        if keyword is not None and keyword in self.keywords:
            return self.keywords[keyword]
        if position is not None:
            if position < len(self.positional):
                return self.positional[position]
            if self.rest is not None:
                return self.rest
        return self.mapping if keyword is not None else None

    def place(self, position: int | None, keyword: str | None) -> tuple[int, int] | None:
        """Return where the argument for a parameter stands."""
        if keyword is not None and keyword in self.named_places:
            return self.named_places[keyword]
        if position is not None and position < len(self.places):
            return self.places[position]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A template that a call renders."""

    syntax: str
    near: ModuleInfo
    """The module that renders it."""
    place: tuple[int, int]
    """The call."""
    qualname: str
    """Of the function around it."""
    escapes: Escapes
    file: str | None = None
    text: str | None = None
    """Its source, where it has no file."""
    globals: tuple[tuple[str, str], ...] = ()
    """Names that it sees besides, with the dotted names of what they are."""


class TemplateSource(Protocol):
    """Where templates come from."""

    def find(self, wanted: Wanted) -> FunctionInfo | None:
        """Return a template as a function of what it shows; ``None`` if there is none."""
        ...

    def mentions(self, wanted: Wanted, word: bytes) -> bool:
        """Tell whether a word stands in the text of a template itself."""
        ...


@dataclass(slots=True, eq=False)
class Fault:
    """An exception on its way to a handler."""

    state: State
    of: Value
    """Its class."""
    value: Value


class SignalTable(Protocol):
    """Which functions receive what signals send."""

    def connect(self, signal: Value, name: str, function: FunctionInfo) -> None:
        """Remember that a function is called with what a signal sends."""
        ...

    def send(self, frame: "Frame", node: ir.Call, signal: Value, arguments: Arguments) -> None:
        """Remember what a signal sends."""
        ...


class Engine(Protocol):
    """What the interpreter asks of what stands above it."""

    @property
    def catalogue(self) -> Catalogue:
        """What library calls are."""
        ...

    @property
    def bounds(self) -> Bounds:
        """How far to go."""
        ...

    @property
    def hierarchy(self) -> "Hierarchy":
        """Classes and their bases."""
        ...

    @property
    def declarations(self) -> "Declarations":
        """What annotations and classes say."""
        ...

    @property
    def request_context(self) -> "RequestContext":
        """What functions put into the context of a request."""
        ...

    @property
    def signals(self) -> "SignalTable":
        """Which functions receive what signals send."""
        ...

    def global_value(self, module: ModuleInfo, name: str) -> Value | None:
        """Return what a name is at the top level of a module; ``None`` if it is not bound."""
        ...

    def imported(self, module: ModuleInfo, name: ir.Imported) -> Value:
        """Return what an import binds."""
        ...

    def is_known(self, imported: Value) -> bool:
        """Tell whether an import gives something that the catalogue speaks of."""
        ...

    def submodule(self, module: ModuleInfo, name: str) -> Value | None:
        """Return a module below a package."""
        ...

    def class_value(self, owner: ClassInfo, name: str) -> Value | None:
        """Return a value assigned in the body of a class."""
        ...

    def local_class(self, frame: "Frame", node: ir.DefineClass) -> ClassInfo | None:
        """Return the class that a function defines; the same one each time."""
        ...

    def instance_value(self, owner: ClassInfo, name: str) -> Value | None:
        """Return what methods store in an attribute; its taint is not included."""
        ...

    def summarise(
        self, callee: FunctionInfo | Closure, arguments: list[Value], own: ClassInfo | None
    ) -> Summary:
        """Return what a call with these arguments does."""
        ...

    def enter(self, callee: FunctionInfo | Closure, handler: Handler) -> None:
        """Remember that a framework calls a function."""
        ...

    def lowered(self, callee: FunctionInfo | Closure) -> ir.Function:
        """Return a function's form."""
        ...

    def wrapper(self, function: FunctionInfo) -> Value | None:
        """Return what decorators of the target's own put in the place of a function."""
        ...

    def free_names(self, function: ir.Function) -> tuple[str, ...]:
        """Return the names that a function and those inside it read."""
        ...

    def static_value(self, module: ModuleInfo, expression: ir.Expr) -> Value:
        """Return what an expression is at the top level of a module."""
        ...

    @property
    def templates(self) -> TemplateSource | None:
        """Where templates come from; ``None`` where there are none."""
        ...

    def unknown(self, path: str, reason: str) -> None:
        """Record that a bound was hit."""
        ...


class Frame:
    """One activation: the function, its state, and what was seen so far."""

    __slots__ = (
        "calls", "classes", "defined", "either", "ends", "engine", "exhausted", "faults", "flows",
        "function", "given", "goal", "info", "jumps", "key", "lefts", "limit", "module", "outer",
        "owner", "page", "qualname", "returns", "scopes", "shared", "state", "steps", "stores",
        "turns_left", "yields",
    )  # fmt: skip

    def __init__(
        self, engine: Engine, info: FunctionInfo, function: ir.Function, key: str, qualname: str
    ) -> None:
        """Begin an activation with an empty state."""
        self.engine = engine
        self.info = info
        self.function = function
        self.key = key
        self.qualname = qualname
        self.module: ModuleInfo = info.module
        self.owner: ClassInfo | None = info.owner
        self.goal = ""
        """Name that the value at hand is assigned to."""
        self.page: str | None = None
        """Sink kind of the text it returns, where a framework sends that on."""
        self.scopes: tuple[Scope, ...] = ()
        """Variables of the functions around it, the nearest first."""
        self.state = State()
        # Those taken, and those that may be.
        self.steps, self.limit = 0, engine.bounds.function_steps
        self.turns_left = engine.bounds.turn_steps
        """Steps that are left for following loops turn by turn."""
        self.exhausted = False
        self.flows: list[Flow] = []
        self.calls: list[CallSite] = []
        self.returns: list[tuple[Value, Facts]] = []
        self.given: list[Value] = []
        """What the parameters are at first."""
        self.ends: list[list[Value]] = []
        """What they are where the function ends."""
        # What each yield hands out, by its place; negative where it is not known how many.
        self.yields: dict[int, tuple[Value, ...]] = {}
        self.stores: dict[str, Value] = {}
        self.jumps: list[tuple[list[State], list[State]]] = []
        """States at the jumps out of, and back to the top of, each loop that is open."""
        self.outer: set[str] = set()
        """Variables of functions around that it sets."""
        self.shared: set[str] = set()
        """Names of the module that it sets."""
        self.lefts: list[tuple[dict[str, Value], Facts]] = []
        """Variables and facts where the function ends."""
        # Exceptions raised so far in each body that is being tried.
        self.faults: list[list[Fault]] = []
        # Things that may be others; functions defined inside, until they are called; and classes,
        # by where they stand.
        self.either: list[tuple[Value, Value]] = []
        self.defined: dict[str, Closure] = {}
        self.classes: dict[int, ClassInfo] = {}

    @property
    def variables(self) -> dict[str, Value]:
        """The variables at the moment, as functions defined inside see them."""
        return self.state.variables

    @property
    def is_top(self) -> bool:
        """It is the body of a module."""
        return self.info.name == MODULE_BODY and not self.scopes

    def step(self, before: Step | None, kind: StepKind, node: ir.Node, note: str) -> Step:
        """Return a step of a trace at a node of this function."""
        return Step(before, kind, self.module.path, node.start, node.end, self.qualname, note)

    def is_spent(self) -> bool:
        """Tell whether no step is left; say so the first time."""
        if self.steps > self.limit and not self.exhausted:
            self.exhausted = True
            self.engine.unknown(
                self.module.path,
                f"{self.qualname} takes more than {self.limit} steps",
            )
        return self.exhausted


def target_name(target: Callee) -> str:
    """Return the dotted name of one of the target's own things."""
    if isinstance(target, ModuleInfo):
        return target.name
    if isinstance(target, Closure):
        return f"{target.info.module.name}.{target.qualname}"
    return f"{target.module.name}.{target.qualname}"
