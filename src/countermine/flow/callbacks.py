"""Functions that are handed to a library, which calls them with what is handed over beside."""

from collections.abc import Callable
from functools import reduce

from countermine.flow import ir
from countermine.flow.dispatch import invoke
from countermine.flow.frame import Arguments, Frame
from countermine.flow.index import FunctionInfo
from countermine.flow.joining import join
from countermine.flow.methods import RESULT
from countermine.flow.parts import elements
from countermine.flow.values import UNKNOWN, Closure, Value

_KEYWORDS = ("target", "function", "func", "callback", "fn")
_SORTING = frozenset({"sorted", "min", "max", "sort", "nlargest", "nsmallest", "groupby"})
_MAPPING = frozenset({"map", "filter", "imap", "imap_unordered", "starmap", "map_async"})
_LISTING = frozenset({"apply", "apply_async", "Timer", "start_new_thread", "Process", "Thread"})
"""What is handed on stands in a list or tuple of its own."""
_LATER = frozenset(
    {
        "submit", "run_in_executor", "to_thread", "run_sync", "run_in_threadpool", "apply",
        "apply_async", "start_new_thread", "Timer", "call_later", "call_soon",
    }
)  # fmt: skip
"""Functions that call what they are handed, with what stands behind it."""
_FOLDING = "reduce"


def call_back(frame: Frame, node: ir.Call, name: str, arguments: Arguments) -> Value | None:
    """Call what is handed to the library's function of that name; return what these calls give."""
    found: list[Value] = []
    for place, value in enumerate(arguments.positional):
        modelled = place == 0 and name in _MAPPING and value.ref is not None
        if _is_function(value) or modelled or (name in _LATER and _is_sink(frame, value)):
            passed = _beside(name, list(arguments.positional[place + 1 :]), arguments)
            found.append(_called(frame, node, value, passed))
    if not arguments.keywords:
        return reduce(join, found) if found else None
    for keyword in _KEYWORDS:
        known = arguments.keywords.get(keyword)
        if known is not None and (_is_function(known) or _is_sink(frame, known)):
            listed = arguments.keywords.get("args", UNKNOWN)
            mapped = arguments.keywords.get("kwargs", UNKNOWN)
            found.append(_called(frame, node, known, _spread(listed, mapped)))
    key = arguments.keywords.get("key")
    if key is not None and name in _SORTING and _is_function(key) and arguments.positional:
        each = elements(arguments.positional[0]) or UNKNOWN
        _called(frame, node, key, Arguments([each], {}))
    return reduce(join, found) if found else None


def _is_function(value: Value) -> bool:
    return isinstance(value.target, (FunctionInfo, Closure))


def _is_sink(frame: Frame, value: Value) -> bool:
    """Tell whether a library's function is dangerous, whoever calls it."""
    return value.type is None and value.ref in frame.engine.catalogue.sinks


def _beside(name: str, rest: list[Value], arguments: Arguments) -> Arguments:
    if name in _MAPPING:
        rest = [elements(v) or UNKNOWN for v in rest]
        if name == "starmap" and rest:
            return _spread(rest[0], UNKNOWN)
    elif name == _FOLDING and rest:
        each = elements(rest[0]) or UNKNOWN
        first = rest[1] if len(rest) > 1 else each
        rest = [join(first, each), each]
    elif name in _LISTING and rest and (rest[0].items is not None or not rest[0].taints):
        return _spread(rest[0], rest[1] if len(rest) > 1 else UNKNOWN)
    return Arguments(rest, dict(arguments.keywords), arguments.rest)


def _spread(listed: Value, mapped: Value) -> Arguments:
    """Return a call with what is in a sequence, and under the keys of a mapping."""
    named = {k[1:-1]: v for k, v in (mapped.fields or {}).items() if k[0] == "["}
    rest = elements(listed) if listed.items is None else listed.element
    return Arguments(list(listed.items or ()), named, rest, mapped if mapped.taints else None)


def _called(frame: Frame, node: ir.Call, value: Value, passed: Arguments) -> Value:
    dead = frame.state.dead
    plain = ir.Call(node.start, node.end, ir.Name(node.start, node.end, "a callback"), [])
    result = invoke(frame, plain, value, passed)
    frame.state.dead = dead
    return result


def _later(result: Value) -> Value:
    return Value(fields={RESULT: result})


def _each(result: Value) -> Value:
    return Value(element=result)


def _now(result: Value) -> Value:
    return result


GIVES: dict[str, Callable[[Value], Value]] = {
    "map": _each,
    "imap": _each,
    "imap_unordered": _each,
    "starmap": _each,
    "submit": _later,
    "apply_async": _later,
    "spawn": _later,
    "run_in_executor": _now,
    "to_thread": _now,
    "run_sync": _now,
    "run_in_threadpool": _now,
    "reduce": _now,
    "apply": _now,
}
"""What a library's function gives of what the called function gives."""
