"""Where a flow comes in: a source, what a framework hands over, or a public parameter."""

from dataclasses import dataclass, replace

from countermine.catalogue.schema import Handler
from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import StepKind, TraceStep
from countermine.core.levels import SourceLevel
from countermine.core.spans import Span, TreePath
from countermine.find.documents import of_document
from countermine.find.environments import of_environment
from countermine.find.routing import ANYTHING, Taken, named_routes, rules, taken
from countermine.flow import ir
from countermine.flow.callers import Search
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Analysed
from countermine.flow.handlers import ANY_TYPE, is_called
from countermine.flow.index import FunctionInfo
from countermine.flow.reached import Reached
from countermine.flow.values import EVERY_KIND, Closure
from countermine.flow.variants import function_key
from countermine.flow.walk import Walk
from countermine.flow.wrapped import Wrapped

_VIEW_METHODS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "dispatch", "__call__"}
)
_SHELLS = frozenset(
    {"cmd.Cmd", "cmd2.Cmd", "bdb.Bdb", "pdb.Pdb", "code.InteractiveConsole"}
)  # fmt: skip
_LOCAL_CHANNELS = frozenset({Channel.ARGV, Channel.ENV, Channel.STDIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Where a flow begins."""

    level: SourceLevel
    note: str
    entry: EntryPoint
    first: TraceStep | None
    held: Taken = ANYTHING
    """What the address of a request takes as the value."""


class Entrances:
    """Finds the entry point of a flow; remembers what it found."""

    def __init__(self, engine: FlowEngine) -> None:
        """Ask this engine about functions."""
        self._engine = engine
        self._entered: dict[tuple[object, ...], Entered | None] = {}
        self._called: frozenset[str] = frozenset()
        self._search: Search | None = None
        self._wrapped: Wrapped | None = None

    def learn(self, walk: Walk) -> None:
        """Learn from a walk which functions the target calls, and how to look for names."""
        self._called = walk.called()
        self._search = walk.search
        self._wrapped = walk.wrapped

    def enter(self, reached: Reached) -> Entered | None:
        """Return where a flow comes in; ``None`` if nobody from outside gets there."""
        origin = reached.taint.origin
        key = (origin.key, origin.function_key)
        if key not in self._entered:
            self._entered[key] = (
                self._source(reached) if origin.owner is None else self._given(reached)
            )
        return self._entered[key]

    def _source(self, reached: Reached) -> Entered | None:
        origin = reached.taint.origin
        module = self._engine.project.module(TreePath(origin.path))
        if module is None or not module.counts or origin.level is None or origin.channel is None:
            return None
        analysed = self._engine.analysed.get(origin.function_key)
        kind = EntryKind.SCRIPT if origin.channel in _LOCAL_CHANNELS else EntryKind.FUNCTION
        line, qualname = 0, origin.function
        if analysed is not None:
            line, qualname = analysed.function.line, analysed.qualname
            kind = self._kind(analysed, kind)
        channel, name = of_document(origin, origin.channel)
        entry = EntryPoint(
            kind=kind,
            path=TreePath(origin.path),
            qualname=qualname,
            channel=channel,
            key=name,
            start_line=line,
        )
        return Entered(level=origin.level, note=origin.note, entry=entry, first=None)

    def _kind(self, analysed: Analysed, default: EntryKind) -> EntryKind:
        handler = self._handler(analysed)
        if handler is not None:
            return handler.kind
        if default is EntryKind.FUNCTION and analysed.info.owner is not None:
            return EntryKind.METHOD
        return default

    def _callee(self, analysed: Analysed) -> FunctionInfo | Closure:
        closure = self._engine.closures.get(analysed.key)
        return analysed.info if closure is None else closure

    def _handler(self, analysed: Analysed) -> Handler | None:
        if analysed.info.name.startswith("<"):
            return None
        return self._engine.handler(self._callee(analysed))

    def _given(self, reached: Reached) -> Entered | None:
        origin = reached.taint.origin
        analysed = self._engine.analysed.get(origin.owner or "")
        behind = analysed is not None and self._stands_behind(analysed, origin.index)
        return None if behind else self._parameter(reached)

    def _parameter(self, reached: Reached) -> Entered | None:
        origin = reached.taint.origin
        analysed = self._engine.analysed.get(origin.owner or "")
        if analysed is None or not analysed.generic or not analysed.info.module.counts:
            return None
        callee = self._callee(analysed)
        receiver = isinstance(callee, FunctionInfo) and callee.owner is not None
        if (receiver and origin.index == 0) or origin.index >= len(analysed.function.parameters):
            return None
        parameter = analysed.function.parameters[origin.index]
        handler = self._handler(analysed)
        named = 0 if handler is None else len(handler.parameters)
        if named and origin.index - receiver >= named:
            helper = handler is not None and self._is_helper(analysed, handler)
            handler = None if helper else handler
        if handler is not None:
            if handler.kind is EntryKind.FLASK_VIEW and _below(origin.trail):
                return None  # What an address holds is a text or a number.
            entered = self._routed(analysed, handler, parameter, origin.index - receiver)
            held = of_environment(parameter.name, origin.trail)
            return entered if entered is None or held is None else replace(entered, held=held)
        if isinstance(callee, Closure) or not is_public(analysed.info):
            return None
        kind = EntryKind.METHOD if analysed.info.owner is not None else EntryKind.FUNCTION
        entry = _entry(analysed, kind, Channel.PARAMETER, parameter.name)
        note = f"the parameter {parameter.name} of {analysed.qualname}"
        level = SourceLevel.LOCAL if self._is_typed(analysed) else SourceLevel.API
        first = _first(analysed, parameter, note)
        return Entered(level=level, note=note, entry=entry, first=first)

    def _is_typed(self, analysed: Analysed) -> bool:
        """Tell whether a method belongs to a shell, which does what its user types."""
        owner = analysed.info.owner
        return owner is not None and not _SHELLS.isdisjoint(self._engine.hierarchy.names(owner))

    def _stands_behind(self, analysed: Analysed, place: int) -> bool:
        """Tell whether a parameter is only given what decorators let through."""
        direct = analysed.key == function_key(analysed.info)
        return direct and self._wrapped is not None and self._wrapped.hands_on(analysed.info, place)

    def _is_request(self, analysed: Analysed, parameter: ir.Parameter) -> bool:
        """Tell whether a parameter is the request: then what is read from it comes from outside."""
        if parameter.annotation is None:
            return False
        of = self._engine.static_value(analysed.info.module, parameter.annotation).ref
        bringing = self._engine.catalogue.bringing
        return of is not None and not bringing.isdisjoint(self._engine.hierarchy.names(of))

    def _is_helper(self, analysed: Analysed, handler: Handler) -> bool:
        """Tell whether a function that is told by a parameter's name alone is no view."""
        info = analysed.info
        view = info.name in _VIEW_METHODS or is_called(handler, info.name)
        method = info.owner is not None and not view
        return method or bool(info.decorators) or analysed.key in self._called

    def _routed(
        self, analysed: Analysed, handler: Handler, parameter: ir.Parameter, index: int
    ) -> Entered | None:
        if index < len(handler.request) and handler.request[index] != ANY_TYPE:
            return None
        if handler.carries and index not in handler.carries:
            return None
        if self._is_request(analysed, parameter):
            return None
        routes = _routes(analysed)
        named = handler.kind is EntryKind.ASGI_ROUTE and not routes
        if (handler.kind is EntryKind.DJANGO_VIEW or named) and self._search is not None:
            owner = analysed.info.owner
            view = analysed.info.name if owner is None else owner.name
            routes += named_routes(self._engine, self._search, view)
        if handler.kind is EntryKind.FLASK_VIEW and not routes and self._search is not None:
            known = rules(self._engine, self._search, analysed.info.name)
            if known and all(parameter.name in rule.given for rule in known):
                return None  # The program itself says what it is.
            routes = [rule.address for rule in known]
        django = handler.kind is EntryKind.DJANGO_VIEW
        held = taken(routes, parameter.name, complete=django)
        if EVERY_KIND in held.harmless:
            return None
        channel = handler.channel
        if handler.kind is EntryKind.ASGI_ROUTE and f"{{{parameter.name}" not in " ".join(routes):
            channel = Channel.QUERY
        entry = _entry(analysed, handler.kind, channel, parameter.name)
        note = f"the routed parameter {parameter.name} of {analysed.qualname}"
        return Entered(
            level=handler.level,
            note=note,
            entry=entry,
            first=_first(analysed, parameter, note),
            held=held,
        )


def _below(trail: tuple[str, ...]) -> bool:
    """Tell whether something with a name is taken out of a value."""
    return (
        bool(trail)
        and trail[0][0] == "["
        and not trail[0][1:-1].lstrip("-").isdigit()
        and (trail[0] != "[]")
    )


def _routes(analysed: Analysed) -> list[str]:
    decorators = analysed.info.decorators or tuple(analysed.function.decorators)
    return [
        a.value.value
        for d in decorators
        if isinstance(d, ir.Call)
        for a in d.arguments
        if isinstance(a.value, ir.Const) and isinstance(a.value.value, str)
    ]


def _entry(analysed: Analysed, kind: EntryKind, channel: Channel, key: str) -> EntryPoint:
    return EntryPoint(
        kind=kind,
        path=analysed.info.module.path,
        qualname=analysed.qualname,
        channel=channel,
        key=key,
        start_line=analysed.function.line,
    )


def _first(analysed: Analysed, parameter: ir.Parameter, note: str) -> TraceStep:
    return TraceStep(
        kind=StepKind.SOURCE,
        span=span(analysed.info.module.path, parameter.start, parameter.end),
        function=analysed.qualname,
        note=note,
    )


def is_public(function: FunctionInfo) -> bool:
    """Tell whether a function belongs to the interface of its library, by its dotted name."""
    inside = function.owner is not None and function.owner.around is not None
    if function.name.startswith("<") or inside:
        return False
    parts = [*function.module.name.split("."), *function.qualname.split(".")]
    if "migrations" in function.module.path.split("/"):
        return False
    return not any(p.startswith("_") and not _is_special(p) for p in parts)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name != "__main__"


def span(path: str, start: int, end: int) -> Span:
    """Return the span of what stands from ``start`` to ``end`` in a file."""
    return Span(path=TreePath(path), start_byte=start, end_byte=max(start, end))
