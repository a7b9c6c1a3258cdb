"""Collections that decorators, or calls at the top level, fill with functions and classes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from countermine.flow import execute, ir, known, outer
from countermine.flow.bind import bind
from countermine.flow.collect import evaluate_arguments
from countermine.flow.frame import Arguments, Engine, Frame
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo
from countermine.flow.joining import join
from countermine.flow.lasting import kept_by
from countermine.flow.shared_names import setting_functions
from countermine.flow.surroundings import scopes_of
from countermine.flow.values import Closure, Value
from countermine.flow.variants import info_of

_CALLED = re.compile(rb"\n([\w\x80-\xff]+)\(")
_FILLED = re.compile(rb"\.([\w\x80-\xff]+)(?=\[[^\]\n]+\]\s*=[^=]|\.(?:append|add|setdefault)\()")
REGISTERED = 100
"""Things that are looked at; a registry of more of them may hold anything."""


@dataclass(frozen=True, slots=True)
class _Use:
    """That something is handed to a function which may register it."""

    module: ModuleInfo
    called: ir.Expr
    """The decorator, or the call."""
    thing: FunctionInfo | ClassInfo | None
    """What stands under the decorator."""


def registered(
    registries: "Registries",
    modules: list[ModuleInfo],
    setters: list[FunctionInfo],
    name: str,
    found: Value | None,
) -> Value | None:
    """Return a collection of a module with what is handed to its setters.

    Args:
        registries: Knows decorators, and follows them.
        modules: Where they may stand.
        setters: The functions of one module that change its collection.
        name: Of the collection.
        found: What is known of it otherwise.
    """
    names = frozenset(one.name for one in setters)
    used = [*registries.under(modules, names), *registries.calls(modules, names)]
    if not used or len(used) > REGISTERED:
        return found
    engine = registries.engine
    put = [value for use in used if (value := _put(engine, use, setters, name)) is not None]
    return _with(found, put)


def _with(found: Value | None, put: list[Value]) -> Value | None:
    if not put:
        return found
    fields: dict[str, Value] = {} if found is None else dict(found.fields or {})
    rest = [] if found is None or found.element is None else [found.element]
    for value in put:
        for key, one in (value.fields or {}).items():
            fields[key] = join(fields[key], one) if key in fields else one
        rest += [] if value.element is None else [value.element]
        rest += value.items or ()
    taints = () if found is None else found.taints
    return Value(taints, fields=fields, element=reduce(join, rest) if rest else None)


class Registries:
    """Knows what stands under decorators, by the last name of the decorator."""

    def __init__(self, engine: Engine) -> None:
        """Follow decorators and calls with this engine."""
        self.engine = engine
        self._seen: set[str] = set()
        self._under: dict[str, list[_Use]] = {}
        self._sifted: set[str] = set()
        self._calling: dict[bytes, set[str]] = {}
        """Modules that call a name at the beginning of a line."""
        self._filled: dict[FunctionInfo, frozenset[bytes]] = {}

    def under(self, modules: list[ModuleInfo], names: frozenset[str]) -> list[_Use]:
        """Return the uses of decorators of such names in the modules that are known."""
        if len(modules) != len(self._seen):
            for module in modules:
                if module.path not in self._seen:
                    self._seen.add(module.path)
                    things: list[FunctionInfo | ClassInfo] = [*module.functions, *module.classes]
                    for thing in things:
                        for node in thing.decorators:
                            use = _Use(module, node, thing)
                            self._under.setdefault(last_name(node), []).append(use)
        return [use for name in sorted(names) for use in self._under.get(name, ())]

    def calls(self, modules: list[ModuleInfo], names: frozenset[str]) -> Iterator[_Use]:
        """Yield the calls of functions of such names at the top level of modules."""
        self._sift(modules)
        written = {path for name in names for path in self._calling.get(name.encode(), ())}
        for module in modules if written else ():
            if module.path not in written or module.body is None:
                continue
            for statement in self.engine.lowered(module.body).body:
                call = statement.value if isinstance(statement, ir.Evaluate) else None
                if isinstance(call, ir.Call) and last_name(call) in names:
                    yield _Use(module, call, None)

    def _sift(self, modules: list[ModuleInfo]) -> None:
        """Note what modules that came up since call at the beginning of a line."""
        if len(modules) == len(self._sifted):
            return
        for module in modules:
            if module.path not in self._sifted:
                self._sifted.add(module.path)
                for called in _CALLED.findall(module.text):
                    self._calling.setdefault(called, set()).add(module.path)

    def filled(self, method: FunctionInfo) -> frozenset[bytes]:
        """Return the names of the attributes into which a method puts something."""
        found = self._filled.get(method)
        if found is None:
            text = method.module.text
            names = (m[1] for m in _FILLED.finditer(text, method.start, method.end))
            found = self._filled[method] = frozenset(names)
        return found


def last_name(node: ir.Expr) -> str:
    """Return the last name of what a decorator or a call names."""
    inner = node.function if isinstance(node, ir.Call) else node
    return inner.name if isinstance(inner, (ir.Name, ir.Attr)) else ""


def target_of(engine: Engine, module: ModuleInfo, node: ir.Expr) -> FunctionInfo | None:
    """Return the target's own function that a decorator or a call names."""
    inner = node.function if isinstance(node, ir.Call) else node
    found = engine.static_value(module, inner).target
    return found if isinstance(found, FunctionInfo) else None


def _put(engine: Engine, use: _Use, setters: list[FunctionInfo], name: str) -> Value | None:
    """Return the collection as one use leaves it, if it changes it."""
    setter = target_of(engine, use.module, use.called)
    if setter is None or setter not in setters:
        return None
    _, shared = _run(engine, use, setter)
    value = shared.get(name)
    return None if value is None else kept_by(value)


def _run(
    engine: Engine, use: _Use, setter: FunctionInfo
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return what a use makes of the variables around the function, and of those of its module."""
    node = use.called
    callee: FunctionInfo | Closure | None = setter
    arguments = Arguments([], {})
    if use.thing is not None:
        shape = known.BARE if isinstance(use.thing, FunctionInfo) else ""
        arguments = Arguments([Value(target=use.thing, shape=shape)], {})
        found = engine.static_value(use.module, node).target
        callee = found if isinstance(found, (FunctionInfo, Closure)) else None
    elif isinstance(node, ir.Call) and use.module.body is not None:
        blank = ir.Function(node.start, node.end, "", 0, [], [])
        around = Frame(engine, use.module.body, blank, f"{use.module.path}::{node.start}", "")
        arguments = evaluate_arguments(around, node.arguments)
    if callee is None:
        return {}, {}
    function = engine.lowered(callee)
    key = f"{use.module.path}::{node.start}"
    frame = Frame(engine, info_of(callee), function, key, callee.qualname)
    frame.scopes = scopes_of(callee)
    execute.run(frame, bind(frame, function, callee, None, arguments))
    return outer.changes(frame)


def kept_in(
    registries: Registries,
    modules: list[ModuleInfo],
    setters: list[FunctionInfo],
    name: str,
    found: Value | None,
) -> Value | None:
    """Return an attribute with what decorators put into it that are methods of its class."""
    word = name.encode()
    names = frozenset(
        one.name for one in setters if one.name[:2] != "__" and word in registries.filled(one)
    )
    used = registries.under(modules, names) if names else []
    if not used or len(used) > REGISTERED:
        return found
    put: list[Value] = []
    engine = registries.engine
    for use in used:
        setter = target_of(engine, use.module, use.called)
        if setter is not None and setter in setters:
            around, _ = _run(engine, use, setter)
            receiver = around.get(_receiver(engine, setter))
            value = None if receiver is None else (receiver.fields or {}).get("." + name)
            put += [] if value is None else [kept_by(value)]
    return _with(found, put)


def _receiver(engine: Engine, method: FunctionInfo) -> str:
    parameters = engine.lowered(method).parameters
    return parameters[0].name if parameters else ""


def names_of(engine: Engine, function: FunctionInfo) -> list[str]:
    """Return the names of the collections that decorators put a function into."""
    found: dict[str, None] = {}
    for node in function.decorators:
        setter = target_of(engine, function.module, node)
        if setter is not None and setter.owner is None:
            for name, setters in setting_functions(setter.module).items():
                if setter in setters:
                    found[name] = None
    return list(found)


def readers_of(engine: Engine, function: FunctionInfo) -> list[FunctionInfo]:
    """Return the methods of the registry that a decorator puts a function into."""
    found: dict[FunctionInfo, None] = {}
    for node in function.decorators:
        setter = target_of(engine, function.module, node)
        if setter is not None and setter.owner is not None and setter is not function:
            found.update(dict.fromkeys(setter.owner.methods.values()))
            found.pop(setter, None)
    return list(found)[:READERS]


READERS = 12
"""Methods of a registry that may call what it holds."""
