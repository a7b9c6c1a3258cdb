"""Who calls a decorated function from outside calls what its decorators put in its place."""

from countermine.flow import bind, ir
from countermine.flow.decorators import names_read
from countermine.flow.dispatch import invoke
from countermine.flow.engine import FlowEngine
from countermine.flow.frame import Analysed, Arguments, CallSite, Frame, Summary
from countermine.flow.index import FunctionInfo
from countermine.flow.values import Closure, Value, all_taints
from countermine.flow.variants import function_key, is_static, receiver_value

_DEPTH = 4
"""Decorators between the outermost and the function itself."""


class Wrapped:
    """The ways into functions that decorators of the target's own stand before."""

    def __init__(self, engine: FlowEngine) -> None:
        """Look with this engine, which remembers what it runs."""
        self._engine = engine
        self._handed: dict[FunctionInfo, frozenset[int]] = {}

    def way_into(self, function: FunctionInfo) -> Analysed | None:
        """Return a call from outside as if it were a function with the same parameters.

        ``None`` where nothing of the target's own stands before the function, and after the
        first time.
        """
        if not function.decorators or function in self._handed:
            return None
        self._handed[function] = frozenset()
        wrapper = self._engine.wrapper(function)
        if wrapper is None:
            return None
        found = self._call(function, named=_reads_names(wrapper))
        calls = self._calls_of(function_key(function), found)
        self._handed[function] = frozenset(
            n for call in calls for n, value in enumerate(call.arguments) if all_taints(value)
        )
        return found

    def hands_on(self, function: FunctionInfo, place: int) -> bool:
        """Tell whether what comes in as a parameter comes through the decorators only."""
        return place in self._handed.get(function, ())

    def _call(self, function: FunctionInfo, *, named: bool) -> Analysed:
        engine = self._engine
        form = engine.lowered(function)
        key = f"{function_key(function)}^"
        parameters = [
            Value((bind.parameter_taint(key, place),)) for place in range(len(form.parameters))
        ]
        method = function.owner is not None and bool(parameters) and not is_static(function)
        receiver = None
        if method and function.owner is not None:
            receiver = parameters[0] = receiver_value(function, function.owner, parameters[0])
        frame = Frame(engine, function, form, key, function.qualname)
        handler = engine.handler(function)
        # A framework hands the request over by its place, and parts of the address by name.
        first = method + (0 if handler is None else len(handler.request))
        if handler is None and not named:
            first = len(parameters)
        given = Arguments([], {})
        for place, parameter in enumerate(form.parameters):
            if place == 0 and method:
                continue
            if parameter.stars:
                continue
            if place < first:
                given.positional.append(parameters[place])
            else:
                given.keywords[parameter.name] = parameters[place]
        node = ir.Call(form.start, form.start, ir.Name(form.start, form.start, form.name), [])
        with engine.within(key):
            invoke(frame, node, Value(target=function, receiver=receiver), given)
        found = Analysed(
            key, function, form, function.qualname, parameters,
            generic=True, summary=Summary(key), calls=frame.calls,
        )  # fmt: skip
        engine.analysed[key] = found
        return found

    def _calls_of(self, key: str, outermost: Analysed) -> list[CallSite]:
        """Return the calls of a function by what stands before it."""
        found: list[CallSite] = []
        waiting: list[tuple[CallSite, int]] = [(call, _DEPTH) for call in outermost.calls]
        seen: set[str] = set()
        while waiting:
            call, depth = waiting.pop()
            if call.callee.partition("(")[0].partition("<")[0] == key:
                found.append(call)
            elif depth and call.callee not in seen:
                seen.add(call.callee)
                inner = self._engine.analysed.get(call.callee)
                waiting += [(c, depth - 1) for c in inner.calls] if inner is not None else []
        return found


def _reads_names(wrapper: Value) -> bool:
    """Tell whether what stands before a function looks for its arguments by their names alone."""
    if not isinstance(wrapper.target, Closure):
        return False
    parameters = wrapper.target.function.parameters
    read = names_read(wrapper.target.function)
    return any(p.stars == 2 and p.name in read for p in parameters) and not any(  # noqa: PLR2004 - names
        p.name in read
        for p in parameters
        if p.stars != 2  # noqa: PLR2004 - names
    )
